// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/session.h"

#include "engine/machine/live_changes.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QThread>

namespace app {

using namespace engine;
using namespace std::chrono_literals;

bool LiveState::isOff() const
{
    return word == QLatin1String("poweroff") || word == QLatin1String("aborted")
        || word == QLatin1String("saved");
}

Session::Session(Output &output, Dialect dialect, QString program)
    : m_output(output)
    , m_dialect(dialect)
    , m_program(std::move(program))
{ }

Session::~Session() = default;

void Session::warn(const QString &text)
{
    m_output.note(formatWarning(text, m_dialect, m_program));
}

MachineStore &Session::store()
{
    if (!m_store)
        m_store = std::make_unique<MachineStore>();
    return *m_store;
}

Result<MachineEntry> Session::machine(const QString &nameOrUuid)
{
    return store().find(nameOrUuid);
}

Result<MachineEntry> Session::listedMachine(const QString &nameOrUuid)
{
    auto found = store().find(nameOrUuid);
    if (found)
        return found;
    const QString path = QDir::cleanPath(nameOrUuid);
    const QList<MachineEntry> machines = store().machines();
    for (const MachineEntry &entry : machines) {
        if (!entry.isAccessible()
            && (entry.displayName() == nameOrUuid || entry.folder == path
                || entry.definitionPath == path))
            return entry;
    }
    return found;
}

LiveState Session::observe(const MachineEntry &entry)
{
    const auto recorded = [&] {
        const StateRecord record = readState(entry.folder);
        LiveState state;
        // A machine that never ran is off since it was made.
        state.changed = record.changed.isValid() ? record.changed
                                                 : QFileInfo(entry.definitionPath).lastModified();
        state.word = record.state == PersistentState::Aborted ? QStringLiteral("aborted")
                                                              : QStringLiteral("poweroff");
        if (record.state == PersistentState::Saved)
            state.word = QStringLiteral("saved");
        if (record.state == PersistentState::Running)
            state.word = QStringLiteral("running");
        return state;
    };
    if (!MachineLock::isHeld(entry.folder))
        return recorded();

    const QString socket = paths::controlSocket(entry.definition.uuid);
    if (QFileInfo::exists(socket)) {
        ControlClient client;
        if (client.connectAndWait(socket, 3s)) {
            auto info = client.callAndWait(QStringLiteral("machine.info"), {}, 5s);
            if (info) {
                LiveState state;
                state.status = statusFromJson(*info);
                state.word = stateName(state.status->state);
                state.changed = readState(entry.folder).changed;
                return state;
            }
        }
    }
    // Held, but nobody answers: a process that comes up or goes down, or somebody who changes the
    // definition for a moment.
    LiveState state = recorded();
    if (state.word == QLatin1String("running") && MachineLock::isHeld(entry.folder))
        state.word =
            QFileInfo::exists(socket) ? QStringLiteral("stopping") : QStringLiteral("starting");
    else
        state = recorded();
    return state;
}

Outcome Session::connect(const MachineEntry &entry, ControlClient &client) const
{
    const auto notRunning = [&](const QString &word) {
        return Outcome::failure(
            ResultCode::InvalidVmState,
            QStringLiteral("Machine '%1' is not currently running (state is %2)")
                .arg(entry.definition.name, word));
    };
    const QString socket = paths::controlSocket(entry.definition.uuid);
    if (!QFileInfo::exists(socket))
        return notRunning(observe(entry).word);
    const auto connected = client.connectAndWait(socket, 5s);
    if (connected)
        return {};
    const LiveState state = observe(entry);
    if (state.isOff())
        return notRunning(state.word);
    Error error = connected.error();
    return Outcome::failure(
        ResultCode::VmError,
        std::move(error).context(QStringLiteral("The process of machine '%1' does not answer")
                                     .arg(entry.definition.name)
                                     .toStdString()));
}

Outcome Session::requireOff(const MachineEntry &entry) const
{
    // A machine that just ended gets a moment to let go of its files.
    LiveState state = observe(entry);
    if (!state.isOff() && !state.status && waitUntilReleased(entry.folder, 3s))
        state = observe(entry);
    if (state.isOff())
        return {};
    return Outcome::failure(ResultCode::InvalidVmState,
                            QStringLiteral("The machine '%1' is not powered off (state is %2)")
                                .arg(entry.definition.name, state.word));
}

namespace {

// In the words of the dialect, and with the settings that are in the way.
Outcome refuseFixed(const MachineDefinition &before, const MachineEntry &changed,
                    MachineCondition condition, const LiveState &state)
{
    const auto whyNot = [&state](Feature feature) {
        const Support support = state.status ? state.status->supports(feature) : Support{true, {}};
        return support.isAvailable ? QString() : support.reason;
    };
    const LiveAbilities abilities{.whyNoMediumChange = whyNot(Feature::ChangeMedium),
                                  .whyNoLinkChange = whyNot(Feature::LinkState),
                                  .whyNoNetworkChange = whyNot(Feature::ChangeNetwork),
                                  .whyNoFolderChange = whyNot(Feature::SharedFolders),
                                  .whyNoAudioOutputChange = whyNot(Feature::AudioOutputSwitch),
                                  .whyNoAudioInputChange = whyNot(Feature::AudioInputSwitch),
                                  .whyNoBalloonChange = whyNot(Feature::MemoryBalloon),
                                  .whyNoRemoteDisplayChange =
                                      whyNot(Feature::RemoteDisplayChange)};
    QStringList titles;
    QString remedy;
    for (const FieldChange &one : changedFields(before, changed.definition, condition, abilities)) {
        if (one.when == FieldChange::When::Now)
            continue;
        titles.append(fieldTitle(one.field));
        remedy = one.reason;
    }
    if (titles.isEmpty())
        return {};
    titles.removeDuplicates();
    return Outcome::failure(
        ResultCode::InvalidVmState,
        QStringLiteral("The machine '%1' is not powered off (state is %2), so this cannot be "
                       "changed: %3")
            .arg(before.name, state.word, titles.join(QStringLiteral(", "))),
        remedy);
}

} // namespace

Outcome Session::changeMachine(const QString &nameOrUuid,
                               const std::function<Outcome(MachineEntry &)> &change)
{
    MachineEntry entry = TRY(machine(nameOrUuid));
    const LiveState state = observe(entry);
    if (!state.status) {
        Outcome off = requireOff(entry);
        if (!off.isGood())
            return off;
    }
    const MachineDefinition before = entry.definition;
    Outcome changed = change(entry);
    if (!changed.isGood() || entry.definition == before)
        return changed;
    if (state.status)
        return changeRunningMachine(before, entry, state);
    if (state.word == QLatin1String("saved")) {
        Outcome allowed = refuseFixed(before, entry, MachineCondition::Saved, state);
        if (!allowed.isGood())
            return allowed;
    }
    const auto saved = saveMachine(entry);
    if (!saved)
        return saved.error();
    return {};
}

Outcome Session::changeRunningMachine(const MachineDefinition &before, const MachineEntry &changed,
                                      const LiveState &state)
{
    Outcome allowed = refuseFixed(before, changed, MachineCondition::Running, state);
    if (!allowed.isGood())
        return allowed;
    ControlClient client;
    Outcome connected = connect(changed, client);
    if (!connected.isGood())
        return connected;
    const auto asJson = [](const MachineDefinition &definition) {
        return QJsonDocument::fromJson(machineToJson(definition)).object();
    };
    auto reply = client.callAndWait(QStringLiteral("machine.changeDefinition"),
                                    {{QStringLiteral("definition"), asJson(changed.definition)},
                                     {QStringLiteral("base"), asJson(before)}});
    if (!reply)
        return Outcome::failure(ResultCode::VmError, std::move(reply).error());
    return {};
}

Result<MachineEntry> Session::saveMachine(const MachineEntry &entry)
{
    auto saved = store().save(entry);
    if (!saved && saved.error().kind() == ErrorKind::Busy && waitUntilReleased(entry.folder, 3s))
        saved = store().save(entry);
    return saved;
}

bool waitUntilReleased(const QString &machineFolder, std::chrono::milliseconds patience)
{
    const QDeadlineTimer deadline(patience);
    while (MachineLock::isHeld(machineFolder)) {
        if (deadline.hasExpired())
            return false;
        QThread::msleep(20);
    }
    return true;
}

} // namespace app
