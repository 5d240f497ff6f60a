// SPDX-License-Identifier: GPL-3.0-or-later
// A hub's screen that a vitrine-spice offers to SPICE clients.
#pragma once

#include "display/open_display.h"
#include "engine/drivers/spice_process.h"
#include "tests/support/recording_input.h"
#include "tests/support/shared_screen.h"

#include <QtCore/QTemporaryDir>
#include <QtGui/QImage>
#include <QtTest/QTest>

#include <memory>
#include <optional>
#include <utility>

namespace fakes {

constexpr int ServedPatience = 20'000; // milliseconds

inline QImage picture(display::DisplaySession &session)
{
    const engine::Frame frame = session.frameSource().frame();
    if (frame.isEmpty() || frame.format != engine::PixelFormat::Xrgb32)
        return {};
    return QImage(frame.pixels, frame.width, frame.height, int(frame.strideBytes),
                  QImage::Format_RGB32)
        .copy();
}

inline QRgb pixel(display::DisplaySession &session, int x, int y)
{
    const QImage image = picture(session);
    return image.valid(x, y) ? image.pixel(x, y) & 0xffffff : 1;
}

struct Served
{
    SharedScreen screen;
    RecordingInputSink input;
    engine::DisplayHub hub;
    engine::MachineDefinition definition;
    QTemporaryDir folder;
    engine::SpiceProcessOptions options;
    std::unique_ptr<engine::SpiceProcess> server;
    QString gaveUp;

    Served()
    {
        definition.name = QStringLiteral("served");
        definition.uuid = QUuid::createUuid();
        definition.remoteDisplay.isEnabled = true;
        hub.setTargets(&screen, &input);
    }
    ~Served()
    {
        server.reset();
        hub.setTargets(nullptr, nullptr);
    }

    engine::Result<> open(const QString &certificates = {})
    {
        server = std::make_unique<engine::SpiceProcess>(
            definition, certificates.isEmpty() ? folder.path() : certificates, hub, options);
        QObject::connect(server.get(), &engine::SpiceProcess::gaveUp, server.get(),
                         [this](const QString &text) { gaveUp = text; });
        std::optional<engine::Result<>> answer;
        server->start([&answer](engine::Result<> result) { answer = std::move(result); });
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, ServedPatience))
            return engine::Error(engine::ErrorKind::Io, "no answer");
        if (answer->has_value())
            pid = server->processId();
        return std::move(*answer);
    }
    std::unique_ptr<display::DisplaySession> connect(const QString &password = {}, int port = 0)
    {
        engine::DisplayEndpoint endpoint;
        endpoint.kind = engine::DisplayEndpoint::Kind::Spice;
        endpoint.spice = server->address();
        endpoint.spice.password = password;
        if (port > 0)
            endpoint.spice.port = port;
        return display::openDisplay(endpoint);
    }
    void draw(int x, int y, std::uint32_t value)
    {
        screen.draw(x, y, value);
        if (screen.listener != nullptr)
            screen.listener->frameDamaged({x, y, 1, 1});
    }
    void resize(int width, int height)
    {
        screen.width = width;
        screen.height = height;
        if (screen.listener != nullptr)
            screen.listener->frameResized();
    }
    // A new client sees the machine, by a program that has not ended since open().
    bool stillServes()
    {
        const std::uint32_t color = 0x102030 + ++colors;
        draw(9, 9, color);
        const auto client = connect();
        const bool isSeen = QTest::qWaitFor(
            [&] { return pixel(*client, 9, 9) == color; }, ServedPatience);
        return isSeen && server->processId() == pid;
    }
    qint64 pid = 0;
    std::uint32_t colors = 0;
};

} // namespace fakes
