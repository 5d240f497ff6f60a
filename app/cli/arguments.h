// SPDX-License-Identifier: GPL-3.0-or-later
// The words of one command line against the options a verb knows. Pure.
//
// The conventions are the VBoxManage dialect's: `--opt value` and `--opt=value`; names are matched
// without regard to inner dashes, so --nat-pf1 and --natpf1 are the same; a number glued to a
// numbered option is its index; one dash before a long name is accepted; options may repeat and
// stand before or after the plain words.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <span>

namespace app {

struct OptionSpec
{
    const char *name; // canonical, without leading dashes: "nat-pf"
    const char *value = ""; // what stands for its value in usage; empty: a flag
    const char *aliases = ""; // further names, separated by blanks; one letter is a short option
    bool isNumbered = false;
    // How many words belong to it, told by the first one; without it a valued option takes one.
    int (*wordCount)(const QString &first) = nullptr;
};

struct Option
{
    QString name; // the canonical one
    int number = 0;
    QStringList values;

    QString value() const { return values.value(0); }
    // As the user would type it, for messages: "--nat-pf1".
    QString display() const;
};

struct Arguments
{
    QStringList words; // in order, without the options
    QList<Option> options;

    bool has(const char *name) const;
    const Option *find(const char *name) const; // the last one given; nullptr without one
    QString value(const char *name, const QString &fallback = {}) const;
};

// The errors are ErrorKind::Invalid: syntax errors. After `literalAfter` plain words everything is
// a plain word, whatever it looks like; -1: never.
engine::Result<Arguments> parseArguments(const QStringList &words,
                                         std::span<const OptionSpec> specs, int literalAfter = -1);

// A response file's text, split as a shell does: blanks separate, quotes and \ protect.
engine::Result<QStringList> splitShellWords(const QString &text);

// Values, each with an error that names the option and what it takes.
engine::Result<int> toNumber(const QString &text, const QString &what, int minimum, int maximum);
engine::Result<bool> toSwitch(const QString &text, const QString &what); // on|off and their like

} // namespace app
