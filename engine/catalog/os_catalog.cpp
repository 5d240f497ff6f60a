// SPDX-License-Identifier: GPL-3.0-or-later
// The only file that sees libosinfo. GLib comes before Qt, whose `signals` is a macro.
// clang-format off
#include <gio/gio.h>
#include <glib-object.h>
extern "C" {
#include <osinfo/osinfo.h>
}
// clang-format on
#include "engine/catalog/os_catalog.h"

#include "engine/catalog/iso_descriptor.h"
#include "engine/catalog/media_guess.h"
#include "engine/catalog/media_matcher.h"
#include "engine/catalog/os_preset.h"
#include "engine/machine/os_data_update.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QHash>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <QtCore/QVersionNumber>

#include <algorithm>

namespace engine {

namespace {

template <class Object>
struct Unref
{
    void operator()(Object *object) const
    {
        if (object)
            g_object_unref(object);
    }
};
template <class Object>
using Owned = std::unique_ptr<Object, Unref<Object>>;

QString text(const char *value)
{
    return QString::fromUtf8(value);
}

QDate dateOf(GDate *date)
{
    if (!date)
        return {};
    const QDate result(g_date_get_year(date), g_date_get_month(date), g_date_get_day(date));
    g_date_free(date);
    return result;
}

// Calls `use(Element *)` for each element of an osinfo list.
template <class Element, class List, class Function>
void forEach(List *list, Function use)
{
    const int count = list ? osinfo_list_get_length(OSINFO_LIST(list)) : 0;
    for (int i = 0; i < count; ++i)
        use(reinterpret_cast<Element *>(osinfo_list_get_nth(OSINFO_LIST(list), i)));
}

OsInfo infoOf(OsinfoOs *os)
{
    OsinfoProduct *product = OSINFO_PRODUCT(os);
    OsInfo info;
    info.id = text(osinfo_product_get_short_id(product));
    info.name = text(osinfo_product_get_name(product));
    info.family = text(osinfo_os_get_family(os));
    info.distro = text(osinfo_os_get_distro(os));
    info.version = text(osinfo_product_get_version(product));
    info.released = dateOf(osinfo_product_get_release_date(product));
    info.endOfLife = dateOf(osinfo_product_get_eol_date(product));
    return info;
}

// The entry for the architecture wins over the one for all.
OsResources resourcesOf(OsinfoResourcesList *source, const QString &architecture)
{
    const Owned<OsinfoResourcesList> list(source);
    OsResources all;
    OsResources exact;
    forEach<OsinfoResources>(list.get(), [&](OsinfoResources *resources) {
        const QString arch = text(osinfo_resources_get_architecture(resources));
        if (arch != architecture && arch != QLatin1String("all"))
            return;
        OsResources &values = arch == architecture ? exact : all;
        values = {osinfo_resources_get_ram(resources), osinfo_resources_get_n_cpus(resources),
                  osinfo_resources_get_storage(resources)};
    });
    return {exact.memoryBytes > 0 ? exact.memoryBytes : all.memoryBytes,
            exact.cpus > 0 ? exact.cpus : all.cpus,
            exact.diskBytes > 0 ? exact.diskBytes : all.diskBytes};
}

// The distribution's data, or the update that is newer; on top what the administrator and the user
// put into libosinfo's own folders.
void loadStandardData(OsinfoLoader *loader, GError **problem)
{
    const OsDataFacts facts = osDataFacts();
    if (!facts.isOurs) {
        osinfo_loader_process_default_path(loader, problem);
        return;
    }
    osinfo_loader_process_path(loader, QFile::encodeName(facts.folder).constData(), problem);
    GError *minor = nullptr; // those folders need not exist
    osinfo_loader_process_local_path(loader, &minor);
    g_clear_error(&minor);
    osinfo_loader_process_user_path(loader, &minor);
    g_clear_error(&minor);
}

// An entry that the standard folders have already is theirs: it is newer, or the user's own.
void addOverlay(OsinfoLoader *loader, const QString &folder)
{
    static const QRegularExpression Id(QStringLiteral("<os id=\"([^\"]+)\""));
    QStringList files;
    QDirIterator it(folder + QStringLiteral("/os"), {QStringLiteral("*.xml")}, QDir::Files,
                    QDirIterator::Subdirectories);
    while (it.hasNext())
        files.append(it.next());
    files.sort();
    QSet<QString> known;
    forEach<OsinfoOs>(osinfo_db_get_os_list(osinfo_loader_get_db(loader)), [&](OsinfoOs *os) {
        if (osinfo_product_get_short_id(OSINFO_PRODUCT(os)))
            known.insert(text(osinfo_entity_get_id(OSINFO_ENTITY(os))));
    });
    // The loader takes folders only, so what remains of ours is put into one.
    QTemporaryDir remaining;
    for (const QString &path : std::as_const(files)) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const auto match = Id.match(QString::fromUtf8(file.readAll()));
        if (!match.hasMatch() || known.contains(match.captured(1)))
            continue;
        const QString link = remaining.filePath(QDir(folder).relativeFilePath(path));
        QDir().mkpath(QFileInfo(link).absolutePath());
        if (!QFile::link(QFileInfo(path).absoluteFilePath(), link))
            qWarning("Cannot link the system data \"%s\"", qPrintable(path));
    }
    GError *error = nullptr;
    osinfo_loader_process_path(loader, QFile::encodeName(remaining.path()).constData(), &error);
    if (error) {
        qWarning("Cannot load the system data in \"%s\": %s", qPrintable(folder), error->message);
        g_error_free(error);
    }
}

// "Fedora Workstation 43", when the medium is of one variant of its system.
QString variantName(OsinfoMedia *media)
{
    const Owned<OsinfoOsVariantList> variants(osinfo_media_get_os_variants(media));
    if (!variants || osinfo_list_get_length(OSINFO_LIST(variants.get())) != 1)
        return {};
    auto *variant = OSINFO_OS_VARIANT(osinfo_list_get_nth(OSINFO_LIST(variants.get()), 0));
    return text(osinfo_os_variant_get_name(variant));
}

Owned<OsinfoMedia> mediaFor(const QString &path, const IsoDescriptor &iso)
{
    Owned<OsinfoMedia> media(
        OSINFO_MEDIA(g_object_new(OSINFO_TYPE_MEDIA, "id", path.toUtf8().constData(), nullptr)));
    OsinfoEntity *entity = OSINFO_ENTITY(media.get());
    const auto set = [entity](const char *key, const QString &value) {
        if (!value.isEmpty())
            osinfo_entity_set_param(entity, key, value.toUtf8().constData());
    };
    set(OSINFO_MEDIA_PROP_VOLUME_ID, iso.volumeId);
    set(OSINFO_MEDIA_PROP_SYSTEM_ID, iso.systemId);
    set(OSINFO_MEDIA_PROP_PUBLISHER_ID, iso.publisherId);
    set(OSINFO_MEDIA_PROP_APPLICATION_ID, iso.applicationId);
    osinfo_entity_set_param_int64(entity, OSINFO_MEDIA_PROP_VOLUME_SIZE, iso.volumeBytes);
    return media;
}

} // namespace

