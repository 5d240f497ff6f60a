// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session_information.h"

#include "engine/machine/machine_json.h"
#include "ui/activity_charts.h"
#include "ui/device_menus.h"

#include <QtCore/QDir>
#include <QtCore/QLocale>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QVBoxLayout>

namespace ui {

namespace {

QString bytes(quint64 count)
{
    return QLocale().formattedDataSize(qint64(count), 1, QLocale::DataSizeTraditionalFormat);
}

QString driveText(const engine::StorageController &controller,
                  const engine::StorageAttachment &drive, const QString &folder)
{
    QString place = QStringLiteral("%1 %2").arg(controller.name).arg(drive.port);
    if (drive.device != 0)
        place += QStringLiteral(":%1").arg(drive.device);
    if (drive.path.isEmpty())
        return SessionInformation::tr("%1: empty").arg(place);
    const QString path = QDir::toNativeSeparators(QDir(folder).absoluteFilePath(drive.path));
    return drive.isReadOnly ? SessionInformation::tr("%1: %2 (read-only)").arg(place, path)
                            : SessionInformation::tr("%1: %2").arg(place, path);
}

} // namespace

QString stateText(engine::Driver::State state)
{
    using State = engine::Driver::State;
    switch (state) {
    case State::Off:
        return SessionInformation::tr("Powered Off");
    case State::Saved:
        return SessionInformation::tr("Saved");
    case State::Aborted:
        return SessionInformation::tr("Aborted");
    case State::Starting:
        return SessionInformation::tr("Starting");
    case State::Restoring:
        return SessionInformation::tr("Restoring");
    case State::Running:
        return SessionInformation::tr("Running");
    case State::Paused:
        return SessionInformation::tr("Paused");
    case State::Saving:
        return SessionInformation::tr("Saving");
    case State::Stopping:
        return SessionInformation::tr("Stopping");
    }
    return {};
}

SessionInformation::SessionInformation(QWidget *parent)
    : QDialog(parent)
    , m_form(new QFormLayout)
    , m_tabs(new QTabWidget(this))
    , m_charts(new ActivityCharts(this))
{
    setObjectName(QStringLiteral("sessionInformationDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    addRow(QStringLiteral("state"), tr("State:"));
    addRow(QStringLiteral("engine"), tr("Engine:"));
    addRow(QStringLiteral("acceleration"), tr("Acceleration:"));
    addRow(QStringLiteral("screen"), tr("Screen:"));
    addRow(QStringLiteral("pointer"), tr("Pointer:"));
    addRow(QStringLiteral("guestMemory"), tr("Guest's memory:"));
    addRow(QStringLiteral("disks"), tr("Disks:"));
    addRow(QStringLiteral("diskActivity"), tr("Disk activity:"));
    addRow(QStringLiteral("network"), tr("Network:"));
    addRow(QStringLiteral("networkActivity"), tr("Network activity:"));
    addRow(QStringLiteral("folder"), tr("Folder:"));

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    QPushButton *copy = buttons->addButton(tr("&Copy"), QDialogButtonBox::ActionRole);
    copy->setObjectName(QStringLiteral("copy"));
    copy->setToolTip(tr("Copy all of this as text, for a bug report"));
    connect(copy, &QPushButton::clicked, this, &SessionInformation::copyAll);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    buttons->button(QDialogButtonBox::Close)->setDefault(true);

    auto *configuration = new QWidget(this);
    auto *formLayout = new QVBoxLayout(configuration);
    formLayout->addLayout(m_form);
    formLayout->addStretch(1);
    m_tabs->setObjectName(QStringLiteral("sessionTabs"));
    m_tabs->addTab(configuration, tr("Con&figuration"));
    m_tabs->addTab(m_charts, tr("&Activity"));
    m_clock.start();

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_tabs, 1);
    layout->addWidget(buttons);
    resize(fontMetrics().averageCharWidth() * 100, sizeHint().height());
    setActivity({});
    setGuestSize({});
}

void SessionInformation::addRow(const QString &name, const QString &label)
{
    auto *value = new QLabel(this);
    value->setObjectName(name);
    value->setTextFormat(Qt::PlainText);
    value->setWordWrap(true);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_form->addRow(label, value);
    m_rows.insert(name, value);
    auto *caption = qobject_cast<QLabel *>(m_form->labelForField(value));
    caption->setBuddy(value);
    value->setAccessibleName(label);
}

void SessionInformation::setRow(const QString &name, const QString &text)
{
    QLabel *row = m_rows.value(name);
    if (row->text() == text)
        return;
    row->setText(text);
    // Wrapped lines ask for no height by themselves. Around the page are tabs, buttons and margins.
    const QWidget *page = m_tabs->widget(0);
    if (!page || !page->layout())
        return;
    const int line = fontMetrics().height();
    const int wanted = page->layout()->totalHeightForWidth(width() - 4 * line) + 8 * line;
    if (wanted > height())
        resize(width(), wanted);
}

void SessionInformation::showActivity()
{
    m_tabs->setCurrentWidget(m_charts);
}

void SessionInformation::setStatus(const engine::MachineStatus &status)
{
    m_acceleration = status.acceleration.kind;
    setWindowTitle(tr("%1 - Session Information").arg(status.name));
    setRow(QStringLiteral("state"), stateText(status.state));
    setRow(QStringLiteral("engine"), status.driver.isEmpty() ? tr("unknown") : status.driver);
    QStringList acceleration{status.acceleration.text};
    if (!status.acceleration.reason.isEmpty())
        acceleration.append(status.acceleration.reason);
    if (!status.acceleration.remedy.isEmpty())
        acceleration.append(status.acceleration.remedy);
    setRow(QStringLiteral("acceleration"), acceleration.join(u'\n'));
    setRow(QStringLiteral("pointer"),
           status.hasAbsolutePointer ? tr("Integrated: the guest follows the host's pointer")
                                     : tr("Relative: captured by a click into the screen"));

    QStringList disks;
    for (const engine::StorageController &controller : status.controllers) {
        for (const engine::StorageAttachment &drive : controller.attachments)
            disks.append(driveText(controller, drive, status.folder));
    }
    setRow(QStringLiteral("disks"), disks.isEmpty() ? tr("none") : disks.join(u'\n'));

    QStringList adapters;
    for (qsizetype i = 0; i < status.adapters.size(); ++i) {
        const engine::NetworkAdapter &adapter = status.adapters[i];
        if (adapter.mode == engine::NetworkMode::None)
            continue;
        const QString link =
            adapter.isCableConnected ? tr("cable connected") : tr("cable unplugged");
        const QStringList parts{networkModeText(adapter.mode), engine::enumName(adapter.model),
                                adapter.macAddress, link};
        adapters.append(tr("Adapter %1: %2").arg(i + 1).arg(parts.join(QStringLiteral(", "))));
    }
    setRow(QStringLiteral("network"), adapters.isEmpty() ? tr("none") : adapters.join(u'\n'));
    setRow(QStringLiteral("folder"), QDir::toNativeSeparators(status.folder));
}

void SessionInformation::setGuestSize(const QSize &size)
{
    setRow(QStringLiteral("screen"),
           size.isEmpty() ? tr("no picture yet")
                          : tr("%1 × %2 pixels").arg(size.width()).arg(size.height()));
}

void SessionInformation::setActivity(const engine::ActivityCounters &counters)
{
    setRow(QStringLiteral("diskActivity"),
           tr("%1 read, %2 written; optical: %3 read")
               .arg(bytes(counters.diskReadBytes), bytes(counters.diskWrittenBytes),
                    bytes(counters.opticalReadBytes)));
    setRow(QStringLiteral("networkActivity"),
           counters.isNetworkCounted
               ? tr("%1 received, %2 sent (%3 and %4 packets)")
                     .arg(bytes(counters.networkReceivedBytes), bytes(counters.networkSentBytes))
                     .arg(counters.networkReceivedPackets)
                     .arg(counters.networkSentPackets)
               : tr("not counted"));
    QString memory = tr("not known");
    if (counters.guestMemoryBytes > 0)
        memory = tr("%1 of %2 in use")
                     .arg(bytes(counters.guestMemoryBytes - counters.guestAvailableBytes),
                          bytes(counters.guestMemoryBytes));
    if (counters.balloonBytes > 0)
        memory = tr("%1; %2 given to the host").arg(memory, bytes(counters.balloonBytes));
    setRow(QStringLiteral("guestMemory"), memory);
    // Nothing was measured yet: the first totals are no rate.
    if (counters.cpuNanoseconds == 0 && counters.memoryBytes == 0)
        return;
    if (m_history.add(counters, m_clock.elapsed()))
        m_charts->show(&m_history, m_acceleration, 1, 0);
}

void SessionInformation::copyAll() const
{
    QString text;
    for (int row = 0; row < m_form->rowCount(); ++row) {
        const auto *label =
            qobject_cast<QLabel *>(m_form->itemAt(row, QFormLayout::LabelRole)->widget());
        const auto *value =
            qobject_cast<QLabel *>(m_form->itemAt(row, QFormLayout::FieldRole)->widget());
        QString lines = value->text();
        lines.replace(u'\n', QStringLiteral("\n  "));
        text += label->text() + u' ' + lines + u'\n';
    }
    QGuiApplication::clipboard()->setText(text);
}

} // namespace ui
