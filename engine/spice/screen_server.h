// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's screen, sound, keyboard, pointer and desktop agent for SPICE clients anywhere, by
// spice-server, which brings GStreamer and OpenSSL: only vitrine-spice (app/spice_main.cpp) has it.
// The protocol is specified in "SPICE protocol", spice-space.org.
//
// Threads: the server has one of its own, "spice", and the library another that draws; neither runs
// programs or changes rights (engine/base/thread_filter.h). What a client does reaches the machine
// through the listener only. One server at a time in a process: the library's callbacks for
// watches and timers know no context.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace engine::spice {

// Where it listens: a Unix socket, or a port of an address, in the clear or by TLS.
struct ScreenServerConfig
{
    std::string machineName; // for clients' title bars
    std::array<std::uint8_t, 16> machineId = {};
    std::string socket; // a path; empty: none, and an address
    std::string address; // in digits
    int port = 0; // 0: none
    int tlsPort = 0;
    // With ca-cert.pem, server-cert.pem and server-key.pem, for TLS.
    std::string certificateFolder;
    std::string password; // empty: whoever reaches it is let in
    bool isCompressing = false; // pictures, without loss: for networks
    bool hasSound = false; // clients are told when they come
};

// Called on the server's threads: takes a note and posts.
class ScreenServerListener
{
public:
    virtual ~ScreenServerListener() = default;
    // How many are connected and let in, after each coming and going.
    virtual void clientsCame(int clients) = 0;
    // What showPicture() handed over is on its way to the clients: the next one may come.
    virtual void pictureTaken() = 0;
    // A client's key or pointer: to be done to the machine's sink, on its thread, in this order.
    virtual void inputCame(std::function<void(InputSink &)> what) = 0;
    // Of the first monitor, in pixels: what a client has room for. The guest's agent is told the
    // same by the client.
    virtual void sizeWanted(int width, int height) = 0;
};

// Any thread, and everything returns at once but the end.
class ScreenServer
{
public:
    virtual ~ScreenServer() = default; // the clients are sent away; may wait for the library

    // A frame with a keepAlive, and what is new in it; all of it when its size changed. An empty
    // one leaves the picture as it is, and is taken at once.
    virtual void showPicture(Frame frame, std::vector<FrameRect> damage) = 0;
    virtual void showCursor(CursorImage cursor) = 0;
    virtual void setPointerMode(PointerMode mode) = 0;
    virtual void setLockLights(LockLights lights) = 0;
    // The agent of the guest's desktop: its messages both ways, without chunks (display_hub.h); the
    // one before is given up. Closed: there is none.
    virtual void connectAgent(Fd stream) = 0;
    // What the machine plays, by the messages of sound_protocol.h; the one before is given up.
    // Closed: nothing. Only with hasSound.
    virtual void connectSound(Fd socket) = 0;
};

Result<std::unique_ptr<ScreenServer>> openScreenServer(const ScreenServerConfig &config,
                                                       ScreenServerListener &listener);

} // namespace engine::spice
