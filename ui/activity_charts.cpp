// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity_charts.h"

#include "ui/activity_chart.h"

#include <QtWidgets/QGridLayout>

namespace ui {

namespace {

template <class Member>
QList<double> values(const ActivityHistory &history, Member member)
{
    QList<double> list;
    list.reserve(history.samples().size());
    for (const ActivitySample &sample : history.samples())
        list.append(sample.*member);
    return list;
}

} // namespace

ActivityCharts::ActivityCharts(QWidget *parent)
    : QWidget(parent)
    , m_cpu(new ActivityChart(tr("Processor"), {tr("Processor")}, percentText, this))
    , m_memory(new ActivityChart(tr("Memory"), {tr("Memory")}, bytesText, this))
    , m_disk(new ActivityChart(tr("Disks"), {tr("read"), tr("written")}, bytesPerSecondText, this))
    , m_network(
          new ActivityChart(tr("Network"), {tr("received"), tr("sent")}, bytesPerSecondText, this))
    , m_exits(new ActivityChart(tr("Exits to the host"), {tr("Exits")}, countPerSecondText, this))
{
    m_cpu->setObjectName(QStringLiteral("chart.cpu"));
    m_memory->setObjectName(QStringLiteral("chart.memory"));
    m_disk->setObjectName(QStringLiteral("chart.disk"));
    m_network->setObjectName(QStringLiteral("chart.network"));
    m_exits->setObjectName(QStringLiteral("chart.exits"));
    m_cpu->setToolTip(tr("Processor time of all that runs the machine. 100 % is one of this "
                         "computer's processors."));
    m_memory->setToolTip(tr("Memory of this computer that the machine and its helpers hold now. "
                            "Beside it, where the guest tells: what its programs use of its own."));
    m_exits->setToolTip(tr("How often the guest's processors had to hand over to this computer."));
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->addWidget(m_cpu, 0, 0);
    grid->addWidget(m_memory, 0, 1);
    grid->addWidget(m_disk, 1, 0);
    grid->addWidget(m_network, 1, 1);
    grid->addWidget(m_exits, 2, 0, 1, 2);
    show(nullptr, engine::Acceleration::Kind::Unknown, 1, 0);
}

void ActivityCharts::show(const ActivityHistory *history, engine::Acceleration::Kind acceleration,
                          int cpus, int memoryMiB)
{
    m_cpu->setLeastMaximum(100.0 * cpus);
    m_memory->setLeastMaximum(double(memoryMiB) * 1024 * 1024);
    if (!history) {
        for (ActivityChart *chart : {m_cpu, m_memory, m_disk, m_network, m_exits}) {
            chart->setValues({});
            chart->setMessage({});
        }
        return;
    }
    const bool isMeasured = history->latest() != nullptr;
    m_cpu->setValues({values(*history, &ActivitySample::cpuPercent)});
    const QList<double> held = values(*history, &ActivitySample::memoryBytes);
    if (history->isGuestMemoryKnown()) {
        m_memory->setSeries({tr("held"), tr("used in the guest")});
        m_memory->setValues({held, values(*history, &ActivitySample::guestUsedBytes)});
    } else {
        m_memory->setSeries({tr("Memory")});
        m_memory->setValues({held});
    }
    m_disk->setValues({values(*history, &ActivitySample::diskReadPerSecond),
                       values(*history, &ActivitySample::diskWrittenPerSecond)});
    m_network->setUnit(history->isNetworkInBytes() ? bytesPerSecondText : packetsPerSecondText);
    m_network->setValues({values(*history, &ActivitySample::networkReceivedPerSecond),
                          values(*history, &ActivitySample::networkSentPerSecond)});
    m_network->setMessage(!isMeasured || history->isNetworkCounted()
                              ? QString()
                              : tr("Not counted: the machine has no network card that is counted"));
    m_exits->setValues({values(*history, &ActivitySample::exitsPerSecond)});
    QString whyNoExits;
    if (isMeasured && !history->areExitsCounted()) {
        whyNoExits = acceleration == engine::Acceleration::Kind::Emulated
            ? tr("Not counted: the guest is emulated in software, which has no exits")
            : tr("Not counted by this version of QEMU");
    }
    m_exits->setMessage(whyNoExits);
}

} // namespace ui
