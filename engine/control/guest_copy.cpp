// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/guest_copy.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonObject>

#include <utility>

namespace engine {

namespace {

using namespace std::chrono_literals;

// In base64 it fits in one message of the control socket.
constexpr qint64 CopyPieceBytes = 192 * 1024;
constexpr std::chrono::milliseconds CopyPatience = 60s; // the guest's disk may be slow
constexpr qsizetype ExecutablesAtOnce = 100;

} // namespace

QString guestPath(const QString &folder, const QString &name)
{
    return folder.endsWith(QLatin1Char('/')) ? folder + name : folder + QLatin1Char('/') + name;
}

GuestCopy::GuestCopy(GuestLink &link, GuestCopyOrder order, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_files(link, order.user)
    , m_order(std::move(order))
{ }

GuestCopy::~GuestCopy() = default;

void GuestCopy::start(Reply reply)
{
    m_reply = std::move(reply);
    if (!isToGuest()) {
        planFromGuest(0);
        return;
    }
    if (m_order.target.endsWith(QLatin1Char('/')) && m_order.target.size() > 1) {
        // Somebody who writes it so means a folder.
        planToGuest(true);
        return;
    }
    m_files.stat(m_order.target, [this](Result<GuestEntry> entry) {
        if (isStopped())
            return;
        if (entry)
            planToGuest(entry->isFolder());
        else if (entry.error().kind() == ErrorKind::NotFound && m_order.sources.size() == 1)
            planToGuest(false);
        else if (entry.error().kind() == ErrorKind::Unsupported && m_order.sources.size() == 1)
            planToGuest(false); // without tools in the guest: a file by its full name
        else
            fail(entry.error());
    });
}

void GuestCopy::cancel()
{
    m_isCancelled = true;
}

bool GuestCopy::isStopped()
{
    if (m_isOver)
        return true;
    if (!m_isCancelled)
        return false;
    fail(makeError(ErrorKind::Cancelled, QStringLiteral("The copying was cancelled")));
    return true;
}

void GuestCopy::next()
{
    if (isStopped())
        return;
    if (m_step >= m_steps.size()) {
        finishModes();
        return;
    }
    const Step step = m_steps[m_step];
    Q_EMIT progressed(m_result.bytes, m_totalBytes,
                      step.from.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty));
    if (step.isFolder) {
        makeFolder(step);
        return;
    }
    if (isToGuest()) {
        m_input.setFileName(step.from);
        if (!m_input.open(QIODevice::ReadOnly)) {
            fail(makeError(
                ErrorKind::Io,
                QStringLiteral("\"%1\" cannot be read: %2").arg(step.from, m_input.errorString())));
            return;
        }
    } else {
        m_output = std::make_unique<QSaveFile>(step.to);
        if (!m_output->open(QIODevice::WriteOnly)) {
            fail(makeError(ErrorKind::Io,
                           QStringLiteral("\"%1\" cannot be written: %2")
                               .arg(step.to, m_output->errorString())));
            return;
        }
    }
    if (m_order.user.isEmpty()) {
        openInGuest();
        return;
    }
    // The agent may do everything; the user may not.
    const auto asked = [this](const Result<> &result) {
        if (isStopped())
            return;
        if (result)
            openInGuest();
        else
            fail(result.error());
    };
    if (isToGuest())
        m_files.truncate(step.to, asked);
    else
        m_files.checkReadable(step.from, asked);
}

void GuestCopy::makeFolder(const Step &step)
{
    const auto made = [this](const Result<> &result) {
        if (isStopped())
            return;
        if (!result) {
            fail(result.error());
            return;
        }
        ++m_result.folders;
        ++m_step;
        next();
    };
    if (isToGuest())
        m_files.makeFolder(step.to, GuestFiles::Parents::Make, -1, made);
    else if (QDir().mkpath(step.to))
        QMetaObject::invokeMethod(
            this, [made] { made({}); }, Qt::QueuedConnection);
    else
        fail(makeError(ErrorKind::Io,
                       QStringLiteral("The folder \"%1\" cannot be made").arg(step.to)));
}

void GuestCopy::openInGuest()
{
    const Step &step = m_steps[m_step];
    const QString mode = !isToGuest() ? QStringLiteral("rb")
        : m_order.user.isEmpty()      ? QStringLiteral("wb")
                                      : QStringLiteral("r+b"); // it is there, and empty
    m_link.execute(
        QStringLiteral("guest-file-open"),
        {{QStringLiteral("path"), isToGuest() ? step.to : step.from},
         {QStringLiteral("mode"), mode}},
        [this](const Result<QJsonValue> &handle) {
            if (handle)
                m_handle = handle->toInteger(-1);
            if (isStopped())
                return;
            if (!handle)
                fail(handle.error());
            else if (isToGuest())
                sendPiece();
            else
                receivePiece();
        },
        CopyPatience);
}

void GuestCopy::sendPiece()
{
    const QByteArray piece = m_input.read(CopyPieceBytes);
    if (piece.isEmpty() && m_input.error() != QFile::NoError) {
        fail(makeError(ErrorKind::Io,
                       QStringLiteral("\"%1\" cannot be read: %2")
                           .arg(m_input.fileName(), m_input.errorString())));
        return;
    }
    if (piece.isEmpty()) {
        fileDone();
        return;
    }
    writePiece(piece);
}

void GuestCopy::writePiece(const QByteArray &piece)
{
    m_link.execute(
        QStringLiteral("guest-file-write"),
        {{QStringLiteral("handle"), m_handle},
         {QStringLiteral("buf-b64"), QString::fromLatin1(piece.toBase64())}},
        [this, piece](const Result<QJsonValue> &written) {
            if (isStopped())
                return;
            const qint64 count = written ? (*written)[QLatin1String("count")].toInteger(-1) : 0;
            if (!written) {
                fail(written.error());
            } else if (count <= 0 || count > piece.size()) {
                fail(makeError(ErrorKind::NoSpace,
                               QStringLiteral("The guest wrote nothing; its disk may be full")));
            } else {
                m_result.bytes += count;
                Q_EMIT progressed(m_result.bytes, m_totalBytes,
                                  QFileInfo(m_input.fileName()).fileName());
                if (count < piece.size())
                    writePiece(piece.mid(count));
                else
                    sendPiece();
            }
        },
        CopyPatience);
}

void GuestCopy::receivePiece()
{
    m_link.execute(
        QStringLiteral("guest-file-read"),
        {{QStringLiteral("handle"), m_handle}, {QStringLiteral("count"), CopyPieceBytes}},
        [this](const Result<QJsonValue> &read) {
            if (isStopped())
                return;
            if (!read) {
                fail(read.error());
                return;
            }
            const QByteArray piece =
                QByteArray::fromBase64((*read)[QLatin1String("buf-b64")].toString().toLatin1());
            if (m_output->write(piece) != piece.size()) {
                fail(makeError(ErrorKind::NoSpace,
                               QStringLiteral("\"%1\" cannot be written: %2")
                                   .arg(m_output->fileName(), m_output->errorString())));
                return;
            }
            m_result.bytes += piece.size();
            Q_EMIT progressed(m_result.bytes, std::max(m_totalBytes, m_result.bytes),
                              QFileInfo(m_output->fileName()).fileName());
            if ((*read)[QLatin1String("eof")].toBool() || piece.isEmpty())
                fileDone();
            else
                receivePiece();
        },
        CopyPatience);
}

void GuestCopy::fileDone()
{
    closeInGuest([this](const Result<> &closed) {
        if (isStopped())
            return;
        const Step &step = m_steps[m_step];
        if (!closed && isToGuest()) { // a full disk may say so only now
            fail(closed.error());
            return;
        }
        if (isToGuest()) {
            m_input.close();
            if (step.isExecutable)
                m_executables.append(step.to);
        } else {
            if (step.modified.isValid())
                m_output->setFileTime(step.modified, QFileDevice::FileModificationTime);
            if (step.isExecutable)
                m_output->setPermissions(m_output->permissions() | QFileDevice::ExeOwner
                                         | QFileDevice::ExeUser);
            if (!m_output->commit()) {
                fail(makeError(ErrorKind::Io,
                               QStringLiteral("\"%1\" cannot be written: %2")
                                   .arg(step.to, m_output->errorString())));
                return;
            }
            m_output.reset();
        }
        ++m_result.files;
        ++m_step;
        next();
    });
}

void GuestCopy::closeInGuest(std::function<void(Result<>)> done)
{
    m_link.execute(
        QStringLiteral("guest-file-close"), {{QStringLiteral("handle"), m_handle}},
        [this, done = std::move(done)](const Result<QJsonValue> &closed) {
            m_handle = -1;
            done(closed ? Result<>() : Result<>(closed.error()));
        },
        CopyPatience);
}

void GuestCopy::finishModes()
{
    if (m_executables.isEmpty()) {
        finish(m_result);
        return;
    }
    const QStringList some = m_executables.mid(0, ExecutablesAtOnce);
    m_executables.remove(0, some.size());
    m_files.makeExecutable(some, [this](const Result<> &result) {
        if (m_isOver)
            return;
        // Where the guest has no such tools its files have no such permission.
        if (!result && result.error().kind() != ErrorKind::Unsupported)
            fail(result.error());
        else
            finishModes();
    });
}

void GuestCopy::fail(const Error &error)
{
    m_isOver = true;
    m_output.reset(); // what was begun goes away
    if (m_handle < 0) {
        finish(error);
        return;
    }
    // Half a file is worse than none.
    const bool isHalf = isToGuest() && m_step < m_steps.size();
    const QString path = isHalf ? m_steps[m_step].to : QString();
    closeInGuest([this, error, isHalf, path](const Result<> &) {
        if (!isHalf) {
            finish(error);
            return;
        }
        m_files.remove(path, GuestFiles::Depth::One,
                       [this, error](const Result<> &) { finish(error); });
    });
}

void GuestCopy::finish(Result<GuestCopyResult> result)
{
    m_isOver = true;
    if (const Reply reply = std::exchange(m_reply, {}))
        reply(std::move(result));
}

} // namespace engine