struct OsCatalog::Private
{
    Owned<OsinfoLoader> loader;
    OsinfoDb *db = nullptr; // the loader's
    QHash<QString, OsinfoOs *> byId; // every short id, aliases too
    QList<OsInfo> systems;
    Owned<OsinfoOsList> list; // keeps the systems alive

    std::optional<OsInfo> info(const QString &id) const
    {
        OsinfoOs *os = byId.value(id);
        return os ? std::optional<OsInfo>(infoOf(os)) : std::nullopt;
    }

    MediaMatcher matcher() const
    {
        return {systems, [this](const QString &id) { return info(id); }};
    }
};

OsCatalog::OsCatalog(std::unique_ptr<Private> data)
    : m_private(std::move(data))
{ }

OsCatalog::~OsCatalog() = default;

Result<std::shared_ptr<const OsCatalog>> OsCatalog::load(const QString &overlayFolder)
{
    auto data = std::make_unique<Private>();
    data->loader.reset(osinfo_loader_new());
    GError *problem = nullptr;
    loadStandardData(data->loader.get(), &problem);
    const QString overlay =
        overlayFolder.isEmpty() ? paths::dataFolder() + QStringLiteral("/osinfo") : overlayFolder;
    const QString problemText = problem ? text(problem->message) : QString();
    g_clear_error(&problem);
    addOverlay(data->loader.get(), overlay);
    data->db = osinfo_loader_get_db(data->loader.get());
    data->list.reset(osinfo_db_get_os_list(data->db));
    forEach<OsinfoOs>(data->list.get(), [&data](OsinfoOs *os) {
        const OsInfo info = infoOf(os);
        if (info.id.isEmpty())
            return;
        GList *ids = osinfo_product_get_short_id_list(OSINFO_PRODUCT(os));
        for (GList *id = ids; id; id = id->next)
            data->byId.insert(text(static_cast<const char *>(id->data)), os);
        g_list_free(ids);
        // "rhel-unknown": for media that no release's data describes.
        if (!info.id.endsWith(QLatin1String("-unknown")))
            data->systems.append(info);
    });
    if (data->systems.isEmpty()) {
        return makeError(ErrorKind::NotFound,
                         problemText.isEmpty()
                             ? QStringLiteral("No data about operating systems was found")
                             : QStringLiteral("Cannot load the data about operating systems: %1")
                                   .arg(problemText),
                         QStringLiteral("Install the package osinfo-db"));
    }
    std::stable_sort(data->systems.begin(), data->systems.end(),
                     [](const OsInfo &left, const OsInfo &right) {
                         if (left.distro != right.distro)
                             return left.distro < right.distro;
                         if (left.released != right.released)
                             return left.released > right.released;
                         return QVersionNumber::fromString(left.version)
                             > QVersionNumber::fromString(right.version);
                     });
    return std::shared_ptr<const OsCatalog>(new OsCatalog(std::move(data)));
}

