// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/verbs.h"

#include <QtCore/QVersionNumber>

namespace app {

QList<const Verb *> allVerbs()
{
    QList<const Verb *> verbs;
    for (const auto family :
         {quickstartVerbs(), listVerbs(), infoVerbs(), createVerbs(), modifyVerbs(), nvramVerbs(), copyVerbs(),
          storageVerbs(), mediumVerbs(), startVerbs(), controlVerbs(), debugVerbs(), networkVerbs(), usbVerbs(), sharedFolderVerbs(),
          guestPropertyVerbs(), guestControlVerbs(), autostartVerbs(),
          metricsVerbs(), guestToolsVerbs(), reportVerbs(), extraDataVerbs()}) {
        for (const Verb &verb : family)
            verbs.append(&verb);
    }
    for (const Verb &verb : preferenceVerbs())
        verbs.append(&verb);
    return verbs;
}

const Verb *findVerb(const QString &name)
{
    for (const Verb *verb : allVerbs()) {
        if (name == QLatin1String(verb->name)
            || QString::fromLatin1(verb->aliases).split(QLatin1Char(' ')).contains(name))
            return name.isEmpty() ? nullptr : verb;
    }
    return nullptr;
}

QString usageText(const Verb &verb, const QString &program)
{
    QString text = QStringLiteral("Usage:\n");
    const QStringList forms = QString::fromUtf8(verb.usage).split(QLatin1Char('\n'));
    for (const QString &form : forms) {
        // An indented line goes on with the form above it.
        const bool isContinued = form.startsWith(QLatin1Char(' '));
        const QString line = isContinued
            ? QStringLiteral("    ") + form.trimmed()
            : QStringLiteral("%1 %2 %3").arg(program, QLatin1String(verb.name), form).trimmed();
        text += QStringLiteral("  ") + line + QLatin1Char('\n');
    }
    return text;
}

QString helpText(const Verb &verb, const QString &program)
{
    QString text = QStringLiteral("%1 %2: %3\n\n")
                       .arg(program, QLatin1String(verb.name), QString::fromUtf8(verb.summary));
    text += usageText(verb, program);
    text += QLatin1Char('\n') + QString::fromUtf8(verb.help) + QLatin1Char('\n');
    if (*verb.aliases)
        text += QStringLiteral("\nAlso as: %1\n").arg(QLatin1String(verb.aliases));
    return text;
}

QString overviewText(const QString &program)
{
    QString text = QStringLiteral("Usage:\n"
                                  "  %1 [-q] VERB [WORDS AND OPTIONS]\n"
                                  "  %1 help VERB\n"
                                  "  %1 --version\n\n"
                                  "Verbs:\n")
                       .arg(program);
    for (const Verb *verb : allVerbs())
        text += QStringLiteral("  %1 %2\n")
                    .arg(QLatin1String(verb->name), -16)
                    .arg(QString::fromUtf8(verb->summary));
    text +=
        QStringLiteral("\nOptions before the verb:\n"
                       "  -q, --nologo     accepted for the VBoxManage dialect\n"
                       "  -v, --version    print the version and end\n"
                       "  -h, --help       this text\n"
                       "  --json           results as JSON, where a verb lists or shows something\n"
                       "  @FILE            words from a file, quoted as in a shell\n\n"
                       "Exit status: 0 done, 1 failed, 2 not understood.\n");
    return text;
}

QString versionText(Dialect dialect)
{
    const QString version = QStringLiteral(VITRINE_VERSION);
    if (dialect == Dialect::Native)
        return version + QLatin1Char('\n');
    // Programs choose their driver by the number; 7.0 with a last part other than 0 suits all of
    // them. Who is really speaking stands behind the underscore.
    const QVersionNumber number = QVersionNumber::fromString(version);
    const int revision =
        number.majorVersion() * 10000 + number.minorVersion() * 100 + number.microVersion();
    return QStringLiteral("7.0.26_Vitrine%1r%2\n").arg(version).arg(revision);
}

} // namespace app
