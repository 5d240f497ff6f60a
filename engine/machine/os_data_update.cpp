// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/os_data_update.h"

#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDate>
#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QNetworkRequest>

#include <chrono>
#include <functional>

namespace engine {

namespace {

constexpr qint64 MostIndexBytes = 4 << 20;
constexpr qint64 MostArchiveBytes = 64 << 20; // releases are some 200 KiB
constexpr int FewestSystems = 100; // a release has some 700
constexpr auto Patience = std::chrono::seconds(30); // without a byte

// The first bytes of an xz file (The .xz File Format, 2.1.1.1).
const QByteArray XzMagic = QByteArray::fromHex("fd377a585a00");

QString previousFolder()
{
    return paths::osDataFolder() + QStringLiteral(".previous");
}

QString versionOf(const QString &folder)
{
    QFile file(folder + QStringLiteral("/VERSION"));
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll()).trimmed()
                                          : QString();
}

// As libosinfo looks for it.
QString systemFolder()
{
    const QString folder = qEnvironmentVariable("OSINFO_SYSTEM_DIR");
    return folder.isEmpty() ? QStringLiteral("/usr/share/osinfo") : folder;
}

Error networkError(const QNetworkReply &reply)
{
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QString why = status >= 400
        ? QStringLiteral("the server answered %1 %2")
              .arg(status)
              .arg(reply.attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString())
        : reply.errorString();
    return makeError(
        ErrorKind::Io,
        QStringLiteral("Cannot fetch %1: %2").arg(reply.request().url().toDisplayString(), why),
        QStringLiteral("Check the connection and the proxy in the preferences, or "
                       "import the file of a release by hand"));
}

bool isThisComputer(const QUrl &url)
{
    return url.host() == QLatin1String("127.0.0.1") || url.host() == QLatin1String("::1")
        || url.host() == QLatin1String("localhost");
}

// Another folder in place of the old one, which becomes the previous one. Renames only: after a
// crash in between, the previous folder is still there and undo() brings it back.
Result<> putInPlace(const QString &staging)
{
    const QString place = paths::osDataFolder();
    const auto trouble = [](const QString &folder) {
        return makeError(ErrorKind::Io,
                         QStringLiteral("Cannot change the folder \"%1\"").arg(folder),
                         QStringLiteral("Make it and its parent folder writable"));
    };
    if (QFileInfo::exists(place)) {
        if (!QDir(previousFolder()).removeRecursively())
            return trouble(previousFolder());
        if (!QDir().rename(place, previousFolder()))
            return trouble(place);
    }
    if (QDir().rename(staging, place))
        return {};
    QDir().rename(previousFolder(), place);
    return trouble(place);
}

Result<> checkImported(const QString &folder)
{
    int systems = 0;
    QDirIterator it(folder + QStringLiteral("/os"), {QStringLiteral("*.xml")}, QDir::Files,
                    QDirIterator::Subdirectories);
    while (it.hasNext() && systems < FewestSystems) {
        it.next();
        ++systems;
    }
    if (versionOf(folder).isEmpty() || systems < FewestSystems) {
        return makeError(ErrorKind::Corrupt,
                         QStringLiteral("The archive holds no complete release of osinfo-db"),
                         QStringLiteral("Fetch osinfo-db-YYYYMMDD.tar.xz from "
                                        "https://releases.pagure.org/libosinfo/"));
    }
    return {};
}

} // namespace

OsDataFacts osDataFacts()
{
    const QString ours = versionOf(paths::osDataFolder());
    const QString system = versionOf(systemFolder());
    OsDataFacts facts{system, systemFolder(), false, false};
    // Versions are dates, so that the longer or later text is the newer one.
    if (!ours.isEmpty() && ours >= system)
        facts = {ours, paths::osDataFolder(), true, false};
    facts.canUndo = !ours.isEmpty() || QFileInfo::exists(previousFolder());
    return facts;
}

QString osDataDate(const QString &version)
{
    const QDate date = QDate::fromString(version.left(8), QStringLiteral("yyyyMMdd"));
    return date.isValid() ? QLocale().toString(date, QLocale::LongFormat) : version;
}

