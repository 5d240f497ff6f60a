// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/mount_watch.h"

#include <QtCore/QFile>
#include <QtCore/QSocketNotifier>

#include <fcntl.h>

namespace usb {

MountWatch::MountWatch(const HostRoots &roots, QObject *parent)
    : QObject(parent)
    , m_list(::open(QFile::encodeName(roots.proc + QStringLiteral("/self/mountinfo")).constData(),
                    O_RDONLY | O_CLOEXEC))
{
    if (!m_list.isOpen())
        return; // then nobody hears of mounts before a device comes or goes
    m_notifier = new QSocketNotifier(m_list.get(), QSocketNotifier::Exception, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &MountWatch::changed);
}

MountWatch::~MountWatch()
{
    delete m_notifier; // before its file
}

} // namespace usb
