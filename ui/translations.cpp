// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/translations.h"

#include "engine/machine/user_paths.h"
#include "ui/preferences.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QLibraryInfo>
#include <QtCore/QTranslator>

#include <cstring>
#include <memory>

namespace ui {

namespace {

// Of the built tree first: a build never shows what another version installed.
QStringList folders()
{
    return {engine::paths::moduleFolder() + QStringLiteral("/translations"),
            engine::paths::dataFolder() + QStringLiteral("/translations")};
}

// A language with bidirectional marks' exchange codes, ISO 3166 user-assigned: X.A is nobody's.
const QString PseudoCode = QStringLiteral("en_XA");

// Helper functions named tr() in a namespace have the namespace as their context in the file, and
// the class they speak for in the program.
class NamespaceTranslator final : public QTranslator
{
public:
    using QTranslator::QTranslator;

    QString translate(const char *context, const char *source, const char *disambiguation,
                      int number) const override
    {
        const QString exact = QTranslator::translate(context, source, disambiguation, number);
        const char *separator = context == nullptr ? nullptr : std::strstr(context, "::");
        if (!exact.isNull() || separator == nullptr)
            return exact;
        const QByteArray outer(context, qsizetype(separator - context));
        return QTranslator::translate(outer.constData(), source, disambiguation, number);
    }
};

bool loadPseudo(QTranslator &translator)
{
    for (const QString &folder : folders()) {
        if (translator.load(QStringLiteral("vitrine_") + PseudoCode, folder))
            return true;
    }
    return false;
}

} // namespace

QList<Language> availableLanguages()
{
    QList<Language> languages{{QStringLiteral("en"), QStringLiteral("English")}};
    for (const QString &folder : folders()) {
        const QStringList files =
            QDir(folder).entryList({QStringLiteral("vitrine_*.qm")}, QDir::Files, QDir::Name);
        for (const QString &file : files) {
            const QString code = file.mid(8).chopped(3);
            const bool isKnown = std::any_of(languages.begin(), languages.end(),
                                             [&](const Language &l) { return l.code == code; });
            if (!isKnown && code != PseudoCode)
                languages.append({code, QLocale(code).nativeLanguageName()});
        }
    }
    return languages;
}

QLocale chosenLocale()
{
    const QString wanted = qEnvironmentVariable("VITRINE_LANGUAGE");
    if (!wanted.isEmpty())
        return wanted == QLatin1String("pseudo") || wanted == PseudoCode ? QLocale::c()
                                                                         : QLocale(wanted);
    const QString language = Preferences::load().language;
    if (language.isEmpty())
        return QLocale::system();
    // The session's way with dates and numbers, where it is the same language: "de" in Austria.
    const QLocale locale(language);
    return locale.language() == QLocale::system().language() ? QLocale::system() : locale;
}

void installTranslations(QCoreApplication &application)
{
    const QString wanted = qEnvironmentVariable("VITRINE_LANGUAGE");
    if (wanted == QLatin1String("pseudo") || wanted == PseudoCode) {
        auto pseudo = std::make_unique<NamespaceTranslator>(&application);
        if (loadPseudo(*pseudo))
            application.installTranslator(pseudo.release());
        return;
    }
    installTranslations(application, chosenLocale());
}

void installTranslations(QCoreApplication &application, const QLocale &locale)
{
    QLocale::setDefault(locale);
    auto qt = std::make_unique<QTranslator>(&application);
    if (qt->load(locale, QStringLiteral("qtbase"), QStringLiteral("_"),
                 QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        application.installTranslator(qt.release());
    auto ours = std::make_unique<NamespaceTranslator>(&application);
    for (const QString &folder : folders()) {
        // The English file has nothing but plural forms.
        if (!ours->load(locale, QStringLiteral("vitrine"), QStringLiteral("_"), folder)
            && !ours->load(QLocale(QLocale::English), QStringLiteral("vitrine"),
                           QStringLiteral("_"), folder))
            continue;
        application.installTranslator(ours.release());
        return;
    }
}

} // namespace ui
