// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_commit.h"

#include "engine/machine/machine_check.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"
#include "ui/settings/machine_link.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>

namespace ui {

namespace {

QJsonObject asJson(const engine::MachineDefinition &definition)
{
    return QJsonDocument::fromJson(engine::machineToJson(definition)).object();
}

bool uses(const engine::MachineDefinition &definition, const QString &folder, const QString &path)
{
    for (const engine::StorageController &controller : definition.controllers) {
        for (const engine::StorageAttachment &one : controller.attachments) {
            if (resolvedPath(one, folder) == path)
                return true;
        }
    }
    return false;
}

} // namespace

SettingsCommit::SettingsCommit(engine::MachineStore &store, MachineLink &link, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_link(link)
{ }

SettingsCommit::~SettingsCommit()
{
    delete m_job; // which removes what it was making
    if (m_isRunning)
        removeNewDisks();
}

void SettingsCommit::start(const engine::MachineDefinition &base,
                           const engine::MachineDefinition &wanted,
                           const QList<engine::CreateImageRequest> &disks)
{
    engine::check(!m_isRunning, "settings are written once at a time");
    m_isRunning = true;
    m_base = base;
    m_wanted = wanted;
    m_made.clear();
    m_madeFolders.clear();
    m_toMake.clear();
    const auto entry = m_link.read();
    if (!entry) {
        fail(entry.error());
        return;
    }
    for (const engine::CreateImageRequest &disk : disks) {
        if (uses(wanted, entry->folder, QDir::cleanPath(disk.path)))
            m_toMake.append(disk);
    }
    makeNextDisk();
}

void SettingsCommit::makeNextDisk()
{
    if (m_toMake.isEmpty()) {
        write();
        return;
    }
    const engine::CreateImageRequest disk = m_toMake.takeFirst();
    const QString folder = QFileInfo(disk.path).path();
    if (!QFileInfo::exists(folder) && QDir().mkpath(folder))
        m_madeFolders.append(folder);
    const QString what = tr("Making \"%1\"").arg(QFileInfo(disk.path).fileName());
    emit progressed(what, 0);
    m_job = engine::ImageJob::create(
        disk,
        [this, path = disk.path](engine::Result<> result) {
            m_job->deleteLater();
            m_job = nullptr;
            if (!result) {
                fail(result.error());
                return;
            }
            m_made.append(path);
            makeNextDisk();
        },
        this);
    connect(m_job, &engine::ImageJob::progressed, this,
            [this, what](int percent) { emit progressed(what, percent); });
}

void SettingsCommit::cancel()
{
    if (m_job)
        m_job->cancel();
}

void SettingsCommit::write()
{
    emit progressed(tr("Writing the settings"), 100);
    auto entry = m_link.read();
    if (!entry) {
        fail(entry.error());
        return;
    }
    if (m_link.condition() == engine::MachineCondition::Running) {
        writeThroughProcess(*entry);
        return;
    }
    if (engine::machineToJson(entry->definition) != engine::machineToJson(m_base)) {
        fail(engine::makeError(engine::ErrorKind::Busy,
                               tr("The machine's settings were changed by another program "
                                  "meanwhile"),
                               tr("Load them again and repeat your change")));
        return;
    }
    entry->definition = m_wanted;
    const auto saved = m_store.save(*entry);
    if (saved)
        succeed(*saved);
    else
        fail(saved.error());
}

void SettingsCommit::writeThroughProcess(const engine::MachineEntry &entry)
{
    engine::MachineEntry changed = entry;
    changed.definition = m_wanted;
    m_link.client().call(QStringLiteral("machine.changeDefinition"),
                         {{QStringLiteral("definition"), asJson(m_wanted)},
                          {QStringLiteral("base"), asJson(m_base)}},
                         [guard = QPointer(this), changed](engine::Result<QJsonObject> answer) {
                             if (!guard)
                                 return;
                             if (answer)
                                 guard->succeed(changed);
                             else
                                 guard->fail(answer.error());
                         });
}

void SettingsCommit::succeed(const engine::MachineEntry &entry)
{
    m_isRunning = false;
    m_made.clear();
    m_link.follow(entry);
    emit done(entry);
}

void SettingsCommit::fail(const engine::Error &error)
{
    removeNewDisks();
    m_isRunning = false;
    emit failed(error);
}

void SettingsCommit::removeNewDisks()
{
    for (const QString &path : std::as_const(m_made))
        QFile::remove(path);
    m_made.clear();
    for (const QString &folder : std::as_const(m_madeFolders))
        QDir().rmdir(folder); // unless somebody else put something there
    m_madeFolders.clear();
}

} // namespace ui
