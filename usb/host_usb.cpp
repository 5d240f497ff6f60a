// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/host_usb.h"

#include "engine/base/log.h"
#include "engine/machine/qt_text.h"
#include "usb/device_reader.h"

#include <QtCore/QFile>

#include <cerrno>
#include <cstring>

#include <fcntl.h>

namespace usb {

namespace {

// Drivers bind, and disks get their partitions, a moment after a device has come.
constexpr std::chrono::milliseconds SettlingTime{150};

} // namespace

HostUsb::HostUsb(HostRoots roots, Watch watch, QObject *parent)
    : UsbHost(parent)
    , m_roots(std::move(roots))
    , m_names(m_roots.names)
    , m_watch(std::move(watch))
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(SettlingTime);
    connect(&m_settle, &QTimer::timeout, this, &HostUsb::changed);
}

HostUsb::~HostUsb() = default;

void HostUsb::start()
{
    if (m_hotPlug)
        return;
    auto hotPlug = m_watch([this] {
        QMetaObject::invokeMethod(
            &m_settle, [this] { m_settle.start(); }, Qt::QueuedConnection);
    });
    if (hotPlug)
        m_hotPlug = std::move(*hotPlug);
    else
        engine::log(engine::LogLevel::Warning, "usb", hotPlug.error().text());
}

QList<engine::UsbDevice> HostUsb::devices()
{
    return readDevices(m_roots, m_names);
}

engine::Result<engine::Fd> HostUsb::open(const engine::UsbDevice &device)
{
    const QByteArray node = QFile::encodeName(device.node);
    engine::Fd descriptor(::open(node.constData(), O_RDWR | O_CLOEXEC));
    if (descriptor.isOpen())
        return descriptor;
    const int code = errno;
    const auto kind = code == EACCES || code == EPERM ? engine::ErrorKind::Denied
        : code == ENOENT || code == ENODEV            ? engine::ErrorKind::NotFound
                                                      : engine::ErrorKind::Io;
    return engine::makeError(kind,
                             QStringLiteral("Cannot open \"%1\": %2")
                                 .arg(device.node, QString::fromLocal8Bit(std::strerror(code))));
}

} // namespace usb
