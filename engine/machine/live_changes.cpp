// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/live_changes.h"

#include <QtCore/QSet>

#include <algorithm>

namespace engine {

namespace {

using When = FieldChange::When;

// Nothing of the guest's depends on these.
constexpr const char *AlwaysFree[] = {
    "description",     "groups",        "autostart",   "autostartDelaySeconds",
    "extraData",       "inertSettings", "unknownKeys", "usbFilters",
    "guestProperties", "clipboard",     "dragAndDrop", "recording"};

QString powerOffFirst()
{
    return QStringLiteral("Power the machine off to change this");
}

QString discardFirst()
{
    return QStringLiteral("Discard the machine's saved state to change this");
}

bool isAlwaysFree(const QString &field)
{
    return std::any_of(std::begin(AlwaysFree), std::end(AlwaysFree),
                       [key = field.section(QLatin1Char('/'), 0, 0)](const char *name) {
                           return key == QLatin1String(name);
                       });
}

FieldChange byAbility(const QString &field, const QString &whyNot)
{
    if (whyNot.isEmpty())
        return {field, When::Now, {}};
    return {field, When::AfterPowerOff,
            QStringLiteral("%1. %2").arg(
                whyNot.endsWith(QLatin1Char('.')) ? whyNot.chopped(1) : whyNot, powerOffFirst())};
}

// What is behind a card, as opposed to the card.
bool isNetworkBackend(const QStringList &parts)
{
    static const QStringList Backend{
        QStringLiteral("attachedTo"),    QStringLiteral("internalNetwork"),
        QStringLiteral("hostInterface"), QStringLiteral("rateLimitKiBps"),
        QStringLiteral("forwards"),      QStringLiteral("natNetwork"),
        QStringLiteral("egress"),        QStringLiteral("allowedDestinations")};
    return parts.first() == QLatin1String("adapters") && Backend.contains(parts.value(2));
}

bool isCable(const QStringList &parts)
{
    return parts.first() == QLatin1String("adapters")
        && parts.value(2) == QLatin1String("cableConnected");
}

FieldChange whileRunning(const QString &field, const LiveAbilities &abilities, bool isRemovable)
{
    const QStringList parts = field.split(QLatin1Char('/'));
    if (parts.first() == QLatin1String("controllers") && isRemovable
        && parts.last() == QLatin1String("path"))
        return byAbility(field, abilities.whyNoMediumChange);
    if (isCable(parts))
        return byAbility(field, abilities.whyNoLinkChange);
    if (isNetworkBackend(parts))
        return byAbility(field, abilities.whyNoNetworkChange);
    if (field == QLatin1String("sharedFolders"))
        return byAbility(field, abilities.whyNoFolderChange);
    if (field == QLatin1String("audioOutput"))
        return byAbility(field, abilities.whyNoAudioOutputChange);
    if (field == QLatin1String("audioInput"))
        return byAbility(field, abilities.whyNoAudioInputChange);
    if (field == QLatin1String("balloonMiB"))
        return byAbility(field, abilities.whyNoBalloonChange);
    if (parts.first() == QLatin1String("remoteDisplay"))
        return byAbility(field, abilities.whyNoRemoteDisplayChange);
    return {field, When::AfterPowerOff, powerOffFirst()};
}

// The guest goes on with the hardware it had (saved_state.h, hardwareChanges()).
FieldChange whileSaved(const QString &field)
{
    const QStringList parts = field.split(QLatin1Char('/'));
    const bool isEndOfPort = parts.first() == QLatin1String("serialPorts")
        && (parts.value(2) == QLatin1String("mode") || parts.value(2) == QLatin1String("path"));
    if (field == QLatin1String("name") || field == QLatin1String("audioOutput")
        || field == QLatin1String("balloonMiB") || isCable(parts)
        || parts.last() == QLatin1String("hostCache")
        || isNetworkBackend(parts) || isEndOfPort
        || parts.first() == QLatin1String("remoteDisplay"))
        return {field, When::Now, {}};
    return {field, When::AfterDiscard, discardFirst()};
}

class Comparison final
{
public:
    Comparison(const MachineDefinition &before, const MachineDefinition &after,
               MachineCondition condition, const LiveAbilities &abilities)
        : m_before(before)
        , m_after(after)
        , m_condition(condition)
        , m_abilities(abilities)
    { }

