// SPDX-License-Identifier: GPL-3.0-or-later
// vitrine: the manager.
#include "app/manager_program.h"
#include "app/single_instance.h"
#include "display/desktop_check.h"
#include "ui/icons.h"
#include "ui/readable_hints.h"
#include "ui/translations.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QUrl>
#include <QtWidgets/QApplication>

#include <cstdio>
#include <cstring>

namespace {

constexpr const char *Usage =
    "Usage: vitrine [--new] [FILE...] [spice://HOST:PORT...]\n"
    "Opens the manager. A FILE is an ISO or disk image for a new machine, or a machine's\n"
    "folder or .vitrine file to add. A SPICE server's screen is shown in a window.\n"
    "  --new      open the new-machine wizard\n"
    "  --version  print the version\n"
    "  --help     print this";

} // namespace

int main(int argc, char **argv)
{
    // Before the toolkit: these must work without a display.
    QStringList paths;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--help") == 0 || std::strcmp(argv[i], "-h") == 0) {
            std::printf("%s\n", Usage);
            return 0;
        }
        if (std::strcmp(argv[i], "--version") == 0) {
            std::printf("vitrine %s\n", VITRINE_VERSION);
            return 0;
        }
    }

    if (const engine::Result<> checked = display::checkDesktop(); !checked) {
        std::fprintf(stderr, "error: %s\nhint: %s\n", checked.error().text().c_str(),
                     checked.error().remedy().c_str());
        return 1;
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("vitrine"));
    QApplication::setApplicationDisplayName(QStringLiteral("Vitrine"));
    QApplication::setApplicationVersion(QStringLiteral(VITRINE_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("org.vitrine.Vitrine"));
    QApplication::setWindowIcon(ui::applicationIcon());
    ui::installTranslations(application);
    const ui::ReadableHints hints(application);

    for (const QString &word : QApplication::arguments().mid(1)) {
        if (word == QLatin1String("--new") || app::ManagerProgram::isSpiceAddress(word)) {
            paths.append(word);
        } else if (word.startsWith(QLatin1String("--"))) {
            std::fprintf(stderr, "error: unknown option %s\n%s\n", qPrintable(word), Usage);
            return 2;
        } else {
            const QUrl url(word); // as desktops hand files over
            // Absolute, because a manager that runs already has another working folder.
            paths.append(
                QFileInfo(url.isLocalFile() ? url.toLocalFile() : word).absoluteFilePath());
        }
    }

    app::SingleInstance instance;
    if (instance.handOver(paths))
        return 0;

    app::ManagerProgram program;
    QObject::connect(&instance, &app::SingleInstance::received, &program,
                     &app::ManagerProgram::open);
    program.open(paths);
    return QApplication::exec();
}
