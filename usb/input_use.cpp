// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/input_use.h"

#include <QtCore/QDirIterator>
#include <QtCore/QFile>

namespace usb {

namespace {

constexpr int HidClass = 3;
constexpr int BootKeyboard = 1;
constexpr int BootMouse = 2;
// linux/input-event-codes.h
constexpr int EventRepeat = 0x14;
constexpr int ButtonLeft = 0x110;
constexpr int ButtonTouch = 0x14a;
constexpr int MostInputs = 64;

// The kernel writes a set of bits as hexadecimal words of its own size, the highest first.
bool hasBit(const QString &path, int bit)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QList<QByteArray> words = file.readAll().simplified().split(' ');
    constexpr int WordBits = int(sizeof(long)) * 8;
    const qsizetype word = words.size() - 1 - bit / WordBits;
    return word >= 0 && (words[word].toULongLong(nullptr, 16) >> (bit % WordBits) & 1) != 0;
}

bool isWorkedWith(const QString &input)
{
    const QString capabilities = input + "/capabilities/";
    return hasBit(capabilities + "ev", EventRepeat) || hasBit(capabilities + "key", ButtonLeft)
        || hasBit(capabilities + "key", ButtonTouch);
}

} // namespace

bool isKeyboardOrPointer(const engine::UsbDevice &device, const QString &systemPath)
{
    bool hasHid = false;
    for (const engine::UsbInterface &interface : device.interfaces) {
        if (interface.classCode != HidClass)
            continue;
        hasHid = true;
        if (interface.protocol == BootKeyboard || interface.protocol == BootMouse)
            return true;
    }
    if (!hasHid)
        return false;
    // <interface>/<hid device>/input/inputN/
    QDirIterator files(systemPath, {QStringLiteral("capabilities")}, QDir::Dirs,
                       QDirIterator::Subdirectories);
    for (int seen = 0; seen < MostInputs && files.hasNext(); ++seen)
        if (isWorkedWith(QFileInfo(files.next()).path()))
            return true;
    return false;
}

} // namespace usb
