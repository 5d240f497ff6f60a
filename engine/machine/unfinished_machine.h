// SPDX-License-Identifier: GPL-3.0-or-later
// A machine that is being made: everything is put into folders with names of their own and gets its
// real name at the end, so that whoever looks finds a whole machine or none. A journal below
// `<config folder>/unfinished` names those folders, and is locked while its maker lives: what a
// killed maker left behind is removed by the next one.
//
// Main thread only.
#pragma once

#include "engine/machine/machine_store.h"

#include <QtCore/QStringList>

namespace engine {

class UnfinishedMachine final
{
public:
    // Makes the working folder beside `finalFolder`, with disks/ and Logs/ in it.
    static Result<UnfinishedMachine> begin(const QString &configFolder, const QString &finalFolder);
    UnfinishedMachine(UnfinishedMachine &&other) noexcept;
    UnfinishedMachine &operator=(UnfinishedMachine &&other) = delete;
    UnfinishedMachine(const UnfinishedMachine &) = delete;
    UnfinishedMachine &operator=(const UnfinishedMachine &) = delete;
    // Removes all that was made, unless finish() was called.
    ~UnfinishedMachine();

    const QString &folder() const { return m_folder; }
    // Another working folder, in `location`, for files that are to lie outside the machine.
    Result<QString> folderIn(const QString &location);
    // All of a working folder's files into the folder above it; none of those there is replaced.
    Result<> moveOut(const QString &workingFolder);
    // Everything is in its place: only the journal and empty working folders go.
    void finish();

    // Removes what killed makers left. The final folders of machines that were whole already are
    // returned, as they may be missing in the list of machines.
    static QStringList cleanUp(const QString &configFolder);

private:
    UnfinishedMachine(QString journal, MachineLock lock, QString finalFolder);
    Result<> write() const;
    void removeEverything();

    QString m_journal; // its folder; empty: moved away or finished
    std::optional<MachineLock> m_lock;
    QString m_finalFolder;
    QString m_folder;
    QStringList m_workingFolders; // the first is m_folder
    QStringList m_movedFiles;
};

} // namespace engine
