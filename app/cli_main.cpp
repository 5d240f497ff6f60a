// SPDX-License-Identifier: GPL-3.0-or-later
// vitrinectl, also answering as VBoxManage when called by that name.
#include "app/cli/command_line.h"

#include <QtCore/QCoreApplication>

#include <clocale>
#include <csignal>

int main(int argc, char *argv[])
{
    // Programs take anything on stderr for trouble, and Qt reports there which locale it chose.
    // VITRINE_DEBUG brings its messages back.
    if (!qEnvironmentVariableIsSet("VITRINE_DEBUG"))
        qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) {});
    // A reader that goes away early (`| head`) ends the write, not the command halfway.
    std::signal(SIGPIPE, SIG_IGN);

    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromUtf8(argv[i]));

    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("vitrine"));
    // What programs read must not depend on the user's language.
    std::setlocale(LC_MESSAGES, "C");
    std::setlocale(LC_NUMERIC, "C");
    std::setlocale(LC_TIME, "C");

    app::Output output;
    return app::runCommandLine(arguments, output);
}