QList<OsInfo> OsCatalog::systems() const
{
    return m_private->systems;
}

std::optional<OsInfo> OsCatalog::system(const QString &osId) const
{
    return m_private->info(osId);
}

Result<MediaInfo> OsCatalog::identify(const QString &isoPath) const
{
    const IsoDescriptor iso = TRY(readIsoDescriptor(isoPath));
    MediaInfo result;
    result.path = isoPath;
    result.isBootable = iso.isBootable;
    result.sizeBytes = iso.fileBytes;
    result.volumeId = iso.volumeId;
    // xorriso's and others' default name tells less than the file's.
    const bool isNamed = !iso.volumeId.isEmpty() && iso.volumeId != QLatin1String("ISOIMAGE")
        && iso.volumeId != QLatin1String("CDROM");
    result.label = isNamed ? iso.volumeId : QFileInfo(isoPath).completeBaseName();
    const MediaGuess guess = guessFrom(iso);
    result.architecture = guess.architecture;
    result.isLive = guess.isLive;

    // Several fit where an "-unknown" entry fits too; it describes what no release does.
    const Owned<OsinfoMedia> asked = mediaFor(isoPath, iso);
    const Owned<OsinfoMediaList> fitting(osinfo_db_identify_medialist(m_private->db, asked.get()));
    OsinfoMedia *media = nullptr; // the list's
    QString id;
    forEach<OsinfoMedia>(fitting.get(), [&](OsinfoMedia *one) {
        OsinfoOs *os = osinfo_media_get_os(one);
        const QString osId = os ? text(osinfo_product_get_short_id(OSINFO_PRODUCT(os))) : QString();
        if (media || osId.isEmpty() || osId.endsWith(QLatin1String("-unknown")))
            return;
        media = one;
        id = osId;
    });
    if (media) {
        const QString architecture = text(osinfo_media_get_architecture(media));
        if (!architecture.isEmpty() && architecture != QLatin1String("all"))
            result.architecture = architecture;
    }
    const MediaMatcher matcher = m_private->matcher();
    if (matcher.matchWindows(guess, id, result))
        return result;
    if (!media) {
        matcher.matchName(guess, result);
        return result;
    }
    matcher.setExact(result, infoOf(osinfo_media_get_os(media)));
    const QString variant = variantName(media);
    if (!variant.isEmpty())
        result.label = variant;
    result.isLive = osinfo_media_get_live(media);
    return result;
}

OsPreset OsCatalog::preset(const QString &osId, const QString &architecture) const
{
    OsinfoOs *os = m_private->byId.value(osId);
    if (!os)
        return presetFor(std::nullopt);
    OsFacts facts;
    facts.info = infoOf(os);
    facts.minimum = resourcesOf(osinfo_os_get_minimum_resources(os), architecture);
    facts.recommended = resourcesOf(osinfo_os_get_recommended_resources(os), architecture);
    const Owned<OsinfoDeviceList> devices(osinfo_os_get_all_devices(os, nullptr));
    forEach<OsinfoDevice>(devices.get(), [&facts](OsinfoDevice *device) {
        facts.devices.insert(text(osinfo_device_get_name(device)));
    });
    const Owned<OsinfoFirmwareList> firmware(osinfo_os_get_complete_firmware_list(os, nullptr));
    forEach<OsinfoFirmware>(firmware.get(), [&](OsinfoFirmware *one) {
        if (text(osinfo_firmware_get_architecture(one)) != architecture)
            return;
        const QString type = text(osinfo_firmware_get_firmware_type(one));
        if (type == QLatin1String("bios"))
            facts.supportsBios = osinfo_firmware_is_supported(one);
        else if (type == QLatin1String("efi"))
            facts.supportsUefi = osinfo_firmware_is_supported(one);
    });
    return presetFor(facts);
}

QString OsCatalog::osIdFromVirtualBox(const QString &typeName) const
{
    const VBoxOsType *type = findVBoxOsType(typeName);
    for (const VBoxOsType &arm : vboxArmOsTypes()) {
        if (!type && arm.id.compare(typeName, Qt::CaseInsensitive) == 0)
            type = &arm;
    }
    if (!type || type->osId.isEmpty())
        return {};
    if (m_private->byId.contains(type->osId))
        return type->osId;
    // Newer than the installed data: the newest whose name begins like it.
    static const QRegularExpression Letters(QStringLiteral("^[a-z]+"));
    const QString stem = Letters.match(type->osId).captured();
    for (const OsInfo &info : m_private->systems) {
        if (info.released.isValid() && Letters.match(info.id).captured() == stem)
            return info.id;
    }
    return {};
}

} // namespace engine
