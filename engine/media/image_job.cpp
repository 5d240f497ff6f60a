// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"
#include "engine/media/qemu_img.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QTimer>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace engine {

struct ImageJob::Private
{
    std::string what; // "Cannot make the disk ..."
    QString newFile; // empty when the run changes an existing one
    QList<QStringList> runs; // arguments of qemu-img, one after the other
    std::optional<Error> refusal; // known before anything runs
    Finished finished;
    QProcess *process = nullptr;
    QByteArray errorOutput;
    bool isClaimed = false;
    bool isBegun = false;
    bool isCancelled = false;
    bool isDone = false;

    void dropFile()
    {
        if (std::exchange(isClaimed, false))
            QFile::remove(newFile);
    }

    // Taking the name first, exclusively, is what makes overwriting impossible.
    Result<> claimFile()
    {
        const int descriptor = ::open(QFile::encodeName(newFile).constData(),
                                      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor < 0) {
            const int reason = errno;
            if (reason == EEXIST) {
                return makeError(ErrorKind::Busy,
                                 QStringLiteral("\"%1\" exists already").arg(newFile),
                                 QStringLiteral("Choose another name"));
            }
            ErrorKind kind =
                reason == ENOSPC || reason == EDQUOT ? ErrorKind::NoSpace : ErrorKind::Io;
            if (reason == EACCES || reason == EPERM || reason == EROFS)
                kind = ErrorKind::Denied;
            else if (reason == ENOENT || reason == ENOTDIR)
                kind = ErrorKind::NotFound;
            return makeError(kind, QString::fromLocal8Bit(std::strerror(reason)));
        }
        ::close(descriptor);
        isClaimed = true;
        return {};
    }
};

