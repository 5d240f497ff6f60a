// SPDX-License-Identifier: GPL-3.0-or-later
// The manager's right side: the selected machine's picture and facts, or why it cannot be read and
// what to do.
#pragma once

#include "engine/machine/machine_store.h"
#include "ui/machine_facts.h"
#include "ui/machine_state.h"

#include <QtGui/QImage>
#include <QtWidgets/QScrollArea>

class QLabel;
class QVBoxLayout;

namespace engine {
struct MachineStatus;
}

namespace ui {

// The guest's newest picture, or its state in words.
class PreviewWidget final : public QWidget
{
    Q_OBJECT
public:
    explicit PreviewWidget(QWidget *parent = nullptr);
    void show(const QImage &picture, MachineState state);
    QImage picture() const { return m_picture; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QImage m_picture;
    MachineState m_state = MachineState::PoweredOff;
};

class DetailsPane final : public QScrollArea
{
    Q_OBJECT
public:
    explicit DetailsPane(QWidget *parent = nullptr);

    void showMachine(const engine::MachineEntry &entry, MachineState state,
                     const engine::MachineStatus *status);
    void showPicture(const QImage &picture, MachineState state);
    // A group of machines, each with its state.
    void showGroup(const QString &name, const QList<Fact> &machines);
    void clear();

signals:
    // Double click on a section: "general", "system", ... as SettingsDialog names its pages.
    void sectionChosen(const QString &id);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void rebuild(const engine::MachineEntry &entry, const engine::MachineStatus *status);
    void showBoxes(const QList<FactBox> &boxes);

    QWidget *m_content;
    QLabel *m_tile;
    QLabel *m_name;
    QLabel *m_state;
    PreviewWidget *m_preview;
    QWidget *m_boxes = nullptr;
    QVBoxLayout *m_layout;
    QString m_shown; // what the boxes say, to leave them alone when nothing changed
};

} // namespace ui
