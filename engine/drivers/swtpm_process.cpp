// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/swtpm_process.h"

#include "engine/base/log.h"
#include "engine/drivers/helper_child.h"
#include "engine/drivers/qemu_failure.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QSaveFile>
#include <QtCore/QStandardPaths>
#include <QtCore/QTimer>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr int KeptLines = 20;
constexpr int QuotedLines = 2;
constexpr int ManufactureMilliseconds = 60000;
const QString Suffix = QStringLiteral(".new"); // of the folder where a TPM is being manufactured

QString program(const char *name)
{
    return QStandardPaths::findExecutable(QString::fromLatin1(name));
}

// swtpm's names; the two kinds can lie side by side.
QString stateFile(TpmModel model)
{
    return model == TpmModel::Tpm20 ? QStringLiteral("tpm2-00.permall")
                                    : QStringLiteral("tpm-00.permall");
}

Result<> writeText(const QString &path, const QString &text)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0 || !file.commit())
        return makeError(ErrorKind::Io,
                         QString("Cannot write \"%1\": %2").arg(path, file.errorString()));
    return {};
}

// The system's own authority is root's. One of the user's own serves as well: a guest can check the
// chain, and nobody outside trusts either.
Result<QString> authorityConfiguration(const QString &folder)
{
    const QString localca = program("swtpm_localca");
    if (localca.isEmpty())
        return makeError(ErrorKind::NotFound, "swtpm_localca is not installed");
    TRY(paths::makePrivateFolder(folder));
    const QString at = folder + '/';
    TRY(writeText(at + "swtpm-localca.conf",
                  QString("statedir = %1\nsigningkey = %1/signkey.pem\n"
                          "issuercert = %1/issuercert.pem\ncertserial = %1/certserial\n")
                      .arg(folder)));
    TRY(writeText(at + "swtpm-localca.options",
                  "--platform-manufacturer Vitrine\n--platform-version 1\n"
                  "--platform-model QEMU\n"));
    TRY(writeText(at + "swtpm_setup.conf",
                  QString("create_certs_tool = %1\ncreate_certs_tool_config = "
                          "%2/swtpm-localca.conf\ncreate_certs_tool_options = "
                          "%2/swtpm-localca.options\nactive_pcr_banks = sha256\n")
                      .arg(localca, folder)));
    return at + "swtpm_setup.conf";
}

Result<sockaddr_un> socketAddress(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= qsizetype(sizeof address.sun_path))
        return makeError(ErrorKind::Invalid,
                         QString("The path \"%1\" is too long for a socket").arg(path),
                         "Set XDG_RUNTIME_DIR to a folder with a shorter name");
    std::memcpy(address.sun_path, name.constData(), std::size_t(name.size()));
    return address;
}

Error socketError(const char *doing, const QString &path)
{
    return makeError(ErrorKind::Io,
                     QString("Cannot %1 \"%2\": %3")
                         .arg(doing, path, QString::fromLocal8Bit(std::strerror(errno))));
}

Result<Fd> listenOn(const QString &path)
{
    const sockaddr_un address = TRY(socketAddress(path));
    QFile::remove(path);
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // sockaddr_un is made to be passed as sockaddr.
    if (!socket.isOpen()
        || ::bind(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::listen(socket.get(), 1) != 0)
        return socketError("listen on", path);
    return socket;
}

} // namespace

Result<> checkTpmPrograms()
{
    QStringList missing;
    for (const auto &[name, package] :
         {std::pair{"swtpm", "swtpm"}, std::pair{"swtpm_setup", "swtpm-tools"}}) {
        if (program(name).isEmpty())
            missing.append(QString::fromLatin1(package));
    }
    if (missing.isEmpty())
        return {};
    return makeError(
        ErrorKind::NotFound,
        "The machine has a TPM, and the program that plays one (swtpm) is not "
        "completely installed",
        QString("Install %1 %2, or take the TPM out of the machine's settings")
            .arg(missing.size() == 1 ? "the package" : "the packages", missing.join(" and ")));
}

SwtpmProcess::SwtpmProcess(QObject *parent)
    : QObject(parent)
    , m_process(new QProcess(this))
{
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    m_process->setStandardInputFile(QProcess::nullDevice());
    connect(m_process, &QProcess::readyReadStandardOutput, this, &SwtpmProcess::readOutput);
}

SwtpmProcess::~SwtpmProcess()
{
    m_process->disconnect(this);
    if (m_process->state() != QProcess::NotRunning) {
        m_process->kill();
        m_process->waitForFinished(5000);
    }
    if (m_hasLaunched)
        QFile::remove(m_request.socketPath);
}

Result<Fd> SwtpmProcess::connectTo() const
{
    const sockaddr_un address = TRY(socketAddress(m_request.socketPath));
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // sockaddr_un is made to be passed as sockaddr.
    if (!socket.isOpen()
        || ::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
            != 0)
        return socketError("connect to", m_request.socketPath);
    return socket;
}

bool SwtpmProcess::isRunning() const
{
    return m_hasLaunched && m_process->state() != QProcess::NotRunning;
}

qint64 SwtpmProcess::processId() const
{
    return m_hasLaunched ? m_process->processId() : 0;
}

void SwtpmProcess::start(const TpmRequest &request, Ready ready)
{
    m_request = request;
    m_ready = std::move(ready);
    QTimer::singleShot(0, this, [this] {
        if (Result<> installed = checkTpmPrograms(); !installed)
            return answer(std::move(installed));
        const QString state = m_request.machineFolder + "/tpm/" + stateFile(m_request.model);
        if (!QFileInfo::exists(state))
            return manufacture(true);
        if (Result<> launched = launch(); !launched)
            answer(std::move(launched));
    });
}

