// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/redaction.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QSet>
#include <QtCore/QSysInfo>
#include <QtCore/QUrl>

#include <algorithm>

#include <pwd.h>
#include <unistd.h>

namespace engine {

namespace {

// "pi" and "al" are in half of all words.
constexpr qsizetype ShortWord = 3;

bool isWordByte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
        || (c & 0x80) != 0;
}

// Every character beyond ASCII as \uXXXX, which JSON allows (RFC 8259, 7).
QByteArray jsonAscii(const QString &word)
{
    QByteArray text;
    for (const QChar c : word) {
        if (c.unicode() < 0x80)
            text += char(c.unicode());
        else
            text += "\\u" + QByteArray::number(c.unicode(), 16).rightJustified(4, '0');
    }
    return text;
}

QList<QByteArray> formsOf(const QString &word)
{
    QSet<QByteArray> forms;
    for (QByteArray json : {word.toUtf8(), jsonAscii(word)}) {
        json.replace("\\u", "\x01"); // our own escapes are no backslashes of the word's
        json.replace('\\', "\\\\");
        json.replace('"', "\\\"");
        json.replace('\x01', "\\u");
        forms.insert(json);
        QByteArray slashes = json;
        forms.insert(slashes.replace('/', "\\/"));
    }
    forms.insert(word.toUtf8());
    forms.insert(word.toLocal8Bit());
    // Addresses keep slashes, or do not.
    forms.insert(QUrl::toPercentEncoding(word));
    forms.insert(QUrl::toPercentEncoding(word, "/"));
    QByteArray words = QUrl::toPercentEncoding(word);
    forms.insert(words.replace("%20", "+"));
    return forms.values();
}

} // namespace

Redaction::Redaction(const QList<PrivateWord> &words)
{
    for (const PrivateWord &each : words) {
        if (each.word.isEmpty() || each.word == QStringLiteral("/"))
            continue;
        for (const QByteArray &form : formsOf(each.word)) {
            m_patterns.append(
                {form.toLower(), each.standIn.toUtf8(), each.word.size() < ShortWord});
        }
    }
    std::sort(m_patterns.begin(), m_patterns.end(), [](const Pattern &left, const Pattern &right) {
        return left.form.size() > right.form.size();
    });
}

Redaction Redaction::current()
{
    QList<PrivateWord> words;
    const auto add = [&words](const QString &word, const char *standIn) {
        words.append({word, QString::fromLatin1(standIn)});
    };
    const QString home = QDir::homePath();
    add(home, "~");
    const QString realHome = QFileInfo(home).canonicalFilePath();
    if (realHome != home)
        add(realHome, "~");
    add(qEnvironmentVariable("USER"), "USER");
    if (const struct passwd *user = ::getpwuid(::geteuid())) {
        add(QString::fromLocal8Bit(user->pw_name), "USER");
        add(QString::fromLocal8Bit(user->pw_dir), "~");
        // Name, room, telephone numbers.
        const QStringList facts = QString::fromLocal8Bit(user->pw_gecos).split(QLatin1Char(','));
        for (const QString &fact : facts)
            add(fact.trimmed(), "FULL-NAME");
    }
    const QString host = QSysInfo::machineHostName();
    add(host, "HOST");
    add(host.section(QLatin1Char('.'), 0, 0), "HOST");
    return Redaction(words);
}

QByteArray Redaction::redacted(const QByteArray &text) const
{
    const QByteArray folded = text.toLower();
    QByteArray clean;
    clean.reserve(text.size());
    qsizetype at = 0;
    while (at < text.size()) {
        const Pattern *found = nullptr;
        for (const Pattern &pattern : m_patterns) {
            const qsizetype end = at + pattern.form.size();
            if (pattern.form.front() != folded.at(at) || end > text.size()
                || qstrncmp(folded.constData() + at, pattern.form.constData(),
                            std::size_t(pattern.form.size()))
                    != 0)
                continue;
            const bool touches = (at > 0 && isWordByte(text.at(at - 1)))
                || (end < text.size() && isWordByte(text.at(end)));
            if (pattern.isWord && touches)
                continue;
            found = &pattern;
            break;
        }
        if (found) {
            clean += found->standIn;
            at += found->form.size();
        } else {
            clean += text.at(at++);
        }
    }
    return clean;
}

QString Redaction::redacted(const QString &text) const
{
    return QString::fromUtf8(redacted(text.toUtf8()));
}

} // namespace engine
