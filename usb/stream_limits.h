// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest is told of streams where the host has fewer of them than the device: in a
// configuration's descriptor (Universal Serial Bus 3.2 Specification, 9.6). A driver that finds
// USB Attached SCSI and streams in its controller uses it, and Linux' takes nothing else when it
// then gets no streams. So without any, those settings are of a protocol that nobody knows, and a
// disk is used by the bulk-only transport of its first setting.
#pragma once

#include <cstdint>
#include <span>

namespace usb {

// The descriptor, or as much of it as was asked for; 0 streams: none. Any bytes do.
void limitStreams(std::span<std::uint8_t> descriptor, unsigned streams);

} // namespace usb