    QList<FieldChange> run()
    {
        compareValues();
        compareControllers();
        for (int i = 0; i < MachineDefinition::MaxAdapters; ++i)
            compareAdapter(i);
        for (int i = 0; i < MachineDefinition::MaxSerialPorts; ++i) {
            const QString field = QStringLiteral("serialPorts/%1").arg(i);
            const SerialPort before = m_before.serialPorts.value(i);
            const SerialPort after = m_after.serialPorts.value(i);
            compare(field + QStringLiteral("/enabled"), before.isEnabled, after.isEnabled);
            compare(field + QStringLiteral("/mode"), before.mode, after.mode);
            compare(field + QStringLiteral("/path"), before.path, after.path);
            compare(field + QStringLiteral("/unknownKeys"), before.unknownKeys, after.unknownKeys);
        }
        return std::move(m_changes);
    }

private:
    void add(const QString &field, bool isRemovable = true)
    {
        m_changes.append(changeOf(field, m_condition, m_abilities, isRemovable));
    }

    template <class Value>
    void compare(const QString &field, const Value &before, const Value &after)
    {
        if (!(before == after))
            add(field);
    }

    void compareValues()
    {
        const MachineDefinition &a = m_before;
        const MachineDefinition &b = m_after;
        compare(QStringLiteral("uuid"), a.uuid, b.uuid);
        compare(QStringLiteral("name"), a.name, b.name);
        compare(QStringLiteral("description"), a.description, b.description);
        compare(QStringLiteral("groups"), a.groups, b.groups);
        compare(QStringLiteral("osId"), a.osId, b.osId);
        compare(QStringLiteral("engine"), a.engine, b.engine);
        compare(QStringLiteral("memoryMiB"), a.memoryMiB, b.memoryMiB);
        compare(QStringLiteral("balloonMiB"), a.balloonMiB, b.balloonMiB);
        compare(QStringLiteral("cpus"), a.cpus, b.cpus);
        compare(QStringLiteral("nestedVirtualization"), a.isNestedVirtualizationOn,
                b.isNestedVirtualizationOn);
        compare(QStringLiteral("firmware"), a.firmware, b.firmware);
        compare(QStringLiteral("secureBoot"), a.isSecureBootOn, b.isSecureBootOn);
        compare(QStringLiteral("tpm"), a.tpm, b.tpm);
        compare(QStringLiteral("chipset"), a.chipset, b.chipset);
        compare(QStringLiteral("clock"), a.clock, b.clock);
        compare(QStringLiteral("bootOrder"), a.bootOrder, b.bootOrder);
        compare(QStringLiteral("video"), a.video, b.video);
        compare(QStringLiteral("videoMemoryMiB"), a.videoMemoryMiB, b.videoMemoryMiB);
        compare(QStringLiteral("monitors"), a.monitors, b.monitors);
        compare(QStringLiteral("audio"), a.audio, b.audio);
        compare(QStringLiteral("audioOutput"), a.isAudioOutputOn, b.isAudioOutputOn);
        compare(QStringLiteral("audioInput"), a.isAudioInputOn, b.isAudioInputOn);
        compare(QStringLiteral("pointing"), a.pointing, b.pointing);
        compare(QStringLiteral("keyboard"), a.keyboard, b.keyboard);
        compare(QStringLiteral("usb"), a.usb, b.usb);
        compare(QStringLiteral("usbFilters"), a.usbFilters, b.usbFilters);
        compare(QStringLiteral("clipboard"), a.clipboard, b.clipboard);
        compare(QStringLiteral("dragAndDrop"), a.dragAndDrop, b.dragAndDrop);
        compare(QStringLiteral("sharedFolders"), a.sharedFolders, b.sharedFolders);
        compare(QStringLiteral("recording"), a.recording, b.recording);
        compare(QStringLiteral("remoteDisplay"), a.remoteDisplay, b.remoteDisplay);
        compare(QStringLiteral("autostart"), a.isAutostartOn, b.isAutostartOn);
        compare(QStringLiteral("autostartDelaySeconds"), a.autostartDelaySeconds,
                b.autostartDelaySeconds);
        compare(QStringLiteral("disposable"), a.isDisposable, b.isDisposable);
        compare(QStringLiteral("inertSettings"), a.inertSettings, b.inertSettings);
        compare(QStringLiteral("extraData"), a.extraData, b.extraData);
        compare(QStringLiteral("guestProperties"), a.guestProperties, b.guestProperties);
        compare(QStringLiteral("unknownKeys"), a.unknownKeys, b.unknownKeys);
    }

    static const StorageController *controllerNamed(const MachineDefinition &definition,
                                                    const QString &name)
    {
        for (const StorageController &controller : definition.controllers) {
            if (controller.name == name)
                return &controller;
        }
        return nullptr;
    }

    static QStringList namesOf(const QList<StorageController> &controllers)
    {
        QStringList names;
        for (const StorageController &controller : controllers)
            names.append(controller.name);
        return names;
    }

