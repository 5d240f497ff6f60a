// SPDX-License-Identifier: GPL-3.0-or-later
// Asks before text is typed into a guest: how much it is and how it begins, which keyboard layout
// the guest has, what that layout cannot type, how fast.
#pragma once

#include <QtCore/QUuid>
#include <QtWidgets/QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;

namespace ui {

class LayoutChoice;

class TypeDialog final : public QDialog
{
    Q_OBJECT
public:
    TypeDialog(const QString &text, const QUuid &machine, QWidget *parent = nullptr);

    QString text() const; // without what the layout lacks
    QString layoutName() const;
    int rate() const; // keys a second

    void accept() override; // remembers the layout for this machine

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void look();
    void makeRoom();

    const QString m_text;
    const QUuid m_machine;
    LayoutChoice *m_layout;
    QComboBox *m_speed;
    QLabel *m_time;
    QLabel *m_missing;
    QCheckBox *m_leaveOut;
    QPushButton *m_type;
    QList<char32_t> m_missingCharacters;
};

} // namespace ui
