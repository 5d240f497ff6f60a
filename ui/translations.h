// SPDX-License-Identifier: GPL-3.0-or-later
// The language of windows: VITRINE_LANGUAGE, else the preferences, else the session's. Translations
// are vitrine_<code>.qm files (resources/translations), with Qt's own beside them. What the engine
// says (errors, reasons) is English in every language, as are the command line and the log.
//
// VITRINE_LANGUAGE=pseudo shows every translatable text longer and in brackets, for layout tests.
#pragma once

#include <QtCore/QList>
#include <QtCore/QLocale>
#include <QtCore/QString>

class QCoreApplication;

namespace ui {

struct Language
{
    QString code; // "de"
    QString name; // in itself: "Deutsch"
};

QList<Language> availableLanguages(); // English first

QLocale chosenLocale();

// Before the first window. Where nothing fits, texts are English.
void installTranslations(QCoreApplication &application);
void installTranslations(QCoreApplication &application, const QLocale &locale);

} // namespace ui
