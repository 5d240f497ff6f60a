// SPDX-License-Identifier: GPL-3.0-or-later
// A machine that runs on a FakeDriver behind a real session and control server, in temporary
// folders: what the tests of control, windows and manager share.
#pragma once

#include "engine/control/control_client.h"
#include "engine/control/control_server.h"
#include "engine/machine/user_paths.h"
#include "tests/support/fake_driver.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

namespace fakes {

class RunningMachine
{
public:
    // Made before anything else that reads the environment.
    explicit RunningMachine(engine::MachineDefinition definition = sampleDefinition())
    {
        qputenv("XDG_RUNTIME_DIR", m_folder.filePath("run").toLocal8Bit());
        qputenv("XDG_CONFIG_HOME", m_folder.filePath("config").toLocal8Bit());
        QDir().mkpath(m_folder.filePath("run"));
        engine::MachineStore store(m_folder.filePath("config/vitrine"),
                                   m_folder.filePath("machines"));
        auto created = store.create(std::move(definition));
        engine::check(created.has_value(), "the fake machine could not be made");
        m_entry = *created;
    }

    // Opens session and server; the driver is started unless told otherwise.
    void open(const QString &startType = QStringLiteral("gui"), bool isStarted = true)
    {
        const auto onDisk = engine::readMachine(m_entry.definitionPath); // as a new process would
        engine::check(onDisk.has_value(), "the fake machine could not be read");
        m_entry = *onDisk;
        auto fake = std::make_unique<FakeDriver>();
        m_driver = fake.get();
        auto session = engine::MachineSession::open(m_entry, startType, std::move(fake));
        engine::check(session.has_value(), "the fake session could not be opened");
        m_session = std::move(*session);
        auto server = engine::ControlServer::listen(
            *m_session, engine::paths::controlSocket(m_entry.definition.uuid));
        engine::check(server.has_value(), "the control server could not listen");
        m_server = std::move(*server);
        if (isStarted)
            m_session->start();
    }

    void close()
    {
        m_server.reset();
        m_session.reset();
        m_driver = nullptr;
    }

    FakeDriver &driver() { return *m_driver; }
    engine::MachineSession &session() { return *m_session; }
    engine::ControlServer &server() { return *m_server; }
    const engine::MachineEntry &entry() const { return m_entry; }
    QString socketPath() const { return engine::paths::controlSocket(m_entry.definition.uuid); }
    QString filePath(const QString &name) const { return m_folder.filePath(name); }

    static engine::MachineDefinition sampleDefinition()
    {
        engine::MachineDefinition definition;
        definition.name = QStringLiteral("Sample");
        definition.controllers = {
            {.name = QStringLiteral("SATA"),
             .kind = engine::ControllerKind::Sata,
             .portCount = 2,
             .attachments = {{.kind = engine::MediumKind::Optical, .port = 1}}}};
        definition.adapters = {
            {.mode = engine::NetworkMode::Nat, .macAddress = QStringLiteral("52:54:00:12:34:56")}};
        return definition;
    }

private:
    QTemporaryDir m_folder;
    engine::MachineEntry m_entry;
    FakeDriver *m_driver = nullptr;
    std::unique_ptr<engine::MachineSession> m_session;
    std::unique_ptr<engine::ControlServer> m_server;
};

} // namespace fakes
