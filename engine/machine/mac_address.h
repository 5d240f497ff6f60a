// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses of network adapters, as a definition spells them: "52:54:00:12:34:56". Any thread.
#pragma once

#include <QtCore/QString>

namespace engine {

// The first half: Vitrine's own choice is KVM's usual one, which is locally administered; what
// VBoxManage makes has VirtualBox's.
inline const QString KvmMacPrefix = QStringLiteral("52:54:00");
inline const QString VirtualBoxMacPrefix = QStringLiteral("08:00:27");

QString randomMacAddress(const QString &prefix = KvmMacPrefix);

} // namespace engine