// In a folder of its own, so that one that was interrupted is never taken for a whole one.
void SwtpmProcess::manufacture(bool withCertificates)
{
    const QDir folder(m_request.machineFolder);
    const QString fresh = "tpm" + Suffix;
    QDir(folder.filePath(fresh)).removeRecursively();
    if (!folder.mkdir(fresh))
        return answer(makeError(ErrorKind::Io,
                                QString("Cannot make the folder \"%1\" for the machine's TPM")
                                    .arg(folder.filePath(fresh))));
    QStringList arguments{"--tpmstate", fresh,
                          "--createek", "--lock-nvram",
                          "--vmid",     m_request.machine.toString(QUuid::WithoutBraces)};
    if (m_request.model == TpmModel::Tpm20)
        arguments << "--tpm2";
    if (withCertificates) {
        const Result<QString> configuration = authorityConfiguration(m_request.authorityFolder);
        if (!configuration) {
            log(LogLevel::Warning, "tpm", configuration.error().text());
            return manufacture(false);
        }
        arguments << "--config" << *configuration << "--create-ek-cert"
                  << "--create-platform-cert";
    }
    m_lines.clear();
    // Relative paths from here: the options of these programs cannot escape a comma.
    m_process->setWorkingDirectory(m_request.machineFolder);
    const auto done = [this, withCertificates](bool isGood) {
        m_process->disconnect(this);
        connect(m_process, &QProcess::readyReadStandardOutput, this, &SwtpmProcess::readOutput);
        readOutput();
        if (!isGood && withCertificates) {
            log(LogLevel::Warning, "tpm",
                ("the TPM gets no certificates: " + lastWords()).toStdString());
            return manufacture(false);
        }
        Result<> result = isGood
            ? takeState()
            : Result<>(makeError(ErrorKind::Io,
                                 QString("Cannot make the machine's TPM: %1").arg(lastWords())));
        if (result)
            result = launch();
        if (!result) {
            QDir(m_request.machineFolder + "/tpm" + Suffix).removeRecursively();
            answer(std::move(result));
        }
    };
    connect(m_process, &QProcess::finished, this, [done](int code, QProcess::ExitStatus status) {
        done(status == QProcess::NormalExit && code == 0);
    });
    connect(m_process, &QProcess::errorOccurred, this, [done](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            done(false);
    });
    QTimer::singleShot(ManufactureMilliseconds, m_process, [this] {
        if (!m_hasLaunched)
            m_process->kill();
    });
    log(LogLevel::Info, "tpm", "making a TPM");
    m_process->start(program("swtpm_setup"), arguments);
}

Result<> SwtpmProcess::takeState()
{
    const QString name = stateFile(m_request.model);
    const QString from = m_request.machineFolder + "/tpm" + Suffix;
    const QString to = m_request.machineFolder + "/tpm";
    // Keys are in it.
    if (!QDir().mkpath(to)
        || !QFile::setPermissions(to, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner)
        || !QFile::rename(from + '/' + name, to + '/' + name))
        return makeError(ErrorKind::Io,
                         QString("Cannot keep the state of the machine's TPM in \"%1\"").arg(to));
    QDir(from).removeRecursively();
    return {};
}

Result<> SwtpmProcess::launch()
{
    m_listener = TRY(listenOn(m_request.socketPath));
    m_hasLaunched = true;
    m_lines.clear();
    QStringList arguments{"socket",
                          "--tpmstate",
                          "dir=tpm,mode=0600",
                          "--ctrl",
                          QString("type=unixio,fd=%1").arg(m_listener.get()),
                          "--terminate"};
    if (m_request.model == TpmModel::Tpm20)
        arguments << "--tpm2";
    const int listener = m_listener.get();
    m_process->setChildProcessModifier(asHelper(SIGTERM, {listener}));
    m_process->setWorkingDirectory(m_request.machineFolder);
    connect(m_process, &QProcess::started, this, [this] { answer({}); });
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            answer(makeError(ErrorKind::Io,
                             QString("swtpm cannot be run: %1").arg(m_process->errorString())));
    });
    connect(m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        readOutput();
        QString how = howItEnded(status == QProcess::CrashExit, code);
        if (const QString words = lastWords(); !words.isEmpty())
            how += ": " + words;
        log(LogLevel::Info, "tpm", ("swtpm " + how).toStdString());
        emit ended(how);
    });
    m_process->start(program("swtpm"), arguments);
    m_listener.reset();
    return {};
}

void SwtpmProcess::answer(Result<> result)
{
    if (const Ready ready = std::exchange(m_ready, nullptr))
        ready(std::move(result));
}

void SwtpmProcess::readOutput()
{
    const QList<QByteArray> lines = m_process->readAllStandardOutput().split('\n');
    for (const QByteArray &line : lines) {
        const QString text = QString::fromUtf8(line).trimmed();
        if (text.isEmpty())
            continue;
        log(LogLevel::Debug, "tpm", text.toStdString());
        m_lines.append(text);
    }
    while (m_lines.size() > KeptLines)
        m_lines.removeFirst();
}

QString SwtpmProcess::lastWords() const
{
    return m_lines.mid(qMax(qsizetype(0), m_lines.size() - QuotedLines)).join("; ");
}

} // namespace engine
