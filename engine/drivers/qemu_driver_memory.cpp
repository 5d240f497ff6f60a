// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's memory as the guest sees it: the balloon, and what its driver reports (VIRTIO 1.2,
// 5.5.6; QEMU, docs/interop/virtio-balloon-stats.rst).
#include "engine/base/log.h"
#include "engine/drivers/json_counter.h"
#include "engine/drivers/missing_features.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/qmp_client.h"
#include "engine/machine/qt_text.h"

namespace engine {

namespace {

constexpr int SecondsBetweenReports = 2;

QJsonObject ofBalloon(const QString &property)
{
    return {{"path", QString("/machine/peripheral/") + BalloonId}, {"property", property}};
}

} // namespace

// The guest's driver follows when it likes, at the latest when it comes up.
void QemuDriver::setBalloon(int mebibytes, Reply reply)
{
    if (refuse(reply, false))
        return;
    if (!supports(Feature::MemoryBalloon).isAvailable) {
        Driver::setBalloon(mebibytes, std::move(reply));
        return;
    }
    const qint64 left = qint64(m_definition.memoryMiB - mebibytes) << 20;
    execute("balloon", {{"value", left}}, [this, mebibytes, reply](Result<> result) {
        if (result)
            m_definition.balloonMiB = mebibytes;
        else
            log(LogLevel::Warning, "qemu", result.error().text());
        if (reply)
            reply(std::move(result));
    });
}

// Each report wakes the guest, so only while somebody looks.
void QemuDriver::setMemoryReports(bool areOn)
{
    if (!m_hasBalloon || !isAlive() || !m_qmp)
        return;
    QJsonObject wish = ofBalloon("guest-stats-polling-interval");
    wish["value"] = areOn ? SecondsBetweenReports : 0;
    m_qmp->execute("qom-set", wish);
}

void QemuDriver::pollGuestMemory()
{
    if (!m_hasBalloon)
        return;
    m_qmp->execute("qom-get", ofBalloon("guest-stats"), [this](const Result<QJsonValue> &result) {
        const bool isFresh = result && counterFromJson((*result)["last-update"]) > 0;
        const QJsonValue stats = isFresh ? (*result)["stats"] : QJsonValue();
        m_guestMemoryBytes = counterFromJson(stats["stat-total-memory"]);
        m_guestAvailableBytes = counterFromJson(stats["stat-available-memory"]);
    });
    m_qmp->execute("query-balloon", {}, [this](const Result<QJsonValue> &result) {
        const quint64 all = quint64(m_definition.memoryMiB) << 20;
        // The guest's driver has a word in this number: it may be anything.
        const double left = result ? (*result)["actual"].toDouble() : double(all);
        m_balloonBytes = all - quint64(qBound(0.0, left, double(all))); // done without
    });
}

} // namespace engine
