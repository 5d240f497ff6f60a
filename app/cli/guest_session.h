// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's agent from the command line: connected, and waited for.
#pragma once

#include "app/cli/session.h"
#include "engine/control/guest_copy.h"
#include "engine/control/guest_program.h"

#include <QtCore/QEventLoop>

namespace app {

// What the common options of guestcontrol say.
struct GuestLogin
{
    QString user; // empty: as the agent runs, root
    bool isVerbose = false;
    bool isQuiet = false;
};

class GuestSession final
{
public:
    GuestSession(Session &session, const GuestLogin &login);

    // Finds the running machine and its agent.
    Outcome open(const QString &nameOrUuid);

    Session &session() { return m_session; }
    const GuestLogin &login() const { return m_login; }
    engine::GuestLink &link() { return *m_link; }
    engine::GuestFiles &files() { return *m_files; }

    // Runs the event loop until what `start` was given as reply is called.
    template <class T = void>
    static Result<T>
    wait(const std::type_identity_t<std::function<void(std::function<void(Result<T>)>)>> &start)
    {
        QEventLoop loop;
        std::optional<Result<T>> answer;
        start([&](Result<T> result) {
            answer.emplace(std::move(result));
            loop.quit();
        });
        if (!answer)
            loop.exec();
        return std::move(*answer);
    }

private:
    Session &m_session;
    GuestLogin m_login;
    engine::ControlClient m_client;
    std::unique_ptr<engine::GuestLink> m_link;
    std::unique_ptr<engine::GuestFiles> m_files;
};

using GuestAction = Outcome (*)(GuestSession &, const Arguments &);

// guestcontrol's actions on files (cli_guest_files.cpp); nullptr for another word.
struct GuestFileAction
{
    std::span<const OptionSpec> options;
    int minimumWords = 1;
    GuestAction run = nullptr;
};
GuestFileAction guestFileAction(const QString &name);

} // namespace app
