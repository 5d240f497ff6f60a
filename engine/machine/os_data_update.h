// SPDX-License-Identifier: GPL-3.0-or-later
// Newer data on guest systems than the distribution has: a release of osinfo-db, fetched from its
// project or read from a file, imported with osinfo-db-import into a folder of ours
// (paths::osDataFolder()), checked, and put in place of the one before, which is kept for undo.
// Other programs' data is not touched.
//
// Nothing is in place until it was imported and checked as a whole: a failure changes nothing.
// Main thread only; nothing blocks but undo(), which renames.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/preferences.h"

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QUrl>

#include <memory>

namespace engine {

struct OsDataFacts
{
    QString version; // "20221203", a date; empty when there is none
    QString folder;
    bool isOurs = false; // from an update; else the distribution's
    bool canUndo = false;
};

// The data that is used: ours where it is newer than the distribution's.
OsDataFacts osDataFacts();

// "3 December 2022" for "20221203" in the session's language; other versions as they are.
QString osDataDate(const QString &version);

class OsDataUpdate final : public QObject
{
    Q_OBJECT
public:
    explicit OsDataUpdate(const ProxyChoice &proxy, QObject *parent = nullptr);
    ~OsDataUpdate() override;

    // A page that links to osinfo-db-YYYYMMDD.tar.xz. HTTPS, but for this computer itself.
    static QUrl usualIndex();
    void setIndex(const QUrl &index);

    // Looks for a newer release and installs it. upToDate(), installed() or failed() follows.
    void start();
    // The same with an archive from elsewhere, older ones too.
    void importFile(const QString &path);
    void cancel(); // failed(Cancelled) follows
    bool isActive() const;

    // Back to what was before the last update.
    static Result<> undo();

signals:
    void progressed(const QString &what, qint64 done, qint64 total); // total 0: not known
    void installed(const QString &version);
    void upToDate(const QString &version);
    void failed(const engine::Error &error);

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace engine
