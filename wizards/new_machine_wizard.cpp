// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_machine_wizard.h"

#include "engine/machine/qt_text.h"
#include "ui/dropped_file.h"
#include "ui/icons.h"
#include "ui/os_names.h"
#include "wizards/plan_form.h"

#include <QtCore/QMimeData>
#include <QtGui/QDragEnterEvent>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFrame>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyle>
#include <QtWidgets/QVBoxLayout>

#include <utility>

namespace wizards {

NewMachineWizard::NewMachineWizard(engine::MachineStore &store, MediaIdentifier::Loader loader,
                                   QWidget *parent)
    : NewMachineWizard(store, engine::HostFacts::current(), std::move(loader), parent)
{ }

NewMachineWizard::NewMachineWizard(engine::MachineStore &store, const engine::HostFacts &host,
                                   MediaIdentifier::Loader loader, QWidget *parent)
    : QDialog(parent)
    , m_store(store)
    , m_host(host)
    , m_identifier(std::move(loader))
    , m_path(new QLineEdit(this))
    , m_browse(new QPushButton(ui::icon(QStringLiteral("media-optical")), tr("&Choose..."), this))
    , m_detectedIcon(new QLabel(this))
    , m_detected(new QLabel(this))
    , m_form(new PlanForm(host, this))
    , m_failure(new QLabel(this))
    , m_progress(new QProgressBar(this))
{
    setObjectName(QStringLiteral("newMachineWizard"));
    setWindowTitle(tr("New Machine"));
    setAcceptDrops(true);
    build();
    connect(&m_identifier, &MediaIdentifier::finished, this, &NewMachineWizard::identified);
    connect(m_form, &PlanForm::changed, this, &NewMachineWizard::update);
    connect(m_form, &PlanForm::systemChosen, this, [this] { suggest(true); });
    setPath({});
}

NewMachineWizard::~NewMachineWizard() = default;

void NewMachineWizard::build()
{
    m_path->setObjectName(QStringLiteral("path"));
    m_path->setAccessibleName(tr("ISO or disk image"));
    m_path->setPlaceholderText(tr("Drop an ISO or a disk image here, or choose one"));
    m_path->setClearButtonEnabled(true);
    m_browse->setObjectName(QStringLiteral("browse"));
    m_browse->setAutoDefault(false);
    auto *pathLabel = new QLabel(tr("&Install from:"), this);
    pathLabel->setBuddy(m_path);
    pathLabel->setMinimumWidth(m_form->labelWidth());
    auto *source = new QHBoxLayout;
    source->setSpacing(style()->pixelMetric(QStyle::PM_LayoutHorizontalSpacing)); // the form's
    source->addWidget(pathLabel);
    source->addWidget(m_path, 1);
    source->addWidget(m_browse);

    m_detected->setObjectName(QStringLiteral("detected"));
    m_detected->setTextFormat(Qt::PlainText);
    m_detected->setWordWrap(true);
    auto *banner = new QFrame(this);
    banner->setFrameShape(QFrame::StyledPanel);
    banner->setAutoFillBackground(true);
    banner->setBackgroundRole(QPalette::Base);
    auto *bannerLayout = new QHBoxLayout(banner);
    bannerLayout->addWidget(m_detectedIcon);
    bannerLayout->addWidget(m_detected, 1);
    m_detectedIcon->setFixedSize(40, 40);

    m_failure->setObjectName(QStringLiteral("failure"));
    m_failure->setTextFormat(Qt::PlainText);
    m_failure->setWordWrap(true);
    m_failure->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_failure->hide();
    m_progress->setObjectName(QStringLiteral("progress"));
    m_progress->setAccessibleName(tr("Progress of making the machine"));
    m_progress->hide();

    auto *buttons = new QDialogButtonBox(this);
    m_createAndStart = buttons->addButton(tr("Create and s&tart"), QDialogButtonBox::AcceptRole);
    m_createAndStart->setObjectName(QStringLiteral("createAndStart"));
    m_createAndStart->setIcon(ui::icon(QStringLiteral("media-playback-start")));
    m_createAndStart->setDefault(true);
    m_create = buttons->addButton(tr("Cre&ate"), QDialogButtonBox::ActionRole);
    m_create->setObjectName(QStringLiteral("create"));
    m_create->setAutoDefault(false);
    m_cancel = buttons->addButton(QDialogButtonBox::Cancel);
    m_cancel->setObjectName(QStringLiteral("cancel"));
    m_cancel->setAutoDefault(false);
    connect(m_createAndStart, &QPushButton::clicked, this, [this] { create(true); });
    connect(m_create, &QPushButton::clicked, this, [this] { create(false); });
    connect(m_cancel, &QPushButton::clicked, this, &NewMachineWizard::reject);
    connect(m_browse, &QPushButton::clicked, this, &NewMachineWizard::chooseFile);
    connect(m_path, &QLineEdit::editingFinished, this, [this] {
        const QString shown = m_diskPath.isEmpty() ? m_media.path : m_diskPath;
        if (m_path->text() != shown)
            setPath(m_path->text());
    });

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addLayout(source);
    layout->addWidget(banner);
    layout->addWidget(m_form);
    layout->addStretch();
    layout->addWidget(m_failure);
    layout->addWidget(m_progress);
    layout->addWidget(buttons);
    setMinimumWidth(600);
}

void NewMachineWizard::setPath(const QString &path)
{
    if (m_maker)
        return;
    m_isMediaBad = false;
    m_media = {};
    m_diskPath = ui::droppedKind(path) == ui::DroppedKind::DiskImage ? path : QString();
    if (m_diskPath.isEmpty())
        m_media.path = path;
    m_form->followMedium(!m_diskPath.isEmpty());
    m_path->setText(path);
    showDetected(QStringLiteral("media-optical"),
                 path.isEmpty() ? tr("Reading the list of systems...") : tr("Looking at it..."));
    m_identifier.identify(m_media.path);
    update();
}

void NewMachineWizard::identified(const QString &path,
                                  const std::optional<engine::MediaInfo> &media,
                                  const std::optional<engine::Error> &error)
{
    if (m_identifier.catalog() && !m_hasSystems) {
        m_hasSystems = true;
        m_form->setSystems(m_identifier.catalog()->systems());
    }
    if (error) {
        m_isMediaBad = true;
        const QString remedy = engine::toQString(error->remedy());
        showDetected(QStringLiteral("dialog-error"),
                     engine::errorText(*error) + u'\n'
                         + (remedy.isEmpty() ? tr("Choose another file.") : remedy));
    } else if (!m_diskPath.isEmpty()) {
        showDetected(QStringLiteral("drive-harddisk"),
                     tr("A disk image: the machine starts from it. Choose its system below."));
    } else if (!media) {
        showDetected(QStringLiteral("computer"),
                     tr("No medium: the machine is made empty. Choose an ISO to install from."));
    } else {
        m_media = *media;
        m_media.path = path;
        const QString bits = media->architecture == QLatin1String("x86_64") ? tr("64-bit")
            : media->architecture == QLatin1String("i686")                  ? tr("32-bit")
                                                                            : media->architecture;
        const QString icon = QStringLiteral("os-") + ui::osTile(media->osId);
        if (media->osId.isEmpty())
            showDetected(icon,
                         media->isBootable
                             ? tr("%1: not a system that we know. Choose the nearest below.")
                                   .arg(media->label.isEmpty() ? media->volumeId : media->label)
                             : tr("This ISO does not seem to be bootable: nothing will start from "
                                  "it. Choose another one, or go on anyway."));
        else if (!media->isExact)
            showDetected(icon, media->note + u'.');
        else if (bits.isEmpty())
            showDetected(icon, tr("%1, detected").arg(media->label));
        else
            showDetected(icon, tr("%1, %2, detected").arg(media->label, bits));
    }
    if (m_identifier.catalog())
        suggest(false);
    update();
    if (!path.isEmpty() && !m_isMediaBad)
        m_createAndStart->setFocus(); // the second click, or Enter
}

void NewMachineWizard::suggest(bool isUsersSystem)
{
    if (!m_identifier.catalog() || m_identifier.isBusy())
        return;
    const engine::OsCatalog &catalog = *m_identifier.catalog();
    engine::MediaInfo media = m_isMediaBad ? engine::MediaInfo{} : m_media;
    if (isUsersSystem) {
        media.osId = m_form->plan().osId;
        const auto system = catalog.system(media.osId);
        media.label = system ? system->name : QString();
    }
    engine::NewMachinePlan plan = m_diskPath.isEmpty()
        ? engine::suggestPlan(catalog, media, m_store, m_host)
        : engine::suggestPlanForDisk(catalog, m_diskPath, m_store, m_host);
    if (isUsersSystem && !m_diskPath.isEmpty()) {
        const engine::NewMachinePlan sized = engine::suggestPlan(catalog, media, m_store, m_host);
        plan.osId = sized.osId;
        plan.preset = sized.preset;
        plan.memoryMiB = sized.memoryMiB;
        plan.cpus = sized.cpus;
        plan.firmware = sized.firmware;
    }
    m_form->setFolder(plan.folder.isEmpty() ? m_store.machineFolder() : plan.folder);
    m_form->suggest(plan);
}

void NewMachineWizard::showDetected(const QString &iconName, const QString &text)
{
    m_detectedIcon->setPixmap(ui::icon(iconName).pixmap(QSize(40, 40), devicePixelRatioF()));
    m_detected->setText(text);
    m_detected->setAccessibleName(text);
}

void NewMachineWizard::update()
{
    const bool isReady = m_identifier.catalog() && !m_identifier.isBusy() && !m_maker;
    m_form->setEnabled(isReady);
    QList<engine::PlanProblem> problems;
    if (isReady)
        problems = engine::planProblems(m_form->plan(), m_store);
    if (!m_maker)
        m_form->showProblems(problems);
    for (QPushButton *button : {m_createAndStart, m_create})
        button->setEnabled(isReady && problems.isEmpty() && !m_isMediaBad);
}

void NewMachineWizard::create(bool startNow)
{
    if (m_maker)
        return;
    m_startNow = startNow;
    m_failure->hide();
    m_maker = new engine::MachineMaker(
        m_store, m_form->plan(),
        [this](engine::Result<engine::MachineEntry> made) { finished(std::move(made)); }, this);
    connect(m_maker, &engine::MachineMaker::progressed, m_progress, [this](int percent) {
        m_progress->setRange(0, 100);
        m_progress->setValue(percent);
    });
    setMaking(true);
    m_maker->start();
}

void NewMachineWizard::setMaking(bool isMaking)
{
    m_progress->setRange(0, 0);
    m_progress->setVisible(isMaking);
    m_path->setEnabled(!isMaking);
    m_browse->setEnabled(!isMaking);
    m_cancel->setEnabled(true);
    if (isMaking)
        m_cancel->setFocus();
    update();
}

void NewMachineWizard::finished(engine::Result<engine::MachineEntry> made)
{
    std::exchange(m_maker, nullptr)->deleteLater(); // we are in its callback
    setMaking(false);
    if (made) {
        accept();
        emit created(*made, m_startNow);
        return;
    }
    if (made.error().kind() == engine::ErrorKind::Cancelled)
        return;
    QString text = tr("The machine was not made: %1").arg(engine::errorText(made.error()));
    if (!made.error().remedy().empty())
        text += u'\n' + engine::toQString(made.error().remedy());
    m_failure->setText(tr("\u26a0 %1").arg(text));
    m_failure->show();
}

void NewMachineWizard::reject()
{
    if (m_maker) {
        m_cancel->setEnabled(false); // until what was made is gone again
        m_maker->cancel();
        return;
    }
    QDialog::reject();
}

void NewMachineWizard::chooseFile()
{
    auto *dialog = new QFileDialog(
        this, tr("Choose an ISO or a Disk Image"), {},
        tr("Optical and disk images (*.iso *.ISO *.qcow2 *.vdi *.vmdk *.vhdx *.vhd *.raw "
           "*.img);;All files (*)"));
    dialog->setObjectName(QStringLiteral("fileDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &NewMachineWizard::setPath);
    dialog->open();
}

void NewMachineWizard::dragEnterEvent(QDragEnterEvent *event)
{
    const QString path = ui::droppedPath(event->mimeData());
    const ui::DroppedKind kind = ui::droppedKind(path);
    if (!m_maker && (kind == ui::DroppedKind::OpticalImage || kind == ui::DroppedKind::DiskImage))
        event->acceptProposedAction();
}

void NewMachineWizard::dropEvent(QDropEvent *event)
{
    const QString path = ui::droppedPath(event->mimeData());
    event->acceptProposedAction();
    QMetaObject::invokeMethod(
        this, [this, path] { setPath(path); }, Qt::QueuedConnection);
}

} // namespace wizards
