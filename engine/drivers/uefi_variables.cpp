// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/uefi_variables.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QFile>
#include <QtCore/QtEndian>

#include <algorithm>

namespace engine {

namespace {

constexpr qint64 MaxStoreBytes = 16LL * 1024 * 1024;
constexpr qsizetype VolumeSignatureOffset = 40;
constexpr qsizetype VolumeHeaderSizeOffset = 48;
constexpr qsizetype StoreHeaderBytes = 28;
constexpr quint8 StoreFormatted = 0x5a;
constexpr quint16 VariableStart = 0x55aa;
// A variable that is being replaced still counts until the new one is whole.
constexpr quint8 VariableAdded = 0x3f;
constexpr quint8 VariableInTransition = 0x3e;

const QUuid AuthenticatedStore(QStringLiteral("{aaf32c78-947b-439a-a180-2e144ec37792}"));
const QUuid PlainStore(QStringLiteral("{ddcf3616-3275-4164-98b6-fe85707ffe7d}"));
const QUuid GlobalVariable(QStringLiteral("{8be4df61-93ca-11d2-aa0d-00e098032b8c}"));

// EFI_GUID is little-endian in its first three fields.
QUuid uuidAt(const QByteArray &bytes, qsizetype offset)
{
    const char *at = bytes.constData() + offset;
    const auto byte = [at](int index) { return uchar(at[8 + index]); };
    return QUuid(qFromLittleEndian<quint32>(at), qFromLittleEndian<quint16>(at + 4),
                 qFromLittleEndian<quint16>(at + 6), byte(0), byte(1), byte(2), byte(3), byte(4),
                 byte(5), byte(6), byte(7));
}

quint32 wordAt(const QByteArray &bytes, qsizetype offset)
{
    return qFromLittleEndian<quint32>(bytes.constData() + offset);
}

QString nameAt(const QByteArray &bytes, qsizetype offset, qsizetype size)
{
    QString name;
    for (qsizetype at = offset; at + 1 < offset + size; at += 2) {
        const auto unit = qFromLittleEndian<quint16>(bytes.constData() + at);
        if (unit == 0)
            break;
        name.append(QChar(unit));
    }
    return name;
}

} // namespace

Result<QList<UefiVariable>> readUefiVariables(const QString &nvramPath)
{
    QFile file(nvramPath);
    if (!file.open(QIODevice::ReadOnly)) {
        return makeError(file.exists() ? ErrorKind::Io : ErrorKind::NotFound,
                         QString("Cannot read the UEFI variables in \"%1\": %2")
                             .arg(nvramPath, file.errorString()));
    }
    const auto damaged = [&nvramPath] {
        return makeError(ErrorKind::Corrupt,
                         QString("\"%1\" is not a store of UEFI variables").arg(nvramPath));
    };
    if (file.size() > MaxStoreBytes)
        return damaged();
    const QByteArray bytes = file.readAll();
    if (bytes.size() < 128 || bytes.mid(VolumeSignatureOffset, 4) != "_FVH")
        return damaged();
    const qsizetype store = qFromLittleEndian<quint16>(bytes.constData() + VolumeHeaderSizeOffset);
    if (store + StoreHeaderBytes > bytes.size() || quint8(bytes.at(store + 20)) != StoreFormatted)
        return damaged();
    const QUuid kind = uuidAt(bytes, store);
    if (kind != AuthenticatedStore && kind != PlainStore)
        return damaged();
    // Authenticated variables have counter, time and key in front of the sizes.
    const bool isAuthenticated = kind == AuthenticatedStore;
    const qsizetype header = isAuthenticated ? 60 : 32;
    const qsizetype sizes = isAuthenticated ? 36 : 8;
    const qsizetype end =
        std::min(qsizetype(store + qsizetype(wordAt(bytes, store + 16))), bytes.size());

    QList<UefiVariable> variables;
    qsizetype at = store + StoreHeaderBytes;
    while (at + header <= end
           && qFromLittleEndian<quint16>(bytes.constData() + at) == VariableStart) {
        const auto state = quint8(bytes.at(at + 2));
        const qsizetype nameSize = wordAt(bytes, at + sizes);
        const qsizetype dataSize = wordAt(bytes, at + sizes + 4);
        if (nameSize > end - at - header || dataSize > end - at - header - nameSize)
            return damaged();
        UefiVariable variable{uuidAt(bytes, at + sizes + 8), nameAt(bytes, at + header, nameSize),
                              wordAt(bytes, at + 4), bytes.mid(at + header + nameSize, dataSize)};
        if (state == VariableAdded || state == VariableInTransition) {
            const auto isSame = [&variable](const UefiVariable &other) {
                return other.vendor == variable.vendor && other.name == variable.name;
            };
            const auto old = std::find_if(variables.begin(), variables.end(), isSame);
            if (old == variables.end())
                variables.append(std::move(variable));
            else if (state == VariableAdded)
                *old = std::move(variable);
        }
        at += header + nameSize + dataSize;
        at = (at + 3) & ~qsizetype(3);
    }
    return variables;
}

bool hasPlatformKey(const QString &nvramPath)
{
    const Result<QList<UefiVariable>> variables = readUefiVariables(nvramPath);
    return variables
        && std::any_of(variables->begin(), variables->end(), [](const UefiVariable &variable) {
               return variable.name == QLatin1String("PK") && variable.vendor == GlobalVariable
                   && !variable.data.isEmpty();
           });
}

} // namespace engine
