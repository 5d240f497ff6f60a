// SPDX-License-Identifier: GPL-3.0-or-later
// The short way to a machine: choose or drop an ISO or a disk, look at the suggestion, Create and
// start. One page; the catalogue, the ISO and the new disk are worked on in the background.
//
// Main thread only.
#pragma once

#include "engine/catalog/machine_maker.h"
#include "wizards/media_identifier.h"

#include <QtWidgets/QDialog>

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace wizards {

class PlanForm;

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
    void reject() override; // while a machine is made: takes that back and stays open

signals:
    void created(const engine::MachineEntry &entry, bool startNow);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void build();
    void chooseFile();
    void identified(const QString &path, const std::optional<engine::MediaInfo> &media,
                    const std::optional<engine::Error> &error);
    void suggest(bool isUsersSystem);
    void showDetected(const QString &iconName, const QString &text);
    void update();
    void create(bool startNow);
    void finished(engine::Result<engine::MachineEntry> made);
    void setMaking(bool isMaking);

    engine::MachineStore &m_store;
    engine::HostFacts m_host;
    MediaIdentifier m_identifier;
    engine::MediaInfo m_media; // of the ISO, or empty
    QString m_diskPath; // when the machine starts from a disk image
    bool m_hasSystems = false;
    bool m_isMediaBad = false;
    bool m_startNow = false;
    engine::MachineMaker *m_maker = nullptr;

    QLineEdit *m_path;
    QPushButton *m_browse;
    QLabel *m_detectedIcon;
    QLabel *m_detected;
    PlanForm *m_form;
    QLabel *m_failure;
    QProgressBar *m_progress;
    QPushButton *m_createAndStart;
    QPushButton *m_create;
    QPushButton *m_cancel;
};

} // namespace wizards
