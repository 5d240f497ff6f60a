// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console_status_bar.h"

#include "ui/activity_light.h"
#include "ui/audio_menu.h"
#include "ui/console_menus.h"
#include "ui/device_menus.h"
#include "ui/icons.h"
#include "ui/recording_sign.h"
#include "ui/sharing_menu.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtWidgets/QLabel>
#include <QtWidgets/QSizeGrip>
#include <QtWidgets/QToolButton>

#include <algorithm>

namespace ui {

namespace {

QString bytes(quint64 count)
{
    return QLocale().formattedDataSize(qint64(count), 1, QLocale::DataSizeTraditionalFormat);
}

} // namespace

ConsoleStatusBar::ConsoleStatusBar(ConsoleMenus &menus, QWidget *parent)
    : QStatusBar(parent)
    , m_audioMenu(menus.audioMenu())
{
    setObjectName(QStringLiteral("consoleStatusBar"));
    m_hardDisk = addLight(QStringLiteral("hardDiskLight"), QStringLiteral("drive-harddisk"),
                          tr("Hard disks"));
    m_optical = addLight(QStringLiteral("opticalLight"), QStringLiteral("media-optical"),
                         tr("Optical drives"));
    m_optical->setMenuToOpen(&menus.opticalMenu());
    m_floppy = addLight(QStringLiteral("floppyLight"), QStringLiteral("media-floppy"),
                        tr("Floppy drives"));
    m_floppy->setMenuToOpen(&menus.floppyMenu());
    m_network =
        addLight(QStringLiteral("networkLight"), QStringLiteral("network-wired"), tr("Network"));
    m_network->setMenuToOpen(&menus.networkMenu());

    m_audio = addButton(QStringLiteral("audioMute"), QStringLiteral("audio-volume-high"));
    m_audio->setToolButtonStyle(Qt::ToolButtonIconOnly);
    m_audio->setCheckable(true);
    m_audio->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_audio, &QToolButton::clicked, this, [this] {
        updateAudio(); // the machine decides
        m_audioMenu.output().trigger();
    });
    connect(m_audio, &QWidget::customContextMenuRequested, this,
            [this](const QPoint &place) { m_audioMenu.popup(m_audio->mapToGlobal(place)); });
    m_recording = new RecordingSign(QStringLiteral("recordingSign"), this);
    addPermanentWidget(m_recording);
    m_recording->hide(); // what adds it shows it
    connect(m_recording, &RecordingSign::stopWanted, this, &ConsoleStatusBar::recordingClicked);

    m_disposable = addLabel(QStringLiteral("disposable"));
    m_acceleration = addButton(QStringLiteral("acceleration"), {});
    connect(m_acceleration, &QToolButton::clicked, this, &ConsoleStatusBar::accelerationClicked);
    m_guestSize = addLabel(QStringLiteral("guestSize"));
    m_guestSize->setToolTip(tr("The guest's screen resolution"));
    m_clipboard = addButton(QStringLiteral("clipboardState"), QStringLiteral("edit-paste"));
    m_clipboard->setMenu(&menus.clipboardMenu());
    m_clipboard->setPopupMode(QToolButton::InstantPopup);
    // Its neighbors open menus without an arrow, too.
    m_clipboard->setStyleSheet(QStringLiteral("QToolButton::menu-indicator { image: none; }"));
    m_pointer = addButton(QStringLiteral("pointerState"), QStringLiteral("input-mouse"));
    connect(m_pointer, &QToolButton::clicked, this, &ConsoleStatusBar::pointerClicked);
    m_keyboard = addButton(QStringLiteral("keyboardState"), QStringLiteral("input-keyboard"));
    connect(m_keyboard, &QToolButton::clicked, this, &ConsoleStatusBar::keyboardClicked);
    m_hostKey = addLabel(QStringLiteral("hostKey"));

    setStatus({});
    setCapture({});
    setGuestSize({});
}

bool ConsoleStatusBar::hasRoomFor(const QString &message) const
{
    int room = width();
    for (const QWidget *one : findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly)) {
        if (one->isVisible() && qobject_cast<const QSizeGrip *>(one) == nullptr)
            room = std::min(room, one->x());
    }
    const int margin = fontMetrics().averageCharWidth() * 2;
    return fontMetrics().horizontalAdvance(message) + margin <= room;
}

ActivityLight *ConsoleStatusBar::addLight(const QString &name, const QString &iconName,
                                          const QString &label)
{
    auto *light = new ActivityLight(name, iconName, label, this);
    addPermanentWidget(light);
    return light;
}

QToolButton *ConsoleStatusBar::addButton(const QString &name, const QString &iconName)
{
    auto *button = new QToolButton(this);
    button->setObjectName(name);
    if (!iconName.isEmpty())
        button->setIcon(icon(iconName));
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::NoFocus);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    addPermanentWidget(button);
    return button;
}