struct OsDataUpdate::Private
{
    Private(OsDataUpdate *update, const ProxyChoice &choice)
        : q(update)
    {
        switch (choice.mode) {
        case ProxyMode::None:
            network.setProxy(QNetworkProxy::NoProxy);
            break;
        case ProxyMode::System:
            usesSystemProxy = true;
            break;
        case ProxyMode::Manual:
            network.setProxy(
                QNetworkProxy(QNetworkProxy::HttpProxy, choice.host, quint16(choice.port)));
            break;
        }
        network.setTransferTimeout(int(std::chrono::milliseconds(Patience).count()));
    }

    using Fetched = std::function<void(const QByteArray &)>;
    void fetch(const QUrl &url, qint64 most, const QString &what, Fetched done);
    void readIndex(const QByteArray &page);
    void archiveFetched(const QByteArray &archive);
    void import(const QString &archive);
    void run(const QString &program, const QStringList &arguments, std::function<void()> done);
    void fail(const Error &error);
    void end();

    OsDataUpdate *q;
    QNetworkAccessManager network;
    bool usesSystemProxy = false;
    QUrl index = usualIndex();
    QNetworkReply *reply = nullptr;
    QProcess *process = nullptr;
    std::unique_ptr<QTemporaryDir> work; // beside the final place, so that renaming works
    bool isActive = false;
};

OsDataUpdate::OsDataUpdate(const ProxyChoice &proxy, QObject *parent)
    : QObject(parent)
    , m_private(std::make_unique<Private>(this, proxy))
{ }

OsDataUpdate::~OsDataUpdate()
{
    // Its signals would find nobody.
    if (m_private->process != nullptr) {
        m_private->process->disconnect();
        m_private->process->kill();
        m_private->process->waitForFinished(1000);
    }
    if (m_private->reply != nullptr) {
        m_private->reply->disconnect();
        m_private->reply->abort();
    }
}

QUrl OsDataUpdate::usualIndex()
{
    return QUrl(QStringLiteral("https://releases.pagure.org/libosinfo/"));
}

void OsDataUpdate::setIndex(const QUrl &index)
{
    m_private->index = index;
}

bool OsDataUpdate::isActive() const
{
    return m_private->isActive;
}

void OsDataUpdate::start()
{
    if (m_private->isActive)
        return;
    m_private->isActive = true;
    m_private->fetch(m_private->index, MostIndexBytes, QStringLiteral("Looking for a release"),
                     [this](const QByteArray &page) { m_private->readIndex(page); });
}

void OsDataUpdate::importFile(const QString &path)
{
    if (m_private->isActive)
        return;
    m_private->isActive = true;
    const QFileInfo file(path);
    if (!file.isFile() || !file.isReadable()) {
        m_private->fail(makeError(file.exists() ? ErrorKind::Denied : ErrorKind::NotFound,
                                  QStringLiteral("Cannot read the file \"%1\"").arg(path),
                                  QStringLiteral("Choose a release of osinfo-db: "
                                                 "osinfo-db-YYYYMMDD.tar.xz")));
        return;
    }
    m_private->import(file.absoluteFilePath());
}

void OsDataUpdate::cancel()
{
    if (m_private->isActive)
        m_private->fail(makeError(ErrorKind::Cancelled,
                                  QStringLiteral("The update was cancelled; nothing was changed")));
}

void OsDataUpdate::Private::end()
{
    isActive = false;
    if (reply != nullptr) {
        reply->disconnect(q);
        reply->abort();
        reply->deleteLater();
        reply = nullptr;
    }
    if (process != nullptr) {
        process->disconnect(q);
        process->kill();
        process->deleteLater();
        process = nullptr;
    }
    work.reset();
}

void OsDataUpdate::Private::fail(const Error &error)
{
    end();
    Q_EMIT q->failed(error);
}

