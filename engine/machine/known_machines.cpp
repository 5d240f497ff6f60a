// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/known_machines.h"

#include "engine/machine/atomic_file.h"
#include "engine/machine/json_reader.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr int FormatVersion = 1;
const QLatin1String FormatName("vitrine-machines");

Error listError(const QString &path, const QString &text)
{
    return makeError(ErrorKind::Corrupt,
                     QStringLiteral("Cannot read the list of machines \"%1\": %2").arg(path, text),
                     QStringLiteral("Mend the file, or move it away to begin a new list"));
}

QByteArray toJson(const KnownMachines &known)
{
    QJsonObject json = known.unknownKeys;
    json[QLatin1String("format")] = FormatName;
    json[QLatin1String("version")] = FormatVersion;
    json[QLatin1String("machineFolder")] = known.machineFolder;
    json[QLatin1String("machines")] = QJsonArray::fromStringList(known.folders);
    json[QLatin1String("hidden")] = QJsonArray::fromStringList(known.hidden);
    QJsonArray moves;
    for (const MachineMoveRecord &move : known.moves) {
        moves.append(
            QJsonObject{{QStringLiteral("from"), move.from}, {QStringLiteral("to"), move.to}});
    }
    if (!moves.isEmpty())
        json[QLatin1String("moves")] = moves;
    return QJsonDocument(json).toJson();
}

// Held for milliseconds, so waiting for it is fine.
class ListLock final
{
public:
    explicit ListLock(const QString &configFolder)
        : m_descriptor(::open(QFile::encodeName(configFolder + QStringLiteral("/.lock")),
                              O_RDWR | O_CREAT | O_CLOEXEC, 0600))
    {
        while (m_descriptor >= 0 && ::flock(m_descriptor, LOCK_EX) != 0 && errno == EINTR) { }
    }
    ListLock(const ListLock &) = delete;
    ListLock &operator=(const ListLock &) = delete;
    ~ListLock()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    bool isOpen() const { return m_descriptor >= 0; }

private:
    int m_descriptor;
};

} // namespace

QString knownMachinesPath(const QString &configFolder)
{
    return configFolder + QStringLiteral("/machines.json");
}

Result<KnownMachines> readKnownMachines(const QString &configFolder)
{
    const QString path = knownMachinesPath(configFolder);
    Result<QByteArray> bytes = readSmallFile(path);
    if (!bytes) {
        if (bytes.error().kind() == ErrorKind::NotFound)
            return KnownMachines();
        return std::move(bytes).error();
    }
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(*bytes, &problem);
    if (!document.isObject())
        return listError(path, problem.errorString());
    JsonReader reader(document.object());
    QString format;
    int version = 0;
    KnownMachines known;
    reader.take("format", format);
    reader.take("version", version, 0, std::numeric_limits<int>::max());
    reader.take("machineFolder", known.machineFolder);
    reader.take("machines", known.folders);
    reader.take("hidden", known.hidden);
    reader.takeList("moves", known.moves, [](JsonReader &item) {
        MachineMoveRecord move;
        item.take("from", move.from);
        item.take("to", move.to);
        return move;
    });
    if (reader.error())
        return listError(path, toQString(reader.error()->message()));
    if (format != FormatName)
        return listError(path, QStringLiteral("it is not such a list"));
    if (version > FormatVersion)
        return listError(path, QStringLiteral("a newer version of this program wrote it"));
    known.unknownKeys = reader.rest();
    return known;
}

Result<KnownMachines> changeKnownMachines(const QString &configFolder,
                                          const std::function<void(KnownMachines &)> &change)
{
    if (!QDir().mkpath(configFolder)) {
        return makeError(ErrorKind::Denied,
                         QStringLiteral("Cannot make the folder \"%1\"").arg(configFolder));
    }
    const ListLock lock(configFolder);
    if (!lock.isOpen()) {
        return makeError(ErrorKind::Denied,
                         QStringLiteral("Cannot change the list of machines in \"%1\": %2")
                             .arg(configFolder, QString::fromLocal8Bit(std::strerror(errno))));
    }
    KnownMachines known = TRY(readKnownMachines(configFolder));
    const KnownMachines old = known;
    change(known);
    if (known != old)
        TRY(writeFileAtomically(knownMachinesPath(configFolder), toJson(known)));
    return known;
}

} // namespace engine