namespace {

QString absolutePath(const QString &path)
{
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

QStringList preallocationOptions(ImageFormat format)
{
    switch (format) {
    case ImageFormat::Raw:
    case ImageFormat::Qcow2:
        return {QStringLiteral("-o"), QStringLiteral("preallocation=falloc")};
    case ImageFormat::Vdi:
        return {QStringLiteral("-o"), QStringLiteral("static=on")};
    case ImageFormat::Vmdk:
        return {QStringLiteral("-o"), QStringLiteral("subformat=monolithicFlat")};
    case ImageFormat::Vhd:
    case ImageFormat::Vhdx:
        return {QStringLiteral("-o"), QStringLiteral("subformat=fixed")};
    case ImageFormat::Unknown:
        break;
    }
    return {};
}

QStringList targetOptions(const CreateImageRequest &request)
{
    return request.isPreallocated ? preallocationOptions(request.format) : QStringList();
}

} // namespace

ImageJob::ImageJob(std::unique_ptr<Private> state, QObject *parent)
    : QObject(parent)
    , m_private(std::move(state))
{
    m_private->process = new QProcess(this);
    m_private->process->setProcessEnvironment(plainEnvironment());
    m_private->process->setStandardInputFile(QProcess::nullDevice());
    // A killed maker is cleaned up after; nobody may go on writing then. Between fork and exec:
    // system calls only.
    m_private->process->setChildProcessModifier([parent = ::getpid()] {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(1);
    });
    const auto finish = [this](Result<> result) {
        if (std::exchange(m_private->isDone, true))
            return;
        if (!result) {
            m_private->dropFile();
            result = std::move(result).error().context(m_private->what);
        }
        if (m_private->finished)
            m_private->finished(std::move(result));
    };
    const auto runNext = [this] {
        m_private->process->start(QStringLiteral("qemu-img"), m_private->runs.takeFirst());
    };
    connect(m_private->process, &QProcess::readyReadStandardOutput, this, [this] {
        static const QRegularExpression Percent(QStringLiteral("\\(([0-9]+)[0-9.]*/100%\\)"));
        const QString text = QString::fromLatin1(m_private->process->readAllStandardOutput());
        int percent = -1;
        for (auto matches = Percent.globalMatch(text); matches.hasNext();)
            percent = matches.next().captured(1).toInt();
        if (percent >= 0)
            emit progressed(percent);
    });
    connect(m_private->process, &QProcess::errorOccurred, this,
            [finish](QProcess::ProcessError error) {
                if (error == QProcess::FailedToStart)
                    finish(qemuImgMissing());
            });
    connect(m_private->process, &QProcess::finished, this,
            [this, finish, runNext](int code, QProcess::ExitStatus status) {
                if (m_private->isCancelled)
                    return finish(Error(ErrorKind::Cancelled, "Cancelled"));
                if (status != QProcess::NormalExit || code != 0) {
                    return finish(qemuImgError(m_private->process->readAllStandardError(),
                                               QStringLiteral("qemu-img ended unexpectedly")));
                }
                if (!m_private->runs.isEmpty())
                    return runNext();
                emit progressed(100);
                finish({});
            });
    // Later, so that `finished` is never called from within create().
    QTimer *timer = new QTimer(this);
    timer->setSingleShot(true);
    timer->setObjectName(QStringLiteral("begin"));
    connect(timer, &QTimer::timeout, this, [this, finish, runNext] {
        if (std::exchange(m_private->isBegun, true))
            return;
        if (m_private->isCancelled)
            return finish(Error(ErrorKind::Cancelled, "Cancelled"));
        if (m_private->refusal)
            return finish(*m_private->refusal);
        if (!m_private->newFile.isEmpty()) {
            if (Result<> claimed = m_private->claimFile(); !claimed)
                return finish(std::move(claimed));
        }
        runNext();
    });
    timer->start(0);
}

ImageJob::~ImageJob()
{
    m_private->process->disconnect(this);
    if (m_private->process->state() != QProcess::NotRunning) {
        m_private->process->kill();
        m_private->process->waitForFinished();
    }
    if (!m_private->isDone)
        m_private->dropFile();
}

ImageJob *ImageJob::create(const CreateImageRequest &request, Finished finished, QObject *parent)
{
    auto state = std::make_unique<Private>();
    state->finished = std::move(finished);
    state->newFile = absolutePath(request.path);
    state->what = QStringLiteral("Cannot make the disk \"%1\"").arg(request.path).toStdString();
    if (request.format == ImageFormat::Unknown)
        state->refusal = Error(ErrorKind::Invalid, "The format of the new disk is not known");
    else if (request.sizeBytes <= 0)
        state->refusal = Error(ErrorKind::Invalid, "A disk needs a size above zero");
    state->runs.append(QStringList{QStringLiteral("create"), QStringLiteral("-q"),
                                   QStringLiteral("-f"), imageFormatName(request.format)}
                       + targetOptions(request)
                       + QStringList{state->newFile, QString::number(request.sizeBytes)});
    return new ImageJob(std::move(state), parent);
}

ImageJob *ImageJob::convert(const QString &source, const CreateImageRequest &target,
                            Finished finished, QObject *parent)
{
    auto state = std::make_unique<Private>();
    state->finished = std::move(finished);
    state->newFile = absolutePath(target.path);
    state->what = QStringLiteral("Cannot copy the disk \"%1\" to \"%2\"")
                      .arg(source, target.path)
                      .toStdString();
    const Result<ImageFormat> format = probeImageFormat(source);
    if (!format)
        state->refusal = format.error();
    else if (*format == ImageFormat::Unknown)
        state->refusal = Error(ErrorKind::Invalid, "It is not a disk image of a known format");
    else if (target.format == ImageFormat::Unknown)
        state->refusal = Error(ErrorKind::Invalid, "The format of the new disk is not known");
    if (!state->refusal) {
        const QString targetFormat = imageFormatName(target.format);
        state->runs.append(
            QStringList{QStringLiteral("convert"), QStringLiteral("-p"), QStringLiteral("-f"),
                        imageFormatName(*format), QStringLiteral("-O"), targetFormat}
            + targetOptions(target) + QStringList{absolutePath(source), state->newFile});
        if (target.sizeBytes > 0) {
            // Refused by qemu-img when it would cut something off.
            state->runs.append({QStringLiteral("resize"), QStringLiteral("-q"),
                                QStringLiteral("-f"), targetFormat, state->newFile,
                                QString::number(target.sizeBytes)});
        }
    }
    return new ImageJob(std::move(state), parent);
}

ImageJob *ImageJob::resize(const QString &path, qint64 sizeBytes, Finished finished,
                           QObject *parent)
{
    auto state = std::make_unique<Private>();
    state->finished = std::move(finished);
    state->what = QStringLiteral("Cannot resize the disk \"%1\"").arg(path).toStdString();
    const Result<ImageFormat> format = probeImageFormat(path);
    if (!format)
        state->refusal = format.error();
    else if (*format == ImageFormat::Unknown)
        state->refusal = Error(ErrorKind::Invalid, "It is not a disk image of a known format");
    else if (sizeBytes <= 0)
        state->refusal = Error(ErrorKind::Invalid, "A disk needs a size above zero");
    else {
        state->runs.append({QStringLiteral("resize"), QStringLiteral("-q"), QStringLiteral("-f"),
                            imageFormatName(*format), absolutePath(path),
                            QString::number(sizeBytes)});
    }
    return new ImageJob(std::move(state), parent);
}

void ImageJob::cancel()
{
    m_private->isCancelled = true;
    // The answer comes when the process is gone: until then it may still write.
    if (m_private->process->state() != QProcess::NotRunning)
        m_private->process->kill();
}

bool ImageJob::waitForFinished()
{
    QTimer *begin = findChild<QTimer *>(QStringLiteral("begin"));
    if (begin->isActive()) {
        begin->stop();
        QMetaObject::invokeMethod(begin, "timeout", Qt::DirectConnection);
    }
    while (!m_private->isDone) {
        if (!m_private->process->waitForFinished(-1)
            && m_private->process->state() == QProcess::NotRunning)
            break;
    }
    return m_private->isDone;
}

} // namespace engine
