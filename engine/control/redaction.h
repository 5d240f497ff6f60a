// SPDX-License-Identifier: GPL-3.0-or-later
// Takes a person's names out of text that goes to strangers: the home folder, the user's name and
// the computer's, as they are, as JSON writes them and as addresses write them.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QPair>
#include <QtCore/QString>

namespace engine {

// What is private and what stands for it.
struct PrivateWord
{
    QString word;
    QString standIn; // "USER"
};

class Redaction final
{
public:
    // Of this user on this computer.
    static Redaction current();
    explicit Redaction(const QList<PrivateWord> &words);

    QByteArray redacted(const QByteArray &text) const;
    QString redacted(const QString &text) const;

private:
    struct Pattern
    {
        QByteArray form; // lower case
        QByteArray standIn;
        bool isWord = false; // only where nothing of a word is before and after
    };
    QList<Pattern> m_patterns; // the longest first
};

} // namespace engine
