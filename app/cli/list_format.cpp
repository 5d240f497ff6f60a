// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/list_format.h"

#include "app/cli/medium_format.h"
#include "app/cli/output.h"
#include "engine/media/guest_tools_image.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSysInfo>

namespace app {

using namespace engine;

namespace {

constexpr ImageFormat Formats[] = {ImageFormat::Qcow2, ImageFormat::Vdi,  ImageFormat::Vmdk,
                                   ImageFormat::Vhd,   ImageFormat::Vhdx, ImageFormat::Raw};

QString processorName()
{
    QFile file(QStringLiteral("/proc/cpuinfo"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray text = file.read(4096);
    const qsizetype at = text.indexOf("model name");
    const qsizetype colon = at < 0 ? -1 : text.indexOf(": ", at);
    if (colon < 0)
        return {};
    return QString::fromUtf8(text.mid(colon + 2, text.indexOf('\n', colon) - colon - 2))
        .simplified();
}

} // namespace

QString osTypeText(const VBoxOsType &type)
{
    constexpr int Column = 13;
    return labelled(QStringLiteral("ID"), type.id, Column)
        + labelled(QStringLiteral("Description"), type.description, Column)
        + labelled(QStringLiteral("Family ID"), type.familyId, Column)
        + labelled(QStringLiteral("Family Desc"), type.familyDescription, Column)
        + labelled(QStringLiteral("64 bit"),
                   type.is64Bit ? QStringLiteral("true") : QStringLiteral("false"), Column)
        + QLatin1Char('\n');
}

QJsonObject osTypeJson(const VBoxOsType &type)
{
    return {{QStringLiteral("id"), type.id},
            {QStringLiteral("description"), type.description},
            {QStringLiteral("family"), type.familyId},
            {QStringLiteral("familyDescription"), type.familyDescription},
            {QStringLiteral("is64Bit"), type.is64Bit},
            {QStringLiteral("os"), type.osId}};
}

HostView readHost(const HostFacts &facts, const Acceleration &acceleration,
                  const BuiltInAcceleration &builtIn)
{
    return {facts,
            acceleration,
            processorName(),
            QSysInfo::prettyProductName(),
            QSysInfo::kernelType() + QLatin1Char(' ') + QSysInfo::kernelVersion(),
            builtIn};
}

QString hostText(const HostView &host)
{
    constexpr qint64 MegaByte = 1024 * 1024;
    QString text = QStringLiteral("Host Information:\n\n");
    const auto put = [&text](const char *label, const QString &value) {
        text += QLatin1String(label) + QStringLiteral(": ") + value + QLatin1Char('\n');
    };
    put("Processor count", QString::number(host.facts.cpus));
    put("Processor#0 description", host.processor);
    put("Memory size", QStringLiteral("%1 MByte").arg(host.facts.memoryBytes / MegaByte));
    put("Memory available", QStringLiteral("%1 MByte").arg(host.facts.freeMemoryBytes / MegaByte));
    put("Operating system", host.system);
    put("Operating system version", host.kernel);
    put("Acceleration", host.acceleration.text);
    if (!host.acceleration.reason.isEmpty())
        put("Acceleration reason", host.acceleration.reason);
    if (!host.acceleration.remedy.isEmpty())
        put("Acceleration remedy", host.acceleration.remedy);
    put("Built-in engine",
        host.builtIn.isUsable ? host.builtIn.acceleration.text : QStringLiteral("not usable"));
    return text;
}

QJsonObject hostJson(const HostView &host)
{
    const bool isHardware = host.acceleration.kind == Acceleration::Kind::Hardware;
    return {{QStringLiteral("cpus"), host.facts.cpus},
            {QStringLiteral("processor"), host.processor},
            {QStringLiteral("memoryBytes"), host.facts.memoryBytes},
            {QStringLiteral("freeMemoryBytes"), host.facts.freeMemoryBytes},
            {QStringLiteral("system"), host.system},
            {QStringLiteral("kernel"), host.kernel},
            {QStringLiteral("hardwareAcceleration"), isHardware},
            {QStringLiteral("acceleration"), host.acceleration.text},
            {QStringLiteral("builtInEngine"), host.builtIn.isUsable},
            {QStringLiteral("accelerationReason"), host.acceleration.reason},
            {QStringLiteral("accelerationRemedy"), host.acceleration.remedy}};
}

QList<Property> systemProperties(const QString &machineFolder, const Preferences &preferences)
{
    // As VirtualBox's settings file has it: EnvProxy follows the session.
    const QString proxyMode = preferences.proxy.mode == ProxyMode::None ? QStringLiteral("NoProxy")
        : preferences.proxy.mode == ProxyMode::Manual                   ? QStringLiteral("Manual")
                                                                        : QStringLiteral("System");
    const QString proxyUrl = preferences.proxy.host.isEmpty()
        ? QString()
        : QStringLiteral("http://%1:%2").arg(preferences.proxy.host).arg(preferences.proxy.port);
    const QString adapters = QString::number(MachineDefinition::MaxAdapters);
    return {
        {QStringLiteral("API version"), QStringLiteral("7_0")},
        {QStringLiteral("Minimum guest RAM size"),
         QStringLiteral("%1 Megabytes").arg(MachineDefinition::MinMemoryMiB)},
        {QStringLiteral("Maximum guest RAM size"),
         QStringLiteral("%1 Megabytes").arg(MachineDefinition::MaxMemoryMiB)},
        {QStringLiteral("Minimum video RAM size"), QStringLiteral("0 Megabytes")},
        {QStringLiteral("Maximum video RAM size"), QStringLiteral("256 Megabytes")},
        {QStringLiteral("Minimum guest CPU count"), QStringLiteral("1")},
        {QStringLiteral("Maximum guest CPU count"), QString::number(MachineDefinition::MaxCpus)},
        {QStringLiteral("Maximum PIIX3 Network Adapter count"), adapters},
        {QStringLiteral("Maximum ICH9 Network Adapter count"), adapters},
        {QStringLiteral("Maximum boot positions"), QStringLiteral("4")},
        {QStringLiteral("Default machine folder"), machineFolder},
        {QStringLiteral("Default hard disk format"), QStringLiteral("QCOW2")},
        {QStringLiteral("VRDE auth library"), QString()},
        {QStringLiteral("Remote desktop ExtPack"), QString()},
        {QStringLiteral("Log history count"), QStringLiteral("1")},
        {QStringLiteral("Default frontend"), QString()},
        // As the next storageattach --medium additions or guesttools makes it.
        {QStringLiteral("Default Guest Additions ISO"),
         QFileInfo::exists(guestToolsImage()) ? guestToolsImage() : QString()},
        {QStringLiteral("Proxy Mode"), proxyMode},
        {QStringLiteral("Proxy URL"), proxyUrl},
        {QStringLiteral("User language"),
         preferences.language.isEmpty() ? QStringLiteral("default") : preferences.language},
        // Present and blank would fail Packer; a path must exist. There is no such image.
    };
}

QString propertiesText(const QList<Property> &properties)
{
    QString text;
    for (const Property &property : properties)
        text += labelled(property.label, property.value, 33);
    return text;
}

QJsonObject propertiesJson(const QList<Property> &properties)
{
    QJsonObject json;
    for (const Property &property : properties) {
        // "Default machine folder" -> "defaultMachineFolder"
        QString key;
        const QStringList words = property.label.split(QLatin1Char(' '));
        for (const QString &word : words)
            key += key.isEmpty() ? word.toLower() : word.left(1).toUpper() + word.mid(1);
        json.insert(key, property.value);
    }
    return json;
}

namespace {

QString kindWord(HostNetworkInterface::Kind kind)
{
    switch (kind) {
    case HostNetworkInterface::Kind::Bridge:
        return QStringLiteral("bridge");
    case HostNetworkInterface::Kind::Wired:
        return QStringLiteral("wired");
    case HostNetworkInterface::Kind::Wireless:
        return QStringLiteral("wireless");
    case HostNetworkInterface::Kind::Virtual:
        return QStringLiteral("virtual");
    }
    return {};
}

// "192.0.2.7/24" as address and mask, which is how VirtualBox shows them.
std::pair<QString, QString> addressAndMask(const QStringList &addresses)
{
    for (const QString &address : addresses) {
        const QString prefix = address.section(QLatin1Char('/'), 1);
        if (address.contains(QLatin1Char(':')))
            continue;
        const quint32 bits = prefix.toInt() > 0 ? ~quint32(0) << (32 - prefix.toInt()) : 0;
        QStringList parts;
        for (int shift = 24; shift >= 0; shift -= 8)
            parts.append(QString::number((bits >> shift) & 0xff));
        return {address.section(QLatin1Char('/'), 0, 0), parts.join(QLatin1Char('.'))};
    }
    return {QStringLiteral("0.0.0.0"), QStringLiteral("0.0.0.0")};
}

} // namespace

QString interfaceText(const HostNetworkInterface &interface)
{
    constexpr int Column = 17;
    const auto [address, mask] = addressAndMask(interface.addresses);
    QString text = labelled(QStringLiteral("Name"), interface.name, Column)
        + labelled(QStringLiteral("DHCP"), QStringLiteral("Disabled"), Column)
        + labelled(QStringLiteral("IPAddress"), address, Column)
        + labelled(QStringLiteral("NetworkMask"), mask, Column)
        + labelled(QStringLiteral("HardwareAddress"), interface.macAddress, Column)
        + labelled(QStringLiteral("MediumType"), QStringLiteral("Ethernet"), Column)
        + labelled(QStringLiteral("Wireless"),
                   interface.kind == HostNetworkInterface::Kind::Wireless ? QStringLiteral("Yes")
                                                                          : QStringLiteral("No"),
                   Column)
        + labelled(QStringLiteral("Status"),
                   interface.isUp ? QStringLiteral("Up") : QStringLiteral("Down"), Column)
        + labelled(QStringLiteral("Kind"), kindWord(interface.kind), Column)
        + labelled(QStringLiteral("Usable"),
                   interface.isAvailable() ? QStringLiteral("Yes")
                                           : QStringLiteral("No: ") + interface.reason,
                   Column);
    if (!interface.remedy.isEmpty())
        text += labelled(QStringLiteral("Remedy"), interface.remedy, Column);
    return text + QLatin1Char('\n');
}

QJsonObject interfaceJson(const HostNetworkInterface &interface)
{
    return {{QStringLiteral("name"), interface.name},
            {QStringLiteral("kind"), kindWord(interface.kind)},
            {QStringLiteral("up"), interface.isUp},
            {QStringLiteral("mac"), interface.macAddress},
            {QStringLiteral("addresses"), QJsonArray::fromStringList(interface.addresses)},
            {QStringLiteral("bridge"), interface.bridge},
            {QStringLiteral("usable"), interface.isAvailable()},
            {QStringLiteral("reason"), interface.reason},
            {QStringLiteral("remedy"), interface.remedy}};
}

QString backendsText()
{
    QString text = QStringLiteral("Supported hard disk backends:\n\n");
    int number = 0;
    for (const ImageFormat format : Formats)
        text += QStringLiteral("Backend %1: id='%2' description='%2' extensions='%3'\n")
                    .arg(number++)
                    .arg(imageFormatWord(format), imageSuffix(format));
    return text;
}

QJsonArray backendsJson()
{
    QJsonArray json;
    for (const ImageFormat format : Formats)
        json.append(QJsonObject{{QStringLiteral("id"), imageFormatWord(format)},
                                {QStringLiteral("suffix"), imageSuffix(format)}});
    return json;
}

} // namespace app
