// SPDX-License-Identifier: GPL-3.0-or-later
// Makes what spice-client-glib tells the guest's agent about monitors what every agent understands.
//
// The library (0.42) appends the monitors' sizes in millimeters to VD_AGENT_MONITORS_CONFIG
// (flag PHYSICAL_SIZE, spice-protocol 0.14.3) without asking whether the agent knows that form. Up
// to 0.22 spice-vdagentd does not: it wants num_of_monitors * sizeof(VDAgentMonConfig) behind the
// header to the byte and drops the rest ("invalid message size for VDAgentMonitorsConfig"). Nothing
// says the sizes here, so the filter takes them off again; the library has no call for it.
//
// Fed with both directions of a main channel's bytes from the first on; what comes from the server
// is only listened to. Specified in "SPICE protocol" (spice/protocol.h: link messages, mini header)
// and "SPICE agent protocol" (spice/vd_agent.h). Whatever it does not know (SASL, no mini headers,
// other versions) goes through as it is. Any thread, one at a time.
#pragma once

#include <QtCore/QByteArray>

namespace display {

class SpiceAgentFilter final
{
public:
    // Told before what the client answers to it passes through fromClient().
    void fromServer(const QByteArray &bytes);
    // What to hand on now; an incomplete message to the agent waits for its rest.
    QByteArray fromClient(const QByteArray &bytes);

private:
    enum class Stage { Link, Authentication, Messages, Through };

    QByteArray take(qsizetype count);
    bool linkStep(QByteArray &out);
    bool authenticationStep(QByteArray &out);
    bool messageStep(QByteArray &out);
    void giveUp(QByteArray &out);

    Stage m_stage = Stage::Link;
    QByteArray m_pending; // from the client, not handed on yet
    QByteArray m_reply; // the server's link message, until it is understood
    bool m_isReplyKnown = false;
    quint32 m_clientCaps = 0;
    quint32 m_serverCaps = 0;
    qint64 m_bodyLeft = 0; // of a message that goes through unseen
    qint64 m_agentLeft = 0; // of an agent's message that goes on in the next one
};

} // namespace display
