// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/vdagent/vdagent_file_copy.h"

#include <QtCore/QFileInfo>

#include <algorithm>
#include <utility>

namespace display::vdagent {

namespace {

constexpr qint64 PieceBytes = 32 * 1024;

} // namespace

FileCopy::FileCopy(const QStringList &paths, quint32 firstId, Send send)
    : m_send(std::move(send))
    , m_id(firstId - 1)
{
    for (const QString &path : paths) {
        m_paths.enqueue(path);
        m_total += QFileInfo(path).size();
    }
}

void FileCopy::start()
{
    next();
}

void FileCopy::next()
{
    if (m_paths.isEmpty())
        return end({}, false);
    ++m_id;
    m_file.close();
    m_file.setFileName(m_paths.constFirst());
    if (!m_file.open(QIODevice::ReadOnly))
        return end(tr("\"%1\" cannot be read: %2").arg(m_paths.constFirst(), m_file.errorString()),
                   false);
    m_size = m_file.size();
    m_fileDone = 0;
    m_phase = Phase::Asked;
    if (!m_send(transferStart(m_id, QFileInfo(m_file).fileName(), m_size)))
        giveUp(tr("Too much is on its way to the guest already"));
}

void FileCopy::sendMore()
{
    if (m_phase != Phase::Sending)
        return;
    const QByteArray piece = m_file.read(std::min(PieceBytes, m_size - m_fileDone));
    if (piece.isEmpty() && m_fileDone < m_size)
        return giveUp(tr("\"%1\" cannot be read to its end").arg(m_file.fileName()));
    if (!m_send(transferData(m_id, piece)))
        return giveUp(tr("Too much is on its way to the guest already"));
    m_fileDone += piece.size();
    m_done += piece.size();
    if (m_fileDone >= m_size)
        m_phase = Phase::Sent;
    emit progressed(std::min(m_done, m_total), m_total);
}

void FileCopy::statusArrived(const TransferStatus &status)
{
    if (status.id != m_id || m_phase == Phase::Idle || m_phase == Phase::Over)
        return;
    switch (status.result) {
    case TransferResult::CanSendData:
        if (m_phase != Phase::Asked)
            return;
        m_phase = Phase::Sending;
        sendMore();
        return;
    case TransferResult::Success:
        if (m_fileDone < m_size)
            return giveUp(problemOf(TransferResult::Error));
        m_paths.dequeue();
        next();
        return;
    case TransferResult::Canceled:
        end({}, true);
        return;
    default:
        end(problemOf(status.result), false);
    }
}

QString FileCopy::problemOf(TransferResult result) const
{
    const QString name = QFileInfo(m_file).fileName();
    switch (result) {
    case TransferResult::NotEnoughSpace:
        return tr("The guest has no room for \"%1\"").arg(name);
    case TransferResult::SessionLocked:
        return tr("The guest's screen is locked; unlock it, then copy again");
    case TransferResult::AgentNotConnected:
        return tr("Nobody is logged in at the guest's desktop, so nobody takes files");
    case TransferResult::Disabled:
        return tr("The guest does not take files");
    default:
        return tr("The guest could not take \"%1\"").arg(name);
    }
}

void FileCopy::cancel()
{
    if (m_phase == Phase::Over)
        return;
    if (m_phase != Phase::Idle)
        m_send(transferStatus(m_id, TransferResult::Canceled));
    end({}, true);
}

void FileCopy::giveUp(const QString &problem)
{
    m_send(transferStatus(m_id, TransferResult::Canceled));
    end(problem, false);
}

void FileCopy::end(const QString &problem, bool wasCanceled)
{
    m_phase = Phase::Over;
    m_file.close();
    emit ended(problem, wasCanceled);
}

} // namespace display::vdagent