    void compareControllers()
    {
        for (const StorageController &before : m_before.controllers) {
            if (controllerNamed(m_after, before.name) == nullptr)
                add(QStringLiteral("controllers/") + before.name);
        }
        for (const StorageController &after : m_after.controllers) {
            const QString field = QStringLiteral("controllers/") + after.name;
            const StorageController *before = controllerNamed(m_before, after.name);
            if (before == nullptr)
                add(field);
            else
                compareController(field, *before, after);
        }
        // Slots on the board are given in this order.
        const QStringList before = namesOf(m_before.controllers);
        const QStringList after = namesOf(m_after.controllers);
        if (before != after
            && QSet<QString>(before.begin(), before.end())
                == QSet<QString>(after.begin(), after.end()))
            add(QStringLiteral("controllers"));
    }

    void compareController(const QString &field, const StorageController &before,
                           const StorageController &after)
    {
        compare(field + QStringLiteral("/kind"), before.kind, after.kind);
        compare(field + QStringLiteral("/ports"), before.portCount, after.portCount);
        compare(field + QStringLiteral("/bootable"), before.isBootable, after.isBootable);
        compare(field + QStringLiteral("/hostCache"), before.isHostCacheOn, after.isHostCacheOn);
        compare(field + QStringLiteral("/unknownKeys"), before.unknownKeys, after.unknownKeys);
        const auto at = [](const StorageController &controller, int port,
                           int device) -> const StorageAttachment * {
            for (const StorageAttachment &one : controller.attachments) {
                if (one.port == port && one.device == device)
                    return &one;
            }
            return nullptr;
        };
        const auto place = [&field](const StorageAttachment &one) {
            return QStringLiteral("%1/%2/%3").arg(field).arg(one.port).arg(one.device);
        };
        for (const StorageAttachment &old : before.attachments) {
            if (at(after, old.port, old.device) == nullptr)
                add(place(old));
        }
        for (const StorageAttachment &now : after.attachments) {
            const StorageAttachment *old = at(before, now.port, now.device);
            if (old == nullptr)
                add(place(now));
            else
                compareAttachment(place(now), *old, now);
        }
    }

    void compareAttachment(const QString &field, const StorageAttachment &before,
                           const StorageAttachment &after)
    {
        const bool isRemovable = after.kind != MediumKind::HardDisk;
        compare(field + QStringLiteral("/kind"), before.kind, after.kind);
        if (before.path != after.path)
            add(field + QStringLiteral("/path"), isRemovable);
        else
            compare(field + QStringLiteral("/format"), before.format, after.format);
        compare(field + QStringLiteral("/readOnly"), before.isReadOnly, after.isReadOnly);
        compare(field + QStringLiteral("/discard"), before.isDiscardOn, after.isDiscardOn);
        compare(field + QStringLiteral("/solidState"), before.isSolidState, after.isSolidState);
        compare(field + QStringLiteral("/hostCache"), before.hostCache, after.hostCache);
        compare(field + QStringLiteral("/unknownKeys"), before.unknownKeys, after.unknownKeys);
    }

    void compareAdapter(int index)
    {
        const QString field = QStringLiteral("adapters/%1").arg(index);
        const NetworkAdapter before = m_before.adapters.value(index);
        const NetworkAdapter after = m_after.adapters.value(index);
        const bool wasThere = before.mode != NetworkMode::None;
        const bool isThere = after.mode != NetworkMode::None;
        if (wasThere != isThere)
            add(field + QStringLiteral("/mode"));
        else
            compare(field + QStringLiteral("/attachedTo"), before.mode, after.mode);
        compare(field + QStringLiteral("/model"), before.model, after.model);
        compare(field + QStringLiteral("/mac"), before.macAddress, after.macAddress);
        compare(field + QStringLiteral("/cableConnected"), before.isCableConnected,
                after.isCableConnected);
        compare(field + QStringLiteral("/internalNetwork"), before.internalNetwork,
                after.internalNetwork);
        compare(field + QStringLiteral("/hostInterface"), before.hostInterface,
                after.hostInterface);
        compare(field + QStringLiteral("/rateLimitKiBps"), before.rateLimitKiBps,
                after.rateLimitKiBps);
        compare(field + QStringLiteral("/forwards"), before.forwards, after.forwards);
        compare(field + QStringLiteral("/natNetwork"), before.natNetwork, after.natNetwork);
        compare(field + QStringLiteral("/egress"), before.egress, after.egress);
        compare(field + QStringLiteral("/allowedDestinations"), before.allowedDestinations,
                after.allowedDestinations);
        compare(field + QStringLiteral("/unknownKeys"), before.unknownKeys, after.unknownKeys);
    }

