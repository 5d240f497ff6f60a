// SPDX-License-Identifier: GPL-3.0-or-later
// The table of verbs: each with its options, usage and help. Every family of verbs lives in its
// own cli_*.cpp and hands in its rows here.
#pragma once

#include "app/cli/session.h"

#include <span>

namespace app {

struct Verb
{
    const char *name;
    const char *aliases; // separated by blanks
    const char *summary; // one line for the list of verbs
    const char *usage; // what follows the verb; one form a line
    const char *help; // paragraphs; options and their values
    std::span<const OptionSpec> options;
    int minimumWords;
    int maximumWords; // -1: any number
    int literalAfter; // arguments.h
    Outcome (*run)(Session &, const Arguments &);
};

std::span<const Verb> listVerbs();
std::span<const Verb> infoVerbs();
std::span<const Verb> createVerbs();
std::span<const Verb> modifyVerbs();
std::span<const Verb> nvramVerbs();
std::span<const Verb> copyVerbs();
std::span<const Verb> autostartVerbs();
std::span<const Verb> sharedFolderVerbs();
std::span<const Verb> storageVerbs();
std::span<const Verb> mediumVerbs();
std::span<const Verb> startVerbs();
std::span<const Verb> controlVerbs();
std::span<const Verb> debugVerbs();
std::span<const Verb> networkVerbs();
std::span<const Verb> usbVerbs();
std::span<const Verb> guestPropertyVerbs();
std::span<const Verb> guestControlVerbs();
std::span<const Verb> extraDataVerbs();
std::span<const Verb> preferenceVerbs();
std::span<const Verb> metricsVerbs();
std::span<const Verb> guestToolsVerbs();
std::span<const Verb> reportVerbs();
std::span<const Verb> quickstartVerbs();

// Why, or from when on, machines start by themselves: said after that was switched on.
void tellAutostart(Session &session);

// What `list usbhost` prints.
Outcome printHostUsb(Session &session);

QList<const Verb *> allVerbs(); // in the order help shows them
const Verb *findVerb(const QString &name);

QString usageText(const Verb &verb, const QString &program);
QString helpText(const Verb &verb, const QString &program);
QString overviewText(const QString &program);
QString versionText(Dialect dialect);

} // namespace app
