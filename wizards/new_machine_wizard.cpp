// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_machine_wizard.h"

#include "engine/catalog/existing_disk.h"
#include "engine/machine/qt_text.h"
#include "ui/dropped_file.h"
#include "ui/icons.h"
#include "ui/os_names.h"
#include "wizards/disk_section.h"
#include "wizards/plan_form.h"
#include "wizards/plan_summary.h"
#include "wizards/sentence_list.h"
#include "wizards/wizard_mode.h"

#include <QtCore/QFileInfo>
#include <QtCore/QMimeData>
#include <QtGui/QDragEnterEvent>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <utility>

namespace wizards {

using engine::FitSentence;

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

void NewMachineWizard::setAcceleration(const engine::Acceleration &acceleration)
{
    m_acceleration = acceleration;
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
        showMedia(*media);
    }
    if (m_identifier.catalog())
        suggest(false);
    update();
    if (!path.isEmpty() && !m_isMediaBad)
        m_createAndStart->setFocus(); // the second click, or Enter
}

void NewMachineWizard::showMedia(const engine::MediaInfo &media)
{
    const QString bits = media.architecture == QLatin1String("x86_64") ? tr("64-bit")
        : media.architecture == QLatin1String("i686")                  ? tr("32-bit")
                                                                       : media.architecture;
    QString text;
    if (!media.isBootable && media.osId.isEmpty())
        text = tr("This ISO does not seem to be bootable: nothing will start from it. Choose "
                  "another one, or go on anyway.");
    else if (media.osId.isEmpty())
        text = tr("%1: not a system that we know. Choose the nearest below.")
                   .arg(media.label.isEmpty() ? media.volumeId : media.label);
    else if (!media.isExact)
        text = media.note + u'.';
    else if (bits.isEmpty())
        text = tr("%1, detected").arg(media.label);
    else
        text = tr("%1, %2, detected").arg(media.label, bits);
    showDetected(QStringLiteral("os-") + ui::osTile(media.osId), text);
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
        engine::NewMachinePlan sized = engine::suggestPlan(catalog, media, m_store, m_host);
        sized.name = plan.name;
        sized.disks = plan.disks;
        sized.isoPath.clear();
        plan = sized;
    }
    m_form->setFolder(m_store.machineFolder());
    m_form->suggest(plan);
}

void NewMachineWizard::showDetected(const QString &iconName, const QString &text)
{
    m_detectedIcon->setPixmap(ui::icon(iconName).pixmap(QSize(40, 40), devicePixelRatioF()));
    m_detected->setText(text);
    m_detected->setAccessibleName(text);
}

engine::NewMachinePlan NewMachineWizard::plan() const
{
    engine::NewMachinePlan plan = m_form->plan();
    plan.isNetworkBoot = m_networkBoot->isChecked();
    return plan;
}

void NewMachineWizard::update()
{
    const bool isReady = m_identifier.catalog() && !m_identifier.isBusy() && !m_maker;
    m_form->setEnabled(isReady);
    QList<engine::PlanProblem> problems;
    bool isDiskBad = false;
    if (isReady) {
        const engine::NewMachinePlan wanted = plan();
        problems = engine::planProblems(wanted, m_store);
        isDiskBad = showDisks(wanted);
        isDiskBad |= showFit(wanted, problems);
        showSummary(wanted);
    }
    if (!m_maker)
        m_form->showProblems(problems);
    for (QPushButton *button : {m_createAndStart, m_create})
        button->setEnabled(isReady && problems.isEmpty() && !m_isMediaBad && !isDiskBad);
    m_next->setEnabled(!m_maker);
    m_back->setEnabled(!m_maker && m_step > NameStep);
    m_expert->setEnabled(!m_maker);
    growWindow();
}

bool NewMachineWizard::showDisks(const engine::NewMachinePlan &plan)
{
    bool isBad = false;
    QList<FitSentence> ofSelected;
    for (int i = 0; i < plan.disks.size(); ++i) {
        const engine::PlannedDisk &disk = plan.disks.at(i);
        const bool isSelected = i == m_form->diskSection().selected();
        if (disk.source == engine::DiskSource::New || disk.path.isEmpty()
            || !QFileInfo(disk.path).isFile())
            continue;
        QList<FitSentence> remarks;
        const DiskProber::Outcome outcome = m_prober.look(disk.path);
        if (!outcome) {
            isBad = true; // until it has been looked at
            remarks.append(
                {FitSentence::Severity::Good, FitSentence::Topic::Disk, tr("Looking at it")});
        } else if (!*outcome) {
            isBad = true;
            const engine::Error &error = outcome->error();
            const QString remedy = engine::toQString(error.remedy());
            remarks.append({FitSentence::Severity::Problem, FitSentence::Topic::Disk,
                            engine::errorText(error)
                                + (remedy.isEmpty() ? QString() : QStringLiteral(": ") + remedy)});
        } else {
            remarks = engine::existingDiskRemarks(**outcome, disk.source,
                                                  engine::userOfDisk(disk.path, m_store));
            isBad |= std::any_of(remarks.begin(), remarks.end(), [](const FitSentence &remark) {
                return remark.severity == FitSentence::Severity::Problem;
            });
        }
        if (isSelected)
            ofSelected = remarks;
    }
    m_form->diskSection().setRemarks(ofSelected);
    return isBad;
}