    const MachineDefinition &m_before;
    const MachineDefinition &m_after;
    const MachineCondition m_condition;
    const LiveAbilities &m_abilities;
    QList<FieldChange> m_changes;
};

struct Title
{
    const char *field;
    const char *text;
};

constexpr Title Titles[] = {
    {"uuid", "the UUID"},
    {"name", "the name"},
    {"description", "the description"},
    {"groups", "the groups"},
    {"osId", "the operating system"},
    {"engine", "the engine"},
    {"memoryMiB", "the memory"},
    {"balloonMiB", "the memory balloon"},
    {"cpus", "the number of processors"},
    {"nestedVirtualization", "nested virtualization"},
    {"firmware", "the firmware"},
    {"secureBoot", "Secure Boot"},
    {"tpm", "the TPM"},
    {"chipset", "the chipset"},
    {"clock", "the clock"},
    {"bootOrder", "the boot order"},
    {"video", "the graphics adapter"},
    {"videoMemoryMiB", "the video memory"},
    {"monitors", "the number of monitors"},
    {"audio", "the sound card"},
    {"audioOutput", "the sound's output"},
    {"audioInput", "the microphone"},
    {"recording", "the recording"},
    {"remoteDisplay", "the remote screen"},
    {"pointing", "the pointing device"},
    {"keyboard", "the keyboard"},
    {"usb", "the USB controller"},
    {"usbFilters", "the USB filters"},
    {"clipboard", "the shared clipboard"},
    {"dragAndDrop", "drag and drop"},
    {"sharedFolders", "the shared folders"},
    {"autostart", "the automatic start"},
    {"autostartDelaySeconds", "the delay of the automatic start"},
    {"disposable", "whether the machine is kept"},
    {"extraData", "the user interface"},
    {"guestProperties", "the guest properties"},
    {"inertSettings", "settings without effect"},
    {"unknownKeys", "settings of a newer version"},
    {"controllers", "the storage controllers"},
};

constexpr Title AdapterTitles[] = {
    {"mode", "whether there is network adapter %1"},
    {"attachedTo", "what network adapter %1 is attached to"},
    {"model", "the model of network adapter %1"},
    {"mac", "the MAC address of network adapter %1"},
    {"cableConnected", "the cable of network adapter %1"},
    {"internalNetwork", "the network of network adapter %1"},
    {"hostInterface", "the interface of network adapter %1"},
    {"rateLimitKiBps", "the speed limit of network adapter %1"},
    {"forwards", "the port forwards of network adapter %1"},
    {"natNetwork", "the NAT network of network adapter %1"},
    {"egress", "where network adapter %1 may connect to"},
    {"allowedDestinations", "where network adapter %1 may connect to"},
};

template <std::size_t Size>
QString titleIn(const Title (&titles)[Size], const QString &field)
{
    for (const Title &title : titles) {
        if (field == QLatin1String(title.field))
            return QString::fromLatin1(title.text);
    }
    return {};
}

} // namespace

FieldChange changeOf(const QString &field, MachineCondition condition,
                     const LiveAbilities &abilities, bool isRemovable)
{
    if (field == QLatin1String("uuid"))
        return {field, When::Never, QStringLiteral("A machine keeps its UUID")};
    if (condition == MachineCondition::Off || isAlwaysFree(field))
        return {field, When::Now, {}};
    if (condition == MachineCondition::Saved)
        return whileSaved(field);
    return whileRunning(field, abilities, isRemovable);
}

QList<FieldChange> changedFields(const MachineDefinition &before, const MachineDefinition &after,
                                 MachineCondition condition, const LiveAbilities &abilities)
{
    return Comparison(before, after, condition, abilities).run();
}

QString fieldTitle(const QString &field)
{
    if (const QString title = titleIn(Titles, field); !title.isEmpty())
        return title;
    const QStringList parts = field.split(QLatin1Char('/'));
    if (parts.first() == QLatin1String("adapters") && parts.size() >= 2) {
        QString title = titleIn(AdapterTitles, parts.value(2));
        if (title.isEmpty())
            title = QStringLiteral("network adapter %1");
        return title.arg(parts.at(1).toInt() + 1);
    }
    if (parts.first() == QLatin1String("serialPorts") && parts.size() >= 2)
        return QStringLiteral("serial port %1").arg(parts.at(1).toInt() + 1);
    if (parts.first() == QLatin1String("controllers") && parts.size() >= 4) {
        return QStringLiteral("what is at port %1, device %2 of \"%3\"")
            .arg(parts.at(2), parts.at(3), parts.at(1));
    }
    if (parts.first() == QLatin1String("controllers") && parts.size() >= 2)
        return QStringLiteral("the storage controller \"%1\"").arg(parts.at(1));
    return field;
}

} // namespace engine
