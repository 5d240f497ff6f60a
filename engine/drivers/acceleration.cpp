// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/acceleration.h"

#include "engine/base/fd.h"
#include "engine/base/log.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "engine/vmm/kvm_self_test.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>

#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr const char *Device = "/dev/kvm";
constexpr int CacheVersion = 1;

QString cachePath()
{
    return paths::cacheFolder() + "/acceleration.json";
}

// What a verdict is good for: this boot, this user, this device as it is now.
QJsonObject cacheKey()
{
    QFile file("/proc/sys/kernel/random/boot_id");
    struct stat status = {};
    if (!file.open(QIODevice::ReadOnly) || ::stat(Device, &status) != 0)
        return {};
    return {{"version", CacheVersion},
            {"bootId", QString::fromLatin1(file.readAll()).trimmed()},
            {"uid", int(::getuid())},
            {"device", QString::number(status.st_rdev)},
            {"mode", int(status.st_mode)},
            // Modules loaded later make a new node.
            {"changed", QString::number(status.st_ctim.tv_sec)}};
}

std::optional<KvmSelfTest> readCache(const QJsonObject &key)
{
    QFile file(cachePath());
    if (key.isEmpty() || !file.open(QIODevice::ReadOnly))
        return {};
    const QJsonObject stored = QJsonDocument::fromJson(file.readAll()).object();
    if (stored["key"].toObject() != key)
        return {};
    const int verdict = stored["verdict"].toInt(-1);
    if (verdict < int(KvmVerdict::Native) || verdict > int(KvmVerdict::EmulatedOnly))
        return {};
    KvmSelfTest test;
    test.verdict = KvmVerdict(verdict);
    test.reason = stored["reason"].toString().toStdString();
    test.remedy = stored["remedy"].toString().toStdString();
    return test;
}

void writeCache(const QJsonObject &key, const KvmSelfTest &test)
{
    const bool isLasting = test.verdict == KvmVerdict::Native || test.verdict == KvmVerdict::Slow
        || test.verdict == KvmVerdict::EmulatedOnly;
    // Another hypervisor may be stopped at any time, so "unusable" is not remembered.
    if (!isLasting || key.isEmpty() || !paths::makePrivateFolder(paths::cacheFolder()))
        return;
    const QJsonObject stored{{"key", key},
                             {"verdict", int(test.verdict)},
                             {"reason", toQString(test.reason)},
                             {"remedy", toQString(test.remedy)}};
    QSaveFile file(cachePath());
    if (!file.open(QIODevice::WriteOnly)
        || file.write(QJsonDocument(stored).toJson(QJsonDocument::Compact)) < 0 || !file.commit())
        log(LogLevel::Debug, "kvm", "the self-test's verdict could not be cached");
}

// Nullopt when the self-test would have to be run.
std::optional<KvmSelfTest> knownSelfTest()
{
    // Opening is cheap and tells at once when permission or device are missing.
    const Fd device(::open(Device, O_RDWR | O_CLOEXEC));
    return device.isOpen() ? readCache(cacheKey()) : runKvmSelfTest(Device);
}

KvmSelfTest cachedSelfTest()
{
    if (const std::optional<KvmSelfTest> known = knownSelfTest())
        return *known;
    const QJsonObject key = cacheKey();
    const KvmSelfTest test = runKvmSelfTest(Device);
    writeCache(key, test);
    return test;
}

Acceleration emulated(const QString &reason, const QString &remedy)
{
    return {Acceleration::Kind::Emulated, "Software emulation (slow)", reason, remedy};
}

bool isSwitchedOff()
{
    return qEnvironmentVariable("VITRINE_ACCELERATION") == "none";
}

Acceleration switchedOff()
{
    return emulated("Hardware acceleration is switched off by VITRINE_ACCELERATION=none",
                    "Remove VITRINE_ACCELERATION from the environment");
}

Acceleration accelerationFrom(const KvmSelfTest &test)
{
    switch (test.verdict) {
    case KvmVerdict::Native:
        return {Acceleration::Kind::Hardware, "KVM", {}, {}};
    case KvmVerdict::Slow:
        return {Acceleration::Kind::Hardware, "KVM (nested, devices are slow)", {}, {}};
    default:
        return emulated(toQString(test.reason), toQString(test.remedy));
    }
}

BuiltInAcceleration builtInFrom(const KvmSelfTest &test)
{
    BuiltInAcceleration builtIn;
    builtIn.acceleration = accelerationFrom(test);
    if (builtIn.acceleration.kind == Acceleration::Kind::Hardware) {
        builtIn.isUsable = true;
        builtIn.acceleration.text += ", built-in engine";
    } else if (test.verdict == KvmVerdict::EmulatedOnly
               && qEnvironmentVariable("VITRINE_ALLOW_EMULATED_KVM") == "1") {
        builtIn.isUsable = true;
        builtIn.acceleration.text = "KVM that emulates (slow), built-in engine";
    }
    return builtIn;
}

} // namespace

Acceleration hostAcceleration()
{
    return isSwitchedOff() ? switchedOff() : accelerationFrom(cachedSelfTest());
}

BuiltInAcceleration builtInAcceleration()
{
    return isSwitchedOff() ? BuiltInAcceleration{false, switchedOff()}
                           : builtInFrom(cachedSelfTest());
}

std::optional<BuiltInAcceleration> knownBuiltInAcceleration()
{
    if (isSwitchedOff())
        return BuiltInAcceleration{false, switchedOff()};
    const std::optional<KvmSelfTest> test = knownSelfTest();
    return test ? std::optional(builtInFrom(*test)) : std::nullopt;
}

} // namespace engine
