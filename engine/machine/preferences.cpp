// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/preferences.h"

#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QFileSystemWatcher>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QSaveFile>
#include <QtCore/QTimer>
#include <QtCore/QUrl>

#include <array>
#include <chrono>
#include <optional>
#include <utility>

namespace engine {

namespace {

constexpr int MaxRecentImages = 10;
constexpr qsizetype MaxHostKeys = 2;
constexpr int MaxPort = 65535;
constexpr ScanCode MaxScanCode = ScanCodePause;
constexpr auto SettleTime = std::chrono::milliseconds(60);

const QString HostKeyName = QStringLiteral("hostKey"); // the only one in older files
const QString HostKeysName = QStringLiteral("hostKeys");
const QString CloseChoiceName = QStringLiteral("closeChoice");
const QString SessionEndName = QStringLiteral("sessionEnd");
const QString MiniToolBarName = QStringLiteral("showMiniToolBar");
const QString ScaledName = QStringLiteral("scaledByDefault");
const QString MonitorName = QStringLiteral("fullScreenMonitor");
const QString AutoCaptureName = QStringLiteral("autoCapture");
const QString DesktopKeysName = QStringLiteral("captureDesktopKeys");
const QString TrayIconName = QStringLiteral("showTrayIcon");
const QString LanguageName = QStringLiteral("language");
const QString ProxyName = QStringLiteral("proxy");
const QString ManagerShortcutsName = QStringLiteral("managerShortcuts");
const QString MachineShortcutsName = QStringLiteral("machineShortcuts");
const QString SavedKeysName = QStringLiteral("savedKeys");
const QString GuestLayoutsName = QStringLiteral("guestLayouts");
const QString RecentOpticalName = QStringLiteral("recentOpticalImages");

constexpr std::array SessionEndNames = {
    std::pair(SessionEndChoice::SaveState, "saveState"),
    std::pair(SessionEndChoice::Shutdown, "shutdown"),
    std::pair(SessionEndChoice::PowerOff, "powerOff"),
};

constexpr std::array CloseChoiceNames = {
    std::pair(CloseChoice::Ask, "ask"),
    std::pair(CloseChoice::Background, "background"),
    std::pair(CloseChoice::Shutdown, "shutdown"),
    std::pair(CloseChoice::PowerOff, "powerOff"),
    std::pair(CloseChoice::SaveState, "saveState"),
};

constexpr std::array ProxyModeNames = {
    std::pair(ProxyMode::None, "none"),
    std::pair(ProxyMode::System, "system"),
    std::pair(ProxyMode::Manual, "manual"),
};

template <class Value, std::size_t Size>
QString nameOf(Value wanted, const std::array<std::pair<Value, const char *>, Size> &names)
{
    for (const auto &[value, name] : names) {
        if (value == wanted)
            return QString::fromLatin1(name);
    }
    return {};
}

template <class Value, std::size_t Size>
std::optional<Value> valueOf(const QString &word,
                             const std::array<std::pair<Value, const char *>, Size> &names)
{
    for (const auto &[value, name] : names) {
        if (word == QLatin1String(name))
            return value;
    }
    return std::nullopt;
}

QList<ScanCode> codesFromJson(const QJsonArray &array)
{
    QList<ScanCode> codes;
    for (const QJsonValue &value : array) {
        const int code = value.toInt();
        if (code > 0 && code <= MaxScanCode)
            codes.append(ScanCode(code));
    }
    return codes;
}

QJsonArray toJson(const QList<ScanCode> &codes)
{
    QJsonArray array;
    for (const ScanCode code : codes)
        array.append(int(code));
    return array;
}

QHash<QString, QString> wordsFromJson(const QJsonObject &json)
{
    QHash<QString, QString> words;
    for (auto it = json.begin(); it != json.end(); ++it) {
        if (it->isString())
            words.insert(it.key(), it->toString());
    }
    return words;
}

QJsonObject toJson(const QHash<QString, QString> &words)
{
    QJsonObject json;
    for (auto it = words.begin(); it != words.end(); ++it)
        json[it.key()] = it.value();
    return json;
}

ProxyChoice proxyFromJson(const QJsonObject &json)
{
    ProxyChoice proxy;
    proxy.mode =
        proxyModeFromName(json[QLatin1String("mode")].toString()).value_or(ProxyMode::System);
    proxy.host = json[QLatin1String("host")].toString();
    const int port = json[QLatin1String("port")].toInt(proxy.port);
    if (port > 0 && port <= MaxPort)
        proxy.port = port;
    return proxy;
}

Error saveError(const QString &reason)
{
    return makeError(ErrorKind::Io,
                     QStringLiteral("Cannot write the preferences file \"%1\": %2")
                         .arg(Preferences::fileName(), reason),
                     QStringLiteral("Make the folder writable, or free space on its disk"));
}

QByteArray fileContents()
{
    QFile file(Preferences::fileName());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

QString Preferences::fileName()
{
    return paths::configFolder() + QStringLiteral("/preferences.json");
}

QString proxyModeName(ProxyMode mode)
{
    return nameOf(mode, ProxyModeNames);
}

std::optional<ProxyMode> proxyModeFromName(const QString &name)
{
    return valueOf(name, ProxyModeNames);
}

Result<ProxyChoice> proxyFromUrl(const QString &url)
{
    const QString words = url.trimmed();
    const QUrl parsed(words.contains(QLatin1String("://")) ? words
                                                           : QStringLiteral("http://") + words);
    if (words.isEmpty() || !parsed.isValid() || parsed.host().isEmpty()
        || parsed.scheme() != QLatin1String("http") || parsed.path().size() > 1) {
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is no address of a proxy").arg(url),
                         QStringLiteral("Write it as host:port, such as proxy.example:3128"));
    }
    ProxyChoice proxy;
    proxy.mode = ProxyMode::Manual;
    proxy.host = parsed.host();
    proxy.port = parsed.port(proxy.port);
    return proxy;
}

Preferences Preferences::load()
{
    Preferences preferences;
    QJsonObject json = QJsonDocument::fromJson(fileContents()).object();

    QList<ScanCode> hostKeys = codesFromJson(json.take(HostKeysName).toArray());
    const QList<ScanCode> single = codesFromJson({json.take(HostKeyName)});
    if (hostKeys.isEmpty())
        hostKeys = single;
    if (!hostKeys.isEmpty() && hostKeys.size() <= MaxHostKeys)
        preferences.hostKeys = hostKeys;
    preferences.closeChoice =
        valueOf(json.take(CloseChoiceName).toString(), CloseChoiceNames).value_or(CloseChoice::Ask);
    preferences.sessionEnd = valueOf(json.take(SessionEndName).toString(), SessionEndNames)
                                 .value_or(SessionEndChoice::SaveState);
    preferences.showMiniToolBar = json.take(MiniToolBarName).toBool(true);
    preferences.isScaledByDefault = json.take(ScaledName).toBool(false);
    preferences.fullScreenMonitor = json.take(MonitorName).toString();
    preferences.isAutoCaptureOn = json.take(AutoCaptureName).toBool(false);
    preferences.areDesktopKeysCaptured = json.take(DesktopKeysName).toBool(true);
    preferences.isTrayIconShown = json.take(TrayIconName).toBool(false);
    preferences.language = json.take(LanguageName).toString();
    preferences.proxy = proxyFromJson(json.take(ProxyName).toObject());
    preferences.managerShortcuts = wordsFromJson(json.take(ManagerShortcutsName).toObject());
    preferences.machineShortcuts = wordsFromJson(json.take(MachineShortcutsName).toObject());
    const QJsonArray saved = json.take(SavedKeysName).toArray();
    for (const QJsonValue &value : saved) {
        const QJsonObject keys = value.toObject();
        const SavedKeys entry{keys[QLatin1String("label")].toString(),
                              codesFromJson(keys[QLatin1String("codes")].toArray())};
        if (!entry.label.isEmpty() && !entry.codes.isEmpty())
            preferences.savedKeys.append(entry);
    }
    preferences.guestLayouts = wordsFromJson(json.take(GuestLayoutsName).toObject());
    const QJsonArray images = json.take(RecentOpticalName).toArray();
    for (const QJsonValue &image : images) {
        const QString path = image.toString();
        if (!path.isEmpty() && preferences.recentOpticalImages.size() < MaxRecentImages)
            preferences.recentOpticalImages.append(path);
    }
    preferences.unknownKeys = json;
    return preferences;
}

Result<> Preferences::save() const
{
    QJsonObject json = unknownKeys;
    json[HostKeysName] = toJson(hostKeys);
    json[CloseChoiceName] = nameOf(closeChoice, CloseChoiceNames);
    json[SessionEndName] = nameOf(sessionEnd, SessionEndNames);
    json[MiniToolBarName] = showMiniToolBar;
    json[ScaledName] = isScaledByDefault;
    json[MonitorName] = fullScreenMonitor;
    json[AutoCaptureName] = isAutoCaptureOn;
    json[DesktopKeysName] = areDesktopKeysCaptured;
    json[TrayIconName] = isTrayIconShown;
    json[LanguageName] = language;
    json[ProxyName] = QJsonObject{{QStringLiteral("mode"), proxyModeName(proxy.mode)},
                                  {QStringLiteral("host"), proxy.host},
                                  {QStringLiteral("port"), proxy.port}};
    json[ManagerShortcutsName] = toJson(managerShortcuts);
    json[MachineShortcutsName] = toJson(machineShortcuts);
    QJsonArray saved;
    for (const SavedKeys &keys : savedKeys)
        saved.append(QJsonObject{{QStringLiteral("label"), keys.label},
                                 {QStringLiteral("codes"), toJson(keys.codes)}});
    json[SavedKeysName] = saved;
    json[GuestLayoutsName] = toJson(guestLayouts);
    json[RecentOpticalName] = QJsonArray::fromStringList(recentOpticalImages);

    if (!QDir().mkpath(paths::configFolder()))
        return saveError(QStringLiteral("the folder cannot be created"));
    QSaveFile file(fileName());
    if (!file.open(QIODevice::WriteOnly))
        return saveError(file.errorString());
    file.write(QJsonDocument(json).toJson());
    if (!file.commit())
        return saveError(file.errorString());
    return {};
}

void Preferences::addRecentOptical(const QString &path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    recentOpticalImages.removeAll(absolute);
    recentOpticalImages.prepend(absolute);
    while (recentOpticalImages.size() > MaxRecentImages)
        recentOpticalImages.removeLast();
}

PreferencesWatcher::PreferencesWatcher(QObject *parent)
    : QObject(parent)
    , m_watcher(new QFileSystemWatcher(this))
    , m_settle(new QTimer(this))
    , m_seen(fileContents())
{
    // The folder, because the file is replaced at every save, and may not exist yet.
    QDir().mkpath(paths::configFolder());
    m_watcher->addPath(paths::configFolder());
    if (QFileInfo::exists(Preferences::fileName()))
        m_watcher->addPath(Preferences::fileName());
    m_settle->setSingleShot(true);
    m_settle->setInterval(SettleTime);
    const auto wait = [this] { m_settle->start(); };
    connect(m_watcher, &QFileSystemWatcher::directoryChanged, this, wait);
    connect(m_watcher, &QFileSystemWatcher::fileChanged, this, wait);
    connect(m_settle, &QTimer::timeout, this, &PreferencesWatcher::look);
}

void PreferencesWatcher::look()
{
    const QString file = Preferences::fileName();
    if (!m_watcher->files().contains(file) && QFileInfo::exists(file))
        m_watcher->addPath(file);
    const QByteArray now = fileContents();
    if (now == std::exchange(m_seen, now))
        return;
    Q_EMIT changed();
}

} // namespace engine