void OsDataUpdate::Private::fetch(const QUrl &url, qint64 most, const QString &what, Fetched done)
{
    if (url.scheme() != QLatin1String("https")
        && !(url.scheme() == QLatin1String("http") && isThisComputer(url))) {
        fail(makeError(ErrorKind::Invalid,
                       QStringLiteral("\"%1\" is no address that updates are taken from")
                           .arg(url.toDisplayString()),
                       QStringLiteral("Give one that begins with https://")));
        return;
    }
    if (usesSystemProxy) {
        const QList<QNetworkProxy> proxies =
            QNetworkProxyFactory::systemProxyForQuery(QNetworkProxyQuery(url));
        network.setProxy(proxies.isEmpty() ? QNetworkProxy(QNetworkProxy::NoProxy)
                                           : proxies.first());
    }
    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::UserAgentHeader,
                      QStringLiteral("Vitrine/") + QStringLiteral(VITRINE_VERSION));
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::NoLessSafeRedirectPolicy);
    reply = network.get(request);
    Q_EMIT q->progressed(what, 0, 0);
    QObject::connect(reply, &QNetworkReply::downloadProgress, q,
                     [this, most, what](qint64 received, qint64 total) {
                         if (received > most || total > most) {
                             fail(makeError(ErrorKind::Corrupt,
                                            QStringLiteral("The server sends more than a release "
                                                           "of osinfo-db can be")));
                             return;
                         }
                         Q_EMIT q->progressed(what, received, qMax(total, qint64(0)));
                     });
    QObject::connect(reply, &QNetworkReply::finished, q, [this, done = std::move(done)] {
        QNetworkReply *const finished = std::exchange(reply, nullptr);
        finished->deleteLater();
        if (finished->error() != QNetworkReply::NoError) {
            fail(networkError(*finished));
            return;
        }
        const QByteArray body = finished->readAll();
        const QVariant announced = finished->header(QNetworkRequest::ContentLengthHeader);
        if (body.isEmpty() || (announced.isValid() && announced.toLongLong() != body.size())) {
            fail(makeError(ErrorKind::Io,
                           QStringLiteral("%1 arrived incomplete")
                               .arg(finished->request().url().toDisplayString()),
                           QStringLiteral("Try again")));
            return;
        }
        done(body);
    });
}

void OsDataUpdate::Private::readIndex(const QByteArray &page)
{
    static const QRegularExpression Release(QStringLiteral("osinfo-db-(\\d{8})\\.tar\\.xz"));
    QString newest;
    QRegularExpressionMatchIterator matches = Release.globalMatch(QString::fromUtf8(page));
    while (matches.hasNext()) {
        const QString version = matches.next().captured(1);
        if (version > newest)
            newest = version;
    }
    if (newest.isEmpty()) {
        fail(makeError(
            ErrorKind::Corrupt,
            QStringLiteral("%1 names no release of osinfo-db").arg(index.toDisplayString()),
            QStringLiteral("Check the address, or import the file of a release by "
                           "hand")));
        return;
    }
    if (newest <= osDataFacts().version) {
        end();
        Q_EMIT q->upToDate(osDataFacts().version);
        return;
    }
    const QUrl archive = index.resolved(QUrl(QStringLiteral("osinfo-db-%1.tar.xz").arg(newest)));
    fetch(archive, MostArchiveBytes,
          QStringLiteral("Fetching the release of %1").arg(osDataDate(newest)),
          [this](const QByteArray &body) { archiveFetched(body); });
}

void OsDataUpdate::Private::archiveFetched(const QByteArray &archive)
{
    if (!archive.startsWith(XzMagic)) {
        fail(makeError(ErrorKind::Corrupt,
                       QStringLiteral("The server sent something else than a release of "
                                      "osinfo-db"),
                       QStringLiteral("A proxy or a login page may be in the way: check the "
                                      "network")));
        return;
    }
    QFile file;
    const auto parent = QFileInfo(paths::osDataFolder()).path();
    QDir().mkpath(parent);
    work = std::make_unique<QTemporaryDir>(parent + QStringLiteral("/osinfo-XXXXXX"));
    file.setFileName(work->filePath(QStringLiteral("osinfo-db.tar.xz")));
    if (!work->isValid() || !file.open(QIODevice::WriteOnly)
        || file.write(archive) != archive.size() || !file.flush()) {
        fail(makeError(ErrorKind::Io,
                       QStringLiteral("Cannot write below \"%1\": %2")
                           .arg(parent, work->isValid() ? file.errorString() : work->errorString()),
                       QStringLiteral("Free space there, or make it writable")));
        return;
    }
    file.close();
    import(file.fileName());
}