QLabel *ConsoleStatusBar::addLabel(const QString &name)
{
    auto *label = new QLabel(this);
    label->setObjectName(name);
    label->setContentsMargins(4, 0, 4, 0);
    addPermanentWidget(label);
    return label;
}

QStringList ConsoleStatusBar::driveLines(engine::MediumKind kind) const
{
    QStringList lines;
    for (const engine::StorageController &controller : m_status.controllers) {
        for (const engine::StorageAttachment &drive : controller.attachments) {
            if (drive.kind != kind)
                continue;
            lines.append(tr("%1: %2").arg(controller.name,
                                          drive.path.isEmpty() ? tr("empty")
                                                               : QFileInfo(drive.path).fileName()));
        }
    }
    return lines;
}

void ConsoleStatusBar::setStatus(const engine::MachineStatus &status)
{
    m_status = status;
    const auto hasMedium = [&status](engine::MediumKind kind) {
        for (const engine::StorageController &controller : status.controllers) {
            for (const engine::StorageAttachment &drive : controller.attachments) {
                if (drive.kind == kind && !drive.path.isEmpty())
                    return true;
            }
        }
        return false;
    };
    m_hardDisk->setVisible(!driveLines(engine::MediumKind::HardDisk).isEmpty());
    m_optical->setVisible(!driveLines(engine::MediumKind::Optical).isEmpty());
    m_optical->setHasMedium(hasMedium(engine::MediumKind::Optical));
    m_floppy->setVisible(!driveLines(engine::MediumKind::Floppy).isEmpty());
    m_floppy->setHasMedium(hasMedium(engine::MediumKind::Floppy));

    bool hasAdapter = false;
    bool hasLink = false;
    for (const engine::NetworkAdapter &adapter : status.adapters) {
        if (adapter.mode == engine::NetworkMode::None)
            continue;
        hasAdapter = true;
        hasLink = hasLink || adapter.isCableConnected;
    }
    m_network->setVisible(hasAdapter);
    m_network->setHasMedium(hasLink);

    updateAudio();
    m_recording->setStatus(status.recording);

    m_disposable->setVisible(status.isDisposableRun);
    m_disposable->setText(tr("Disposable"));
    m_disposable->setToolTip(
        tr("Nothing of this run is kept: what the guest writes goes away when it is powered off."));
    const engine::Acceleration &acceleration = status.acceleration;
    const bool isSlow = acceleration.kind == engine::Acceleration::Kind::Emulated;
    m_acceleration->setVisible(acceleration.kind != engine::Acceleration::Kind::Unknown);
    m_acceleration->setIcon(isSlow ? icon(QStringLiteral("dialog-warning")) : QIcon());
    m_acceleration->setText(isSlow ? tr("Slow: software emulation") : acceleration.text);
    m_acceleration->setToolButtonStyle(isSlow ? Qt::ToolButtonTextBesideIcon
                                              : Qt::ToolButtonTextOnly);
    QStringList lines{
        isSlow ? tr("The guest's processor is emulated by software, which is many "
                    "times slower than the hardware could be.")
               : tr("The guest runs on the processor itself (%1).").arg(acceleration.text)};
    if (!acceleration.reason.isEmpty())
        lines.append(acceleration.reason);
    if (!acceleration.remedy.isEmpty())
        lines.append(acceleration.remedy);
    m_acceleration->setToolTip(lines.join(u'\n'));
    m_acceleration->setAccessibleName(tr("Acceleration: %1").arg(m_acceleration->text()));
    m_acceleration->setAccessibleDescription(m_acceleration->toolTip());
    updateToolTips();
}

void ConsoleStatusBar::updateAudio()
{
    m_audio->setVisible(m_audioMenu.hasCard());
    const bool isMuted = !m_status.isAudioOutputOn;
    m_audio->setChecked(isMuted);
    m_audio->setIcon(
        icon(isMuted ? QStringLiteral("audio-volume-muted") : QStringLiteral("audio-volume-high")));
    const QAction &output = m_audioMenu.output();
    m_audio->setEnabled(output.isEnabled());
    QStringList lines{isMuted ? tr("The guest's sound is off. Click to hear it.")
                              : tr("You hear the guest. Click to mute it."),
                      m_status.isAudioInputOn ? tr("The guest hears your microphone.")
                                              : tr("The guest does not hear your microphone.")};
    if (!output.isEnabled())
        lines[0] = output.toolTip();
    m_audio->setToolTip(lines.join(u'\n'));
    m_audio->setAccessibleName(isMuted ? tr("Sound: off") : tr("Sound: on"));
    m_audio->setAccessibleDescription(m_audio->toolTip());
}

void ConsoleStatusBar::setActivity(const engine::ActivityCounters &counters)
{
    if (m_counters.has_value()) {
        const engine::ActivityCounters &before = *m_counters;
        if (before.diskReadBytes != counters.diskReadBytes
            || before.diskWrittenBytes != counters.diskWrittenBytes)
            m_hardDisk->glow();
        if (before.opticalReadBytes != counters.opticalReadBytes)
            m_optical->glow();
        if (before.floppyBytes != counters.floppyBytes)
            m_floppy->glow();
        if (before.networkReceivedPackets != counters.networkReceivedPackets
            || before.networkSentPackets != counters.networkSentPackets)
            m_network->glow();
    }
    m_counters = counters;
    updateToolTips();
}

