// SPDX-License-Identifier: GPL-3.0-or-later
// The definition of a running machine, changed as a whole: what may change now is done to the
// running machine first and then written, once.
#include "engine/control/machine_session.h"
#include "engine/machine/live_changes.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFileInfo>

#include <algorithm>
#include <memory>
#include <utility>

namespace engine {

namespace {

QString whyNot(const Driver &driver, Feature feature)
{
    const Support support = driver.supports(feature);
    if (support.isAvailable)
        return {};
    return support.reason.isEmpty() ? QStringLiteral("The engine that runs this machine cannot "
                                                     "change this")
                                    : support.reason;
}

Result<> refuseFixed(const QList<FieldChange> &changes)
{
    QStringList titles;
    QStringList reasons;
    for (const FieldChange &change : changes) {
        if (change.when == FieldChange::When::Now)
            continue;
        if (const QString title = fieldTitle(change.field); !titles.contains(title))
            titles.append(title);
        if (!reasons.contains(change.reason))
            reasons.append(change.reason);
    }
    if (titles.isEmpty())
        return {};
    return makeError(ErrorKind::Busy,
                     QStringLiteral("While the machine runs these cannot be changed: %1")
                         .arg(titles.join(QStringLiteral(", "))),
                     reasons.join(QStringLiteral(". ")));
}

// A mistake that was there before is no reason to refuse something else.
Result<> refuseMistakes(const MachineDefinition &before, const MachineDefinition &after)
{
    const QList<DefinitionProblem> known = checkDefinition(before);
    const QList<DefinitionProblem> problems = checkDefinition(after);
    for (const DefinitionProblem &problem : problems) {
        if (problem.severity == DefinitionProblem::Severity::Error && !known.contains(problem))
            return makeError(ErrorKind::Invalid, problem.text);
    }
    return {};
}

Result<> refuseUnreadable(const QString &path)
{
    const QFileInfo info(path);
    if (path.isEmpty() || info.isReadable())
        return {};
    return makeError(info.exists() ? ErrorKind::Denied : ErrorKind::NotFound,
                     QStringLiteral("The image \"%1\" %2")
                         .arg(path,
                              info.exists() ? QStringLiteral("may not be read by you")
                                            : QStringLiteral("does not exist")),
                     QStringLiteral("Choose another file"));
}

bool isSameForGuest(const SharedFolder &a, const SharedFolder &b)
{
    return a.name == b.name && a.path == b.path && a.isReadOnly == b.isReadOnly;
}

// What the definition alone holds.
void takePlainFields(MachineDefinition &to, const MachineDefinition &from)
{
    to.description = from.description;
    to.groups = from.groups;
    to.isAutostartOn = from.isAutostartOn;
    to.autostartDelaySeconds = from.autostartDelaySeconds;
    to.extraData = from.extraData;
    to.guestProperties = from.guestProperties;
    to.usbFilters = from.usbFilters;
    to.recording = from.recording;
    to.sharedFolders = from.sharedFolders; // as the guest has them by now; order and notes
    to.inertSettings = from.inertSettings;
    to.unknownKeys = from.unknownKeys;
}

} // namespace

// Steps that the driver does, one after another, and what each means for the definition.
struct MachineSession::DefinitionChange
{
    struct Step
    {
        std::function<void(Driver::Reply)> run;
        std::function<void(MachineDefinition &)> done;
    };
    QList<Step> steps;
    MachineDefinition wanted;
    Driver::Reply reply;
    int stepsDone = 0;
};

Result<> MachineSession::planMediumSteps(DefinitionChange &change)
{
    for (const StorageController &controller : std::as_const(change.wanted.controllers)) {
        for (const StorageAttachment &drive : controller.attachments) {
            const StorageSlot slot{controller.name, drive.port, drive.device};
            const StorageAttachment *now = findAttachment(std::as_const(m_entry.definition), slot);
            if (now == nullptr || now->path == drive.path)
                continue;
            const QString path = resolvedPath(drive, m_entry.folder);
            TRY(refuseUnreadable(path));
            change.steps.append({[this, slot, path](Driver::Reply reply) {
                                     m_driver->changeMedium(slot, path, false, std::move(reply));
                                 },
                                 [slot, drive](MachineDefinition &definition) {
                                     if (StorageAttachment *const changed =
                                             findAttachment(definition, slot)) {
                                         changed->path = drive.path;
                                         changed->format = drive.format;
                                     }
                                 }});
        }
    }
    return {};
}

// The cable by itself where that is all: every driver can do that.
void MachineSession::planAdapterSteps(DefinitionChange &change)
{
    for (int i = 0; i < int(m_entry.definition.adapters.size()); ++i) {
        const NetworkAdapter now = m_entry.definition.adapters.at(i);
        const NetworkAdapter wanted = change.wanted.adapters.value(i);
        if (now == wanted)
            continue;
        NetworkAdapter onlyCable = now;
        onlyCable.isCableConnected = wanted.isCableConnected;
        const bool hasCard = now.mode != NetworkMode::None;
        change.steps.append(
            {[this, i, wanted, hasCard, isCable = onlyCable == wanted](Driver::Reply reply) {
                 if (!hasCard)
                     reply({});
                 else if (isCable)
                     m_driver->setLinkConnected(i, wanted.isCableConnected, std::move(reply));
                 else
                     m_driver->changeAdapter(i, wanted, std::move(reply));
             },
             [i, wanted](MachineDefinition &definition) { definition.adapters[i] = wanted; }});
    }
}

void MachineSession::planFolderSteps(DefinitionChange &change)
{
    const QList<SharedFolder> now = m_entry.definition.sharedFolders;
    const QList<SharedFolder> &wanted = change.wanted.sharedFolders;
    const auto isIn = [](const QList<SharedFolder> &list, const SharedFolder &folder) {
        return std::any_of(list.begin(), list.end(), [&folder](const SharedFolder &one) {
            return isSameForGuest(one, folder);
        });
    };
    for (const SharedFolder &folder : now) {
        if (isIn(wanted, folder))
            continue;
        change.steps.append({[this, name = folder.name](Driver::Reply reply) {
                                 detachFolder(name, std::move(reply));
                             },
                             [name = folder.name](MachineDefinition &definition) {
                                 definition.sharedFolders.removeIf(
                                     [&name](const SharedFolder &one) { return one.name == name; });
                             }});
    }
    for (const SharedFolder &folder : wanted) {
        if (isIn(now, folder))
            continue;
        change.steps.append(
            {[this, folder](Driver::Reply reply) {
                 m_driver->attachFolder(folder, std::move(reply));
             },
             [folder](MachineDefinition &definition) { definition.sharedFolders.append(folder); }});
    }
}

void MachineSession::planAudioSteps(DefinitionChange &change)
{
    const MachineDefinition &now = m_entry.definition;
    const auto plan = [this, &change](bool MachineDefinition::*field,
                                      void (Driver::*set)(bool, Driver::Reply)) {
        const bool isOn = change.wanted.*field;
        if (m_entry.definition.*field == isOn)
            return;
        change.steps.append(
            {[this, set, isOn](Driver::Reply reply) { ((*m_driver).*set)(isOn, std::move(reply)); },
             [field, isOn](MachineDefinition &definition) { definition.*field = isOn; }});
    };
    if (now.audio == AudioModel::None)
        return;
    plan(&MachineDefinition::isAudioOutputOn, &Driver::setAudioOutput);
    plan(&MachineDefinition::isAudioInputOn, &Driver::setAudioInput);
}

void MachineSession::planBalloonStep(DefinitionChange &change)
{
    const int wanted = change.wanted.balloonMiB;
    if (m_entry.definition.balloonMiB != wanted)
        change.steps.append(
            {[this, wanted](Driver::Reply reply) {
                 m_driver->setBalloon(wanted, std::move(reply));
             },
             [wanted](MachineDefinition &definition) { definition.balloonMiB = wanted; }});
}

void MachineSession::planRemoteDisplayStep(DefinitionChange &change)
{
    const RemoteDisplay remote = change.wanted.remoteDisplay;
    if (m_entry.definition.remoteDisplay == remote)
        return;
    change.steps.append(
        {[this, remote](Driver::Reply reply) {
             // How one that is off would be offered is the definition's alone.
             if (remote.isEnabled || m_entry.definition.remoteDisplay.isEnabled)
                 m_driver->setRemoteDisplay(remote, std::move(reply));
             else
                 reply({});
         },
         [remote](MachineDefinition &definition) { definition.remoteDisplay = remote; }});
}

void MachineSession::setAudio(std::optional<bool> output, std::optional<bool> input,
                              Driver::Reply reply)
{
    if (m_entry.definition.audio == AudioModel::None) {
        reply(makeError(ErrorKind::Unsupported, QStringLiteral("The machine has no sound card"),
                        QStringLiteral("Power it off and give it one in its settings")));
        return;
    }
    MachineDefinition wanted = m_entry.definition;
    wanted.isAudioOutputOn = output.value_or(wanted.isAudioOutputOn);
    wanted.isAudioInputOn = input.value_or(wanted.isAudioInputOn);
    changeDefinition(wanted, std::nullopt, std::move(reply));
}

void MachineSession::changeDefinition(const MachineDefinition &wanted,
                                      const std::optional<MachineDefinition> &base,
                                      Driver::Reply reply)
{
    const MachineDefinition &now = m_entry.definition;
    if (m_hasEnded) {
        reply(makeError(ErrorKind::Busy, QStringLiteral("The machine has just ended"),
                        QStringLiteral("Change its settings again")));
        return;
    }
    if (base && machineToJson(*base) != machineToJson(now)) {
        reply(makeError(ErrorKind::Busy,
                        QStringLiteral("The machine's settings were changed by another program "
                                       "meanwhile"),
                        QStringLiteral("Load them again and repeat the change")));
        return;
    }
    const LiveAbilities abilities{
        .whyNoMediumChange = whyNot(*m_driver, Feature::ChangeMedium),
        .whyNoLinkChange = whyNot(*m_driver, Feature::LinkState),
        .whyNoNetworkChange = whyNot(*m_driver, Feature::ChangeNetwork),
        .whyNoFolderChange = whyNot(*m_driver, Feature::SharedFolders),
        .whyNoAudioOutputChange = whyNot(*m_driver, Feature::AudioOutputSwitch),
        .whyNoAudioInputChange = whyNot(*m_driver, Feature::AudioInputSwitch),
        .whyNoBalloonChange = whyNot(*m_driver, Feature::MemoryBalloon),
        .whyNoRemoteDisplayChange = whyNot(*m_driver, Feature::RemoteDisplayChange)};
    const QList<FieldChange> changes =
        changedFields(now, wanted, MachineCondition::Running, abilities);
    Result<> allowed = refuseFixed(changes);
    if (allowed)
        allowed = refuseMistakes(now, wanted);
    auto change = std::make_shared<DefinitionChange>();
    change->wanted = wanted;
    change->reply = std::move(reply);
    if (allowed)
        allowed = planMediumSteps(*change);
    if (!allowed) {
        change->reply(std::move(allowed));
        return;
    }
    planAdapterSteps(*change);
    planFolderSteps(*change);
    planAudioSteps(*change);
    planBalloonStep(*change);
    planRemoteDisplayStep(*change);
    runDefinitionChange(change);
}

void MachineSession::addFolder(const SharedFolder &folder, FolderLife life, Driver::Reply reply)
{
    if (life == FolderLife::Kept) {
        MachineDefinition wanted = m_entry.definition;
        wanted.sharedFolders.append(folder);
        changeDefinition(wanted, std::nullopt, std::move(reply));
        return;
    }
    MachineDefinition wanted = m_entry.definition;
    for (const FolderUse &use : m_driver->sharedFolders())
        if (!wanted.sharedFolders.contains(use.folder))
            wanted.sharedFolders.append(use.folder);
    for (const SharedFolder &other : std::as_const(wanted.sharedFolders)) {
        if (other.name == folder.name) {
            reply(makeError(ErrorKind::Invalid,
                            QStringLiteral("A shared folder named \"%1\" already exists")
                                .arg(folder.name),
                            QStringLiteral("Give this one another name")));
            return;
        }
    }
    const MachineDefinition before = wanted;
    wanted.sharedFolders.append(folder);
    if (Result<> allowed = refuseMistakes(before, wanted); !allowed) {
        reply(std::move(allowed));
        return;
    }
    m_driver->attachFolder(folder, [this, reply](Result<> attached) {
        Q_EMIT statusChanged();
        reply(std::move(attached));
    });
}

bool MachineSession::isTransient(const QString &folder) const
{
    const auto isNamed = [&folder](const QList<SharedFolder> &folders) {
        return std::any_of(folders.begin(), folders.end(),
                           [&folder](const SharedFolder &one) { return one.name == folder; });
    };
    const QList<FolderUse> uses = m_driver->sharedFolders();
    return !isNamed(m_entry.definition.sharedFolders)
        && std::any_of(uses.begin(), uses.end(),
                       [&folder](const FolderUse &use) { return use.folder.name == folder; });
}

void MachineSession::removeFolder(const QString &name, FolderLife life, Driver::Reply reply)
{
    if (life == FolderLife::Kept) {
        MachineDefinition wanted = m_entry.definition;
        const auto removed = wanted.sharedFolders.removeIf(
            [&name](const SharedFolder &folder) { return folder.name == name; });
        if (removed == 0)
            reply(makeError(ErrorKind::NotFound,
                            QStringLiteral("The machine has no shared folder \"%1\"").arg(name)));
        else
            changeDefinition(wanted, std::nullopt, std::move(reply));
        return;
    }
    if (!isTransient(name)) {
        reply(makeError(
            ErrorKind::NotFound,
            QStringLiteral("The machine has no transient shared folder \"%1\"").arg(name)));
        return;
    }
    detachFolder(name, [this, reply](Result<> detached) {
        Q_EMIT statusChanged();
        reply(std::move(detached));
    });
}

// A guest that has it mounted lets go of it first, if its agent can bring it to; else it loses it.
void MachineSession::detachFolder(const QString &name, Driver::Reply reply)
{
    const QList<FolderUse> folders = m_driver->sharedFolders();
    const bool isMounted =
        std::any_of(folders.begin(), folders.end(), [&name](const FolderUse &use) {
            return use.folder.name == name && use.isMounted;
        });
    const auto detach = [self = QPointer(this), name, reply = std::move(reply)](const Result<> &) {
        if (self)
            self->m_driver->detachFolder(name, reply);
    };
    if (isMounted && m_guest->hasAgent())
        m_folderMounter->unmount(name, detach);
    else
        detach({});
}

void MachineSession::runDefinitionChange(const std::shared_ptr<DefinitionChange> &change)
{
    if (change->stepsDone == int(change->steps.size())) {
        finishDefinitionChange(*change, {});
        return;
    }
    change->steps[change->stepsDone].run([this, change](Result<> result) {
        if (!result) {
            finishDefinitionChange(*change, std::move(result));
            return;
        }
        change->steps[change->stepsDone++].done(m_entry.definition);
        runDefinitionChange(change);
    });
}

void MachineSession::finishDefinitionChange(const DefinitionChange &change, Result<> result)
{
    // What the running machine has by now is true whatever happens to the file; the rest is only
    // once it is written.
    const MachineDefinition before = m_entry.definition;
    if (result)
        takePlainFields(m_entry.definition, change.wanted);
    if (!m_hasEnded && (result || change.stepsDone > 0)) {
        Result<> written = rememberDefinition();
        if (!written)
            m_entry.definition = before;
        if (!written && result)
            result = std::move(written);
        else if (!written)
            Q_EMIT failed(written.error());
    }
    if (!result && change.stepsDone > 0) {
        result = std::move(result).error().context(
            "Only some of the settings could be changed; those are kept");
    }
    if (before.usbFilters != m_entry.definition.usbFilters)
        m_usb->applyFilters();
    Q_EMIT statusChanged();
    change.reply(std::move(result));
}

} // namespace engine
