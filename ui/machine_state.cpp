// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_state.h"

#include <QtCore/QCoreApplication>

namespace ui {

namespace {

struct Words
{
    const char *text;
    const char *icon;
};

Words wordsOf(MachineState state)
{
    switch (state) {
    case MachineState::PoweredOff:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Powered off"), "state-off"};
    case MachineState::Aborted:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Aborted"), "state-aborted"};
    case MachineState::Inaccessible:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Inaccessible"), "state-inaccessible"};
    case MachineState::Starting:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Starting"), "state-starting"};
    case MachineState::Running:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Running"), "state-running"};
    case MachineState::Paused:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Paused"), "state-paused"};
    case MachineState::Saved:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Saved"), "state-saved"};
    case MachineState::Saving:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Saving"), "state-starting"};
    case MachineState::Restoring:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Restoring"), "state-starting"};
    case MachineState::Stopping:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Stopping"), "state-starting"};
    case MachineState::Removing:
        return {QT_TRANSLATE_NOOP("ui::MachineState", "Removing"), "state-starting"};
    }
    return {"", ""};
}

} // namespace

MachineState machineState(engine::PersistentState state)
{
    switch (state) {
    case engine::PersistentState::PoweredOff:
        return MachineState::PoweredOff;
    case engine::PersistentState::Running:
        return MachineState::Running;
    case engine::PersistentState::Aborted:
        return MachineState::Aborted;
    case engine::PersistentState::Saved:
        return MachineState::Saved;
    }
    return MachineState::PoweredOff;
}

MachineState machineState(engine::Driver::State state)
{
    switch (state) {
    case engine::Driver::State::Off:
        return MachineState::PoweredOff;
    case engine::Driver::State::Saved:
        return MachineState::Saved;
    case engine::Driver::State::Aborted:
        return MachineState::Aborted;
    case engine::Driver::State::Starting:
        return MachineState::Starting;
    case engine::Driver::State::Restoring:
        return MachineState::Restoring;
    case engine::Driver::State::Running:
        return MachineState::Running;
    case engine::Driver::State::Paused:
        return MachineState::Paused;
    case engine::Driver::State::Saving:
        return MachineState::Saving;
    case engine::Driver::State::Stopping:
        return MachineState::Stopping;
    }
    return MachineState::PoweredOff;
}

QString stateText(MachineState state)
{
    return QCoreApplication::translate("ui::MachineState", wordsOf(state).text);
}

QString stateIconName(MachineState state)
{
    return QString::fromLatin1(wordsOf(state).icon);
}

bool isLive(MachineState state)
{
    switch (state) {
    case MachineState::PoweredOff:
    case MachineState::Aborted:
    case MachineState::Inaccessible:
    case MachineState::Saved:
        return false;
    case MachineState::Starting:
    case MachineState::Running:
    case MachineState::Paused:
    case MachineState::Saving:
    case MachineState::Restoring:
    case MachineState::Stopping:
    case MachineState::Removing:
        return true;
    }
    return false;
}

} // namespace ui