void OsDataUpdate::Private::import(const QString &archive)
{
    const QString parent = QFileInfo(paths::osDataFolder()).path();
    QDir().mkpath(parent);
    if (!work)
        work = std::make_unique<QTemporaryDir>(parent + QStringLiteral("/osinfo-XXXXXX"));
    const QString staging = work->filePath(QStringLiteral("osinfo"));
    if (!work->isValid() || !QDir().mkpath(staging)) {
        fail(makeError(ErrorKind::Io, QStringLiteral("Cannot write below \"%1\"").arg(parent),
                       QStringLiteral("Free space there, or make it writable")));
        return;
    }
    Q_EMIT q->progressed(QStringLiteral("Importing"), 0, 0);
    run(QStringLiteral("osinfo-db-import"), {QStringLiteral("--dir"), staging, archive},
        [this, staging] {
            if (const Result<> checked = checkImported(staging); !checked) {
                fail(checked.error());
                return;
            }
            Q_EMIT q->progressed(QStringLiteral("Checking"), 0, 0);
            run(QStringLiteral("osinfo-db-validate"), {QStringLiteral("--dir"), staging},
                [this, staging] {
                    const Result<> placed = putInPlace(staging);
                    if (!placed) {
                        fail(placed.error());
                        return;
                    }
                    end();
                    Q_EMIT q->installed(versionOf(paths::osDataFolder()));
                });
        });
}

void OsDataUpdate::Private::run(const QString &program, const QStringList &arguments,
                                std::function<void()> done)
{
    const QString path = QStandardPaths::findExecutable(program);
    if (path.isEmpty()) {
        fail(makeError(ErrorKind::NotFound, QStringLiteral("%1 is not installed").arg(program),
                       QStringLiteral("Install the package osinfo-db-tools")));
        return;
    }
    process = new QProcess(q);
    process->setProcessChannelMode(QProcess::MergedChannels);
    process->setStandardInputFile(QProcess::nullDevice());
    QObject::connect(process, &QProcess::errorOccurred, q, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            fail(makeError(ErrorKind::Io,
                           QStringLiteral("Cannot start %1: %2")
                               .arg(process->program(), process->errorString())));
    });
    QObject::connect(
        process, &QProcess::finished, q,
        [this, program, done = std::move(done)](int exitCode, QProcess::ExitStatus status) {
            QProcess *const finished = std::exchange(process, nullptr);
            finished->deleteLater();
            if (status == QProcess::NormalExit && exitCode == 0) {
                done();
                return;
            }
            const QString said =
                QString::fromLocal8Bit(finished->readAll()).trimmed().section(u'\n', -1);
            fail(makeError(
                ErrorKind::Corrupt,
                QStringLiteral("The data cannot be used: %1")
                    .arg(said.isEmpty() ? QStringLiteral("%1 failed").arg(program) : said),
                QStringLiteral("Fetch the archive again; what was installed before is "
                               "unchanged")));
        });
    process->start(path, arguments);
}

Result<> OsDataUpdate::undo()
{
    const QString place = paths::osDataFolder();
    if (!QFileInfo::exists(place) && !QFileInfo::exists(previousFolder())) {
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("There is no update of the system data to undo"));
    }
    if (QFileInfo::exists(place) && !QDir(place).removeRecursively()) {
        return makeError(ErrorKind::Io,
                         QStringLiteral("Cannot remove the folder \"%1\"").arg(place),
                         QStringLiteral("Make it writable, or remove it by hand"));
    }
    if (QFileInfo::exists(previousFolder()) && !QDir().rename(previousFolder(), place)) {
        return makeError(
            ErrorKind::Io,
            QStringLiteral("Cannot bring back the folder \"%1\"").arg(previousFolder()),
            QStringLiteral("Rename it to \"%1\" by hand").arg(place));
    }
    return {};
}

} // namespace engine
