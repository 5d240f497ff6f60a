// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/folder_format.h"

#include "app/cli/output.h"

namespace app {

using namespace engine;

namespace {

QString folderLine(const SharedFolder &folder, const QString &kind)
{
    QString line =
        QStringLiteral("Name: '%1', Host path: '%2' (%3), %4")
            .arg(folder.name, folder.path, kind,
                 folder.isReadOnly ? QStringLiteral("readonly") : QStringLiteral("writable"));
    if (folder.isAutomounted)
        line += QStringLiteral(", auto-mount");
    if (!folder.mountPoint.isEmpty())
        line += QStringLiteral(", mount-point: '%1'").arg(folder.mountPoint);
    return line;
}

// What VBoxManage has no words for: it follows them.
QString stateOf(const SharedFolder &folder, const QList<MachineFolder> &live)
{
    for (const MachineFolder &one : live) {
        if (one.use.folder.name != folder.name)
            continue;
        if (!one.use.trouble.isEmpty())
            return QStringLiteral(" [%1]").arg(one.use.trouble);
        return one.use.isMounted ? QStringLiteral(" [mounted]") : QString();
    }
    return {};
}

} // namespace

QString sharedFoldersText(const QList<SharedFolder> &folders, const QList<MachineFolder> &live)
{
    QString lines;
    for (const SharedFolder &folder : folders)
        lines += folderLine(folder, QStringLiteral("machine mapping")) + stateOf(folder, live)
            + QLatin1Char('\n');
    for (const MachineFolder &one : live) {
        if (one.isTransient)
            lines += folderLine(one.use.folder, QStringLiteral("transient mapping"))
                + stateOf(one.use.folder, live) + QLatin1Char('\n');
    }
    return lines.isEmpty() ? QString() : QStringLiteral("\nShared folders:\n\n%1\n").arg(lines);
}

QString sharedFoldersReadable(const QList<SharedFolder> &folders, const QList<MachineFolder> &live)
{
    QString lines;
    const auto add = [&lines](const QString &kind, int number, const SharedFolder &folder) {
        const QString key = QStringLiteral("SharedFolder%1%2%3");
        lines += keyValue(key.arg(QLatin1String("Name"), kind).arg(number), folder.name)
            + keyValue(key.arg(QLatin1String("Path"), kind).arg(number), folder.path);
    };
    int number = 0;
    for (const SharedFolder &folder : folders)
        add(QStringLiteral("MachineMapping"), ++number, folder);
    number = 0;
    for (const MachineFolder &one : live)
        if (one.isTransient)
            add(QStringLiteral("TransientMapping"), ++number, one.use.folder);
    return lines;
}

} // namespace app