void ConsoleStatusBar::updateToolTips()
{
    const engine::ActivityCounters counters = m_counters.value_or(engine::ActivityCounters());
    const auto tip = [this](engine::MediumKind kind, const QString &title, const QString &totals) {
        return QStringList{title, driveLines(kind).join(u'\n'), totals}.join(u'\n');
    };
    m_hardDisk->setToolTip(
        tip(engine::MediumKind::HardDisk, tr("Hard disks"),
            tr("%1 read, %2 written")
                .arg(bytes(counters.diskReadBytes), bytes(counters.diskWrittenBytes))));
    m_optical->setToolTip(tip(engine::MediumKind::Optical, tr("Optical drives"),
                              tr("%1 read").arg(bytes(counters.opticalReadBytes))));
    m_floppy->setToolTip(tip(engine::MediumKind::Floppy, tr("Floppy drives"),
                             tr("%1 read and written").arg(bytes(counters.floppyBytes))));
    QStringList network{tr("Network")};
    for (qsizetype i = 0; i < m_status.adapters.size(); ++i) {
        const engine::NetworkAdapter &adapter = m_status.adapters[i];
        if (adapter.mode == engine::NetworkMode::None)
            continue;
        const QString state =
            adapter.isCableConnected ? tr("cable connected") : tr("cable unplugged");
        network.append(
            tr("Adapter %1: %2, %3").arg(i + 1).arg(networkModeText(adapter.mode), state));
    }
    network.append(counters.isNetworkCounted ? tr("%1 received, %2 sent")
                                                   .arg(bytes(counters.networkReceivedBytes),
                                                        bytes(counters.networkSentBytes))
                                             : tr("Traffic is not counted"));
    m_network->setToolTip(network.join(u'\n'));
    for (QToolButton *light :
         {static_cast<QToolButton *>(m_hardDisk), static_cast<QToolButton *>(m_optical),
          static_cast<QToolButton *>(m_floppy), static_cast<QToolButton *>(m_network)})
        light->setAccessibleDescription(light->toolTip());
}

void ConsoleStatusBar::setCapture(const CaptureState &state)
{
    QString text;
    QString tip;
    if (state.isPointerIntegrated) {
        text = tr("Integrated");
        tip = tr("The guest follows your pointer: move in and out as you like.");
    } else if (state.isPointerCaptured) {
        text = tr("Captured");
        tip = tr("The guest has your pointer. Press %1 to release it.").arg(state.hostKey);
    } else {
        text = tr("Free");
        tip = tr("Click into the guest's screen to give it your pointer. %1 releases it again.")
                  .arg(state.hostKey);
    }
    m_pointer->setText(text);
    m_pointer->setToolTip(tip);
    m_pointer->setAccessibleName(tr("Pointer: %1").arg(text));
    m_pointer->setAccessibleDescription(tip);

    text = state.isKeyboardCaptured ? tr("Captured") : tr("Free");
    tip = state.isKeyboardCaptured && !state.hasSystemShortcuts
        ? tr("Keys go to the guest, but your desktop keeps its own shortcuts. Press %1 to end "
             "this.")
              .arg(state.hostKey)
        : state.isKeyboardCaptured
        ? tr("Every key goes to the guest, those of your desktop too. Press %1 to end this.")
              .arg(state.hostKey)
        : tr("Your desktop keeps its own keys; click here or press %1 to send them to the guest.")
              .arg(state.hostKey);
    m_keyboard->setText(text);
    m_keyboard->setToolTip(tip);
    m_keyboard->setAccessibleName(tr("Keyboard: %1").arg(text));
    m_keyboard->setAccessibleDescription(tip);

    m_hostKey->setText(state.hostKey);
    m_hostKey->setToolTip(tr("The host key: alone it captures and releases keyboard and pointer, "
                             "with other keys it commands this window."));
    m_hostKey->setAccessibleName(tr("Host key: %1").arg(state.hostKey));
}

void ConsoleStatusBar::setClipboard(const QString &text, const QString &toolTip)
{
    m_clipboard->setText(text);
    m_clipboard->setToolTip(toolTip);
    m_clipboard->setAccessibleName(tr("Shared clipboard: %1").arg(text));
    m_clipboard->setAccessibleDescription(toolTip);
}

void ConsoleStatusBar::setGuestSize(const QSize &size)
{
    m_guestSize->setVisible(!size.isEmpty());
    m_guestSize->setText(tr("%1 × %2").arg(size.width()).arg(size.height()));
    m_guestSize->setAccessibleName(tr("Resolution: %1").arg(m_guestSize->text()));
}

} // namespace ui
