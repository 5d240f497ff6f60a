// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mount_command.h"

#include <QtCore/QDir>

#include <algorithm>

namespace ui {

namespace {

bool isPlain(QChar character)
{
    return (character.unicode() < 128 && character.isLetterOrNumber())
        || QStringLiteral("._-/").contains(character);
}

QString shellWord(QString text)
{
    if (!text.isEmpty() && std::all_of(text.cbegin(), text.cend(), isPlain)
        && !text.startsWith(u'-'))
        return text;
    return u'\'' + text.replace(u'\'', QLatin1String("'\\''")) + u'\'';
}

// Whole characters, as many as fit.
QString shortened(QString text, int bytes)
{
    while (text.toUtf8().size() > bytes)
        text.chop(text.back().isLowSurrogate() ? 2 : 1);
    return text;
}

} // namespace

QString mountCommand(const engine::SharedFolder &folder)
{
    const QString place = shellWord(engine::mountPoint(folder));
    return QStringLiteral("sudo mkdir -p %1 && sudo mount -t virtiofs %2%3 %1")
        .arg(place, folder.isReadOnly ? QStringLiteral("-o ro ") : QString(),
             shellWord(folder.name));
}

QString shareNameFor(const QString &path, const QStringList &taken)
{
    constexpr int Most = engine::MachineDefinition::MaxShareNameBytes;
    QString name = QDir(path).dirName().simplified();
    if (name.isEmpty())
        name = QStringLiteral("root"); // "/" has none
    name = shortened(name, Most);
    for (int number = 2; taken.contains(name); ++number) {
        const QString tail = QStringLiteral("-%1").arg(number);
        name = shortened(QDir(path).dirName().simplified(), Most - int(tail.size())) + tail;
    }
    return name;
}

} // namespace ui
