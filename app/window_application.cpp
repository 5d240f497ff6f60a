// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window_application.h"

#include "app/vm_arguments.h"
#include "display/desktop_check.h"
#include "ui/icons.h"
#include "ui/translations.h"

#include <QtCore/QEventLoop>
#include <QtGui/QSessionManager>
#include <QtWidgets/QApplication>

#include <cstdio>

namespace app {

bool hasDesktop(const VmArguments &arguments)
{
    const engine::Result<> checked = display::checkDesktop();
    if (checked)
        return true;
    std::fprintf(stderr, "error: %s\n", checked.error().text().c_str());
    reportStart(arguments, checked.error());
    return false;
}

void prepareApplication(QApplication &application)
{
    QApplication::setApplicationName(QStringLiteral("vitrine-vm"));
    QApplication::setApplicationDisplayName(QStringLiteral("Vitrine"));
    QApplication::setDesktopFileName(QStringLiteral("org.vitrine.Vitrine"));
    QApplication::setWindowIcon(ui::applicationIcon());
    ui::installTranslations(application);
    // A hidden window does not end a machine.
    QApplication::setQuitOnLastWindowClosed(false);
}

// The desktop waits for as long as this handler runs.
void watchDesktopSession(const MachineFrontEnd::EndMachine &end)
{
    QObject::connect(
        qApp, &QGuiApplication::commitDataRequest, qApp,
        [end](QSessionManager &manager) {
            manager.setRestartHint(QSessionManager::RestartNever);
            QEventLoop loop;
            bool isOver = false;
            end(QStringLiteral("the desktop session ends"), [&loop, &isOver] {
                isOver = true;
                loop.quit();
            });
            if (!isOver)
                loop.exec();
        },
        Qt::DirectConnection);
}

} // namespace app
