// SPDX-License-Identifier: GPL-3.0-or-later
// The way to a machine, short or long: choose or drop an ISO or a disk, look at the suggestion,
// Create and start. The guided mode goes through it in four steps, of which the first is enough;
// expert mode has everything on one page. Both show the same fields, and the mode is remembered.
// The catalogue, the ISO, disks and the making are worked on in the background.
//
// Main thread only.
#pragma once

#include "engine/catalog/machine_maker.h"
#include "engine/drivers/driver.h"
#include "wizards/disk_prober.h"
#include "wizards/media_identifier.h"

#include <QtCore/QTimer>
#include <QtWidgets/QDialog>

class QCheckBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QVBoxLayout;

namespace wizards {

class PlanForm;
class SentenceList;

class NewMachineWizard final : public QDialog
{
    Q_OBJECT
public:
    // `loader` is called on a thread of its own.
    NewMachineWizard(engine::MachineStore &store, MediaIdentifier::Loader loader,
                     QWidget *parent = nullptr);
    // Tests give the computer, too.
    NewMachineWizard(engine::MachineStore &store, const engine::HostFacts &host,
                     MediaIdentifier::Loader loader, QWidget *parent = nullptr);
    ~NewMachineWizard() override;

    // An ISO, a disk image, or nothing: as if the user had chosen it.
    void setPath(const QString &path);
    // Until it is known, nothing is said about speed.
    void setAcceleration(const engine::Acceleration &acceleration);
    void reject() override; // while a machine is made: takes that back and stays open

signals:
    void created(const engine::MachineEntry &entry, bool startNow);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    enum Step { NameStep, HardwareStep, DiskStep, SummaryStep, StepCount };

    void build();
    void buildSource();
    QHBoxLayout *buildButtons();
    void setExpert(bool isExpert);
    void setStep(int step);
    void fitWindow();
    void growWindow(); // when there is more to say
    void chooseFile();
    void identified(const QString &path, const std::optional<engine::MediaInfo> &media,
                    const std::optional<engine::Error> &error);
    void showMedia(const engine::MediaInfo &media);
    void suggest(bool isUsersSystem);
    void showDetected(const QString &iconName, const QString &text);
    engine::NewMachinePlan plan() const;
    void update();
    // What is known of the existing disks; true when one of them cannot be used.
    bool showDisks(const engine::NewMachinePlan &plan);
    // True when there is no room for what is taken at once.
    bool showFit(const engine::NewMachinePlan &plan, const QList<engine::PlanProblem> &problems);
    void showSummary(const engine::NewMachinePlan &plan);
    void create(bool startNow);
    void finished(engine::Result<engine::MachineEntry> made);
    void setMaking(bool isMaking);

    engine::MachineStore &m_store;
    engine::HostFacts m_host;
    engine::Acceleration m_acceleration;
    MediaIdentifier m_identifier;
    DiskProber m_prober;
    engine::MediaInfo m_media; // of the ISO, or empty
    QString m_diskPath; // when the machine starts from a disk image
    bool m_hasSystems = false;
    bool m_isMediaBad = false;
    bool m_startNow = false;
    bool m_isExpert = false;
    int m_step = NameStep;
    engine::MachineMaker *m_maker = nullptr;
    QTimer m_hostTimer; // what is free changes while somebody thinks

    QWidget *m_source;
    QLineEdit *m_path;
    QPushButton *m_browse;
    QLabel *m_detectedIcon;
    QLabel *m_detected;
    QCheckBox *m_networkBoot;
    PlanForm *m_form;
    QLabel *m_heading;
    QStackedWidget *m_steps;
    QList<QVBoxLayout *> m_stepLayouts;
    QScrollArea *m_expertArea;
    QVBoxLayout *m_expertLayout;
    QList<QLabel *> m_expertTitles;
    QLabel *m_brief;
    QLabel *m_summary;
    SentenceList *m_fit;
    QLabel *m_failure;
    QProgressBar *m_progress;
    QPushButton *m_expert;
    QPushButton *m_back;
    QPushButton *m_next;
    QPushButton *m_createAndStart;
    QPushButton *m_create;
    QPushButton *m_cancel;
};

} // namespace wizards
