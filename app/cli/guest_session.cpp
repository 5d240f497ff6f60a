// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/guest_session.h"

#include "engine/drivers/guest_agent.h"

namespace app {

using namespace engine;

GuestSession::GuestSession(Session &session, const GuestLogin &login)
    : m_session(session)
    , m_login(login)
{ }

Outcome GuestSession::open(const QString &nameOrUuid)
{
    const MachineEntry entry = TRY(m_session.machine(nameOrUuid));
    Outcome connected = m_session.connect(entry, m_client);
    if (!connected.isGood())
        return connected;
    const MachineStatus &status = m_client.status();
    if (const Support support = status.supports(Feature::GuestAgent); !support.isAvailable)
        return Outcome::failure(ResultCode::NotSupported, support.reason);
    if (!status.hasGuestAgent)
        return Outcome::failure(ResultCode::VmError, noAgentError());
    m_link = std::make_unique<GuestLink>(m_client);
    m_files = std::make_unique<GuestFiles>(*m_link, m_login.user);
    return {};
}

} // namespace app
