// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"

#include "engine/machine/qt_text.h"

namespace app {

using engine::ErrorKind;
using engine::makeError;
using engine::Result;

namespace {

QString withoutDashes(QString name)
{
    return name.remove(QLatin1Char('-'));
}

bool isName(const OptionSpec &spec, const QString &plain)
{
    if (plain == withoutDashes(QLatin1String(spec.name)))
        return true;
    const QStringList aliases =
        QString::fromLatin1(spec.aliases).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString &alias : aliases) {
        if (plain == withoutDashes(alias))
            return true;
    }
    return false;
}

const OptionSpec *findSpec(std::span<const OptionSpec> specs, const QString &typed, int *number)
{
    const QString plain = withoutDashes(typed);
    for (const OptionSpec &spec : specs) {
        if (!spec.isNumbered && isName(spec, plain))
            return &spec;
    }
    qsizetype end = plain.size();
    while (end > 0 && plain.at(end - 1).isDigit())
        --end;
    if (end == plain.size() || plain.size() - end > 3)
        return nullptr;
    for (const OptionSpec &spec : specs) {
        if (spec.isNumbered && isName(spec, plain.left(end))) {
            *number = QStringView(plain).mid(end).toInt();
            return *number > 0 ? &spec : nullptr;
        }
    }
    return nullptr;
}

bool looksLikeOption(const QString &word)
{
    // A lone dash and a negative number are plain words.
    return word.size() > 1 && word.startsWith(QLatin1Char('-')) && !word.at(1).isDigit();
}

} // namespace

QString Option::display() const
{
    const QString number_ = number > 0 ? QString::number(number) : QString();
    return QStringLiteral("--") + name + number_;
}

const Option *Arguments::find(const char *name) const
{
    for (qsizetype i = options.size() - 1; i >= 0; --i) {
        if (options.at(i).name == QLatin1String(name))
            return &options.at(i);
    }
    return nullptr;
}

bool Arguments::has(const char *name) const
{
    return find(name) != nullptr;
}

QString Arguments::value(const char *name, const QString &fallback) const
{
    const Option *option = find(name);
    return option ? option->value() : fallback;
}

Result<Arguments> parseArguments(const QStringList &words, std::span<const OptionSpec> specs,
                                 int literalAfter)
{
    Arguments all;
    bool isLiteral = false;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString &word = words.at(i);
        if (literalAfter >= 0 && all.words.size() >= literalAfter)
            isLiteral = true;
        if (isLiteral || !looksLikeOption(word)) {
            all.words.append(word);
            continue;
        }
        if (word == QLatin1String("--")) {
            isLiteral = true;
            continue;
        }
        const qsizetype dashes = word.startsWith(QLatin1String("--")) ? 2 : 1;
        const qsizetype equals = word.indexOf(QLatin1Char('='));
        const QString typed = word.mid(dashes, equals < 0 ? -1 : equals - dashes);

        Option option;
        const OptionSpec *spec = findSpec(specs, typed, &option.number);
        // One letter after two dashes is no short option, as everywhere else.
        if (!spec || (dashes == 2 && typed.size() == 1))
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("Unknown option: %1%2")
                    .arg(dashes == 2 ? QStringLiteral("--") : QStringLiteral("-"), typed));
        option.name = QLatin1String(spec->name);
        int wanted = *spec->value ? 1 : 0;
        if (equals >= 0) {
            if (wanted == 0)
                return makeError(
                    ErrorKind::Invalid,
                    QStringLiteral("The option %1 takes no value").arg(word.left(equals)));
            option.values.append(word.mid(equals + 1));
        }
        const auto takeUpTo = [&](int count) {
            while (option.values.size() < count && i + 1 < words.size())
                option.values.append(words.at(++i));
            return option.values.size() >= count;
        };
        bool isComplete = takeUpTo(wanted);
        if (isComplete && wanted > 0 && spec->wordCount) {
            wanted = spec->wordCount(option.value());
            isComplete = takeUpTo(wanted);
        }
        if (!isComplete)
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("The option %1 needs %2: %3")
                    .arg(option.display(),
                         wanted > 1 ? QStringLiteral("more values") : QStringLiteral("a value"),
                         QLatin1String(spec->value)));
        all.options.append(option);
    }
    return all;
}

Result<QStringList> splitShellWords(const QString &text)
{
    QStringList words;
    QString word;
    bool hasWord = false;
    QChar quote;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else if (c == QLatin1Char('\\') && quote == QLatin1Char('"') && i + 1 < text.size()
                     && (text.at(i + 1) == QLatin1Char('"') || text.at(i + 1) == QLatin1Char('\\')))
                word.append(text.at(++i));
            else
                word.append(c);
        } else if (c == QLatin1Char('\'') || c == QLatin1Char('"')) {
            quote = c;
            hasWord = true;
        } else if (c == QLatin1Char('\\') && i + 1 < text.size()) {
            // A protected line end joins lines.
            if (text.at(++i) != QLatin1Char('\n')) {
                word.append(text.at(i));
                hasWord = true;
            }
        } else if (c.isSpace()) {
            if (hasWord)
                words.append(word);
            word.clear();
            hasWord = false;
        } else {
            word.append(c);
            hasWord = true;
        }
    }
    if (!quote.isNull())
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("A %1 quote is never closed").arg(quote));
    if (hasWord)
        words.append(word);
    return words;
}

Result<int> toNumber(const QString &text, const QString &what, int minimum, int maximum)
{
    bool isNumber = false;
    const int value = text.toInt(&isNumber, text.startsWith(QLatin1String("0x")) ? 16 : 10);
    if (!isNumber || value < minimum || value > maximum)
        return makeError(
            ErrorKind::Invalid,
            QStringLiteral("Invalid value \"%1\" for %2: a number from %3 to %4 is needed")
                .arg(text, what)
                .arg(minimum)
                .arg(maximum));
    return value;
}

Result<bool> toSwitch(const QString &text, const QString &what)
{
    const QString word = text.toLower();
    for (const char *yes : {"on", "yes", "true", "enable", "enabled", "1"}) {
        if (word == QLatin1String(yes))
            return true;
    }
    for (const char *no : {"off", "no", "false", "disable", "disabled", "0"}) {
        if (word == QLatin1String(no))
            return false;
    }
    return makeError(
        ErrorKind::Invalid,
        QStringLiteral("Invalid value \"%1\" for %2: it takes on or off").arg(text, what));
}

} // namespace app