bool NewMachineWizard::showFit(const engine::NewMachinePlan &plan,
                               const QList<engine::PlanProblem> &problems)
{
    engine::FitRequest request =
        engine::fitRequestFor(plan, m_store, [this](const QString &path) -> engine::ExistingSize {
            const DiskProber::Outcome outcome = m_prober.look(path);
            if (!outcome || !*outcome)
                return {};
            return {(*outcome)->virtualSizeBytes, (*outcome)->allocatedBytes};
        });
    request.isAccelerationKnown = m_acceleration.kind != engine::Acceleration::Kind::Unknown;
    request.isAccelerated = m_acceleration.kind == engine::Acceleration::Kind::Hardware;
    request.accelerationReason = m_acceleration.reason;
    request.accelerationRemedy = m_acceleration.remedy;
    QList<FitSentence> sentences;
    // What is wrong on a step that is not shown would go unseen.
    const auto stepOf = [](engine::PlanField field) {
        switch (field) {
        case engine::PlanField::Memory:
        case engine::PlanField::Cpus:
        case engine::PlanField::Firmware:
        case engine::PlanField::SecureBoot:
        case engine::PlanField::Tpm:
        case engine::PlanField::Network:
            return HardwareStep;
        case engine::PlanField::Disk:
            return DiskStep;
        default:
            return NameStep;
        }
    };
    for (const engine::PlanProblem &problem : problems) {
        if (!m_isExpert && stepOf(problem.field) != m_step)
            sentences.append(
                {FitSentence::Severity::Problem, FitSentence::Topic::Disk, problem.text});
    }
    if (const QString ended = engine::endOfLifeText(plan.preset.endOfLife); !ended.isEmpty())
        sentences.append({FitSentence::Severity::Warning, FitSentence::Topic::Speed,
                          tr("%1: this system gets no updates any more").arg(ended)});
    bool isBad = false;
    for (const FitSentence &sentence : engine::predictFit(request, m_host)) {
        const bool isTold =
            std::any_of(problems.begin(), problems.end(), [&](const engine::PlanProblem &problem) {
                return problem.text == sentence.text;
            });
        if (!isTold)
            sentences.append(sentence);
        isBad |= sentence.topic == FitSentence::Topic::Disk
            && sentence.severity == FitSentence::Severity::Problem;
    }
    m_fit->setSentences(sentences);
    return isBad;
}

void NewMachineWizard::showSummary(const engine::NewMachinePlan &plan)
{
    const QString system = plan.osId.isEmpty() ? tr("Other or unknown") : ui::osName(plan.osId);
    m_brief->setText(briefSummary(plan));
    m_summary->setText(fullSummary(plan, system, m_store.machineFolder()));
}

void NewMachineWizard::create(bool startNow)
{
    if (m_maker)
        return;
    m_startNow = startNow;
    m_failure->hide();
    m_maker = new engine::MachineMaker(
        m_store, plan(),
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
    m_source->setEnabled(!isMaking);
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
    QString text = tr("The machine was not made, and nothing is left of it: %1")
                       .arg(engine::errorText(made.error()));
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

void NewMachineWizard::setExpert(bool isExpert)
{
    m_isExpert = isExpert;
    m_form->setAllShown(isExpert);
    // The same widgets in other places, so that every value stays.
    const QList<QList<QWidget *>> parts{
        {m_source, m_form->names()}, {m_form->hardware(), m_form->network()}, {m_form->disks()}};
    for (qsizetype i = 0; i < parts.size(); ++i) {
        m_expertTitles.at(i)->setVisible(isExpert);
        for (qsizetype j = 0; j < parts.at(i).size(); ++j) {
            if (isExpert)
                m_expertLayout->insertWidget(
                    m_expertLayout->indexOf(m_expertTitles.at(i)) + 1 + int(j), parts.at(i).at(j));
            else
                m_stepLayouts.at(i)->insertWidget(int(j), parts.at(i).at(j));
        }
    }
    m_steps->setVisible(!isExpert);
    m_expertArea->setVisible(isExpert);
    m_heading->setVisible(!isExpert);
    m_back->setVisible(!isExpert);
    m_next->setVisible(!isExpert);
    const bool wasBlocked = m_expert->blockSignals(true);
    m_expert->setChecked(isExpert);
    m_expert->blockSignals(wasBlocked);
    setStep(isExpert ? int(NameStep) : m_step);
    fitWindow();
}

void NewMachineWizard::setStep(int step)
{
    m_step = qBound(0, step, StepCount - 1);
    m_steps->setCurrentIndex(m_step);
    static const char *const Titles[] = {QT_TR_NOOP("Name and system"), QT_TR_NOOP("Hardware"),
                                         QT_TR_NOOP("Disk"), QT_TR_NOOP("Summary")};
    //: The first two are numbers, the third is what the step is about
    m_heading->setText(
        tr("Step %1 of %2: %3").arg(m_step + 1).arg(int(StepCount)).arg(tr(Titles[m_step])));
    m_next->setVisible(!m_isExpert && m_step < SummaryStep);
    m_back->setVisible(!m_isExpert && m_step > NameStep);
    update();
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
