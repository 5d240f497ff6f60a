// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/media/image_places.h"

#include "engine/media/qemu_img.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QTimer>

#include <utility>

namespace engine {

namespace {

constexpr std::uint64_t MaxClusterBytes = 2 << 20; // QEMU, docs/interop/qcow2.txt, cluster_bits
// More are the pieces of an image that is in such a state that a map is of no use.
constexpr std::size_t MaxFound = 4 * ExtentMap::MaxExtents;

ImageChain::File chainFile(const QJsonObject &info)
{
    const QString format = info["format"].toString();
    const QJsonObject own = info["format-specific"]["data"].toObject();
    const QString path = info["filename"].toString();
    const bool isKnown = format == QLatin1String("qcow2") || format == QLatin1String("raw");
    return {path,
            isKnown && QDir::isAbsolutePath(path) && !info["encrypted"].toBool()
                && !own.contains("data-file") && !own["corrupt"].toBool()};
}

} // namespace

Result<ImageChain> parseImageChain(const QByteArray &json)
{
    const QJsonArray infos = QJsonDocument::fromJson(json).array();
    const QJsonObject top = infos.first().toObject();
    const QJsonObject own = top["format-specific"]["data"].toObject();
    const auto clusterBytes = std::uint64_t(top["cluster-size"].toInteger());
    if (top["format"].toString() != QLatin1String("qcow2") || clusterBytes < 512
        || clusterBytes > MaxClusterBytes || (clusterBytes & (clusterBytes - 1)) != 0)
        return Error(ErrorKind::Unsupported, "qemu-img does not describe it as a qcow2 image");
    ImageChain chain;
    for (const QJsonValue &info : infos)
        chain.files.append(chainFile(info.toObject()));
    chain.clusterBytes = clusterBytes;
    chain.isWritable = chain.files.first().isUsable && top["snapshots"].toArray().isEmpty()
        && own["bitmaps"].toArray().isEmpty();
    return chain;
}

std::optional<ImageExtent> parseMapLine(const QByteArray &line, const ImageChain &chain)
{
    // [{...},
    // {...}]
    const qsizetype begin = line.indexOf('{');
    const qsizetype end = line.lastIndexOf('}');
    if (begin < 0 || end < begin)
        return {};
    const QJsonObject entry = QJsonDocument::fromJson(line.sliced(begin, end - begin + 1)).object();
    const qint64 depth = entry["depth"].toInteger(-1);
    const qint64 start = entry["start"].toInteger(-1);
    const qint64 length = entry["length"].toInteger(-1);
    const qint64 place = entry["offset"].toInteger(-1); // none: it is compressed
    const bool isData =
        entry["data"].toBool() && !entry["zero"].toBool(true) && !entry["compressed"].toBool();
    if (!isData || start < 0 || length <= 0 || place < 0 || depth < 0 || depth >= chain.files.size()
        || !chain.files[depth].isUsable)
        return {};
    return ImageExtent{.offset = std::uint64_t(start),
                       .length = std::uint64_t(length),
                       .file = unsigned(depth),
                       .place = std::uint64_t(place),
                       .isWritable = depth == 0 && chain.isWritable};
}

ImagePlaces::ImagePlaces(QString path, Found found, QObject *parent)
    : QObject(parent)
    , m_path(std::move(path))
    , m_found(std::move(found))
{
    // Not before the caller has us.
    QTimer::singleShot(0, this, [this] {
        run({"info", "--backing-chain", "--output=json", "-U", "-f", "qcow2", m_path},
            [this] { readInfo(); });
    });
}

ImagePlaces::~ImagePlaces()
{
    if (m_process == nullptr)
        return;
    m_process->disconnect(this);
    m_process->kill();
    m_process->waitForFinished();
}

void ImagePlaces::run(const QStringList &arguments, std::function<void()> ended)
{
    m_process = new QProcess(this);
    m_process->setProcessEnvironment(plainEnvironment());
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            answer(qemuImgMissing());
    });
    connect(m_process, &QProcess::finished, this, [this, ended = std::move(ended)] {
        if (m_process->exitStatus() == QProcess::NormalExit && m_process->exitCode() == 0)
            ended();
        else
            answer(qemuImgError(m_process->readAllStandardError(), "qemu-img failed"));
    });
    m_process->start(QStringLiteral("qemu-img"), arguments, QIODevice::ReadOnly);
}

void ImagePlaces::readInfo()
{
    Result<ImageChain> chain = parseImageChain(m_process->readAllStandardOutput());
    if (!chain) {
        answer(std::move(chain).error());
        return;
    }
    m_chain = *std::move(chain);
    m_map.clusterBytes = m_chain.clusterBytes;
    for (const ImageChain::File &file : std::as_const(m_chain.files))
        m_map.files.push_back(QFile::encodeName(file.path).toStdString());
    std::exchange(m_process, nullptr)->deleteLater();
    run({"map", "--output=json", "-U", "-f", "qcow2", m_path}, [this] {
        readMap();
        if (m_found)
            answer(std::move(m_map));
    });
    connect(m_process, &QProcess::readyReadStandardOutput, this, &ImagePlaces::readMap);
}

void ImagePlaces::readMap()
{
    while (m_found && m_process->canReadLine()) {
        const std::optional<ImageExtent> extent = parseMapLine(m_process->readLine(), m_chain);
        if (extent)
            m_map.extents.push_back(*extent);
        if (m_map.extents.size() > MaxFound)
            answer(Error(ErrorKind::Unsupported, "It is in too many pieces"));
    }
}

void ImagePlaces::answer(Result<ImageMap> result)
{
    if (const Found found = std::exchange(m_found, {}))
        found(std::move(result));
}

} // namespace engine
