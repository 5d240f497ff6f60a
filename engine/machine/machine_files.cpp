// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_files.h"

#include "engine/machine/atomic_file.h"
#include "engine/machine/json_reader.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>

namespace engine {

namespace {

const QLatin1String Suffix(".vitrine");

QString statePath(const QString &machineFolder)
{
    return machineFolder + QStringLiteral("/state.json");
}

Result<MachineDefinition> parseDefinition(const QString &path)
{
    const QByteArray json = TRY(readSmallFile(path));
    return machineFromJson(json);
}

Error unreadable(const QString &path, Error error)
{
    const QString previous = previousVersionPath(path);
    error = std::move(error).context(
        QStringLiteral("Cannot read the machine \"%1\"").arg(path).toStdString());
    const bool isDamaged = error.kind() == ErrorKind::Corrupt;
    if (!isDamaged || !parseDefinition(previous))
        return error;
    return std::move(error).withRemedy(
        QStringLiteral("Its previous version is whole: copy \"%1\" over \"%2\"")
            .arg(previous, path)
            .toStdString());
}

QString stateWord(PersistentState state)
{
    switch (state) {
    case PersistentState::Running:
        return QStringLiteral("running");
    case PersistentState::Aborted:
        return QStringLiteral("aborted");
    case PersistentState::Saved:
        return QStringLiteral("saved");
    case PersistentState::PoweredOff:
        break;
    }
    return QStringLiteral("powered-off");
}

} // namespace

QString MachineEntry::displayName() const
{
    return isAccessible() && !definition.name.isEmpty() ? definition.name
                                                        : QFileInfo(folder).fileName();
}

QString definitionIn(const QString &folder)
{
    const QString usual =
        folder + QLatin1Char('/') + QFileInfo(folder).fileName() + QString(Suffix);
    if (QFileInfo::exists(usual))
        return usual;
    const QStringList found =
        QDir(folder).entryList({QStringLiteral("*.vitrine")}, QDir::Files, QDir::Name);
    return found.isEmpty() ? QString() : folder + QLatin1Char('/') + found.front();
}

Result<MachineEntry> readMachine(const QString &definitionPathOrFolder)
{
    const QString path = QDir::cleanPath(QFileInfo(definitionPathOrFolder).absoluteFilePath());
    MachineEntry entry;
    if (QFileInfo(path).isDir()) {
        entry.folder = path;
        entry.definitionPath = definitionIn(path);
        if (entry.definitionPath.isEmpty()) {
            return makeError(
                ErrorKind::NotFound,
                QStringLiteral("The folder \"%1\" holds no machine definition").arg(path));
        }
    } else {
        entry.folder = QFileInfo(path).absolutePath();
        entry.definitionPath = path;
        if (!path.endsWith(Suffix)) {
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("\"%1\" is neither a machine's folder nor a .vitrine file")
                    .arg(path));
        }
    }
    entry.definition = TRY(readDefinition(entry.definitionPath));
    return entry;
}

Result<MachineDefinition> readDefinition(const QString &definitionPath)
{
    Result<MachineDefinition> definition = parseDefinition(definitionPath);
    if (!definition)
        return unreadable(definitionPath, std::move(definition).error());
    return definition;
}

bool isSameMachine(const QString &definitionPath, const QString &otherDefinitionPath)
{
    const Result<MachineDefinition> one = parseDefinition(definitionPath);
    const Result<MachineDefinition> other = parseDefinition(otherDefinitionPath);
    return one && other && one->uuid == other->uuid;
}

Result<> writeMachine(const MachineEntry &entry)
{
    const std::string what =
        QStringLiteral("Cannot save the machine \"%1\"").arg(entry.definition.name).toStdString();
    const QByteArray json = machineToJson(entry.definition);
    // What could not be read back must not replace what can.
    if (Result<MachineDefinition> again = machineFromJson(json); !again) {
        return Error(ErrorKind::Invalid, again.error().message()).context(what);
    }
    Result<QByteArray> old = readSmallFile(entry.definitionPath);
    if (old) {
        if (*old == json)
            return {};
        if (Result<MachineDefinition> readable = machineFromJson(*old); !readable)
            return unreadable(entry.definitionPath, std::move(readable).error()).context(what);
    } else if (old.error().kind() != ErrorKind::NotFound) {
        return std::move(old).error().context(what);
    }
    Result<> written = writeFileAtomically(
        entry.definitionPath, json, previousVersionPath(entry.definitionPath),
        entry.definition.remoteDisplay.password.isEmpty() ? Readers::AsBefore : Readers::Owner);
    if (!written)
        return std::move(written).error().context(what);
    return {};
}

StateRecord readState(const QString &machineFolder)
{
    StateRecord record;
    QString word;
    if (const Result<QByteArray> bytes = readSmallFile(statePath(machineFolder))) {
        const QJsonObject json = QJsonDocument::fromJson(*bytes).object();
        record.changed = QDateTime::fromString(json.value(QLatin1String("changed")).toString(),
                                               Qt::ISODateWithMs);
        word = json.value(QLatin1String("state")).toString();
    }
    const bool wasRunning = word == stateWord(PersistentState::Running);
    if (wasRunning && MachineLock::isHeld(machineFolder))
        record.state = PersistentState::Running;
    else if (hasSavedState(machineFolder))
        record.state = PersistentState::Saved;
    else if (wasRunning || word == stateWord(PersistentState::Aborted))
        record.state = PersistentState::Aborted;
    return record;
}

Result<> writeState(const QString &machineFolder, PersistentState state)
{
    const QJsonObject json{
        {QStringLiteral("format"), QStringLiteral("vitrine-state")},
        {QStringLiteral("version"), 1},
        {QStringLiteral("state"), stateWord(state)},
        {QStringLiteral("changed"), QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs)},
    };
    return writeFileAtomically(statePath(machineFolder), QJsonDocument(json).toJson());
}

} // namespace engine
