// SPDX-License-Identifier: GPL-3.0-or-later
// A keyboard window for a machine: 105 keys with the letters of the layout the guest has, and media
// keys. A click on a modifier holds it for the next key, a second one locks it, a third lets go.
// The window does not take the keyboard focus from the guest; where a desktop gives it the focus
// all the same, arrows move between the keys and Space presses them.
//
// Keys that are held are released when the window goes away.
#pragma once

#include "engine/host/input_sink.h"
#include "ui/soft_keyboard_keys.h"

#include <QtCore/QHash>
#include <QtCore/QTimer>
#include <QtCore/QUuid>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QDialog>

#include <functional>
#include <memory>
#include <optional>

class QLabel;

namespace engine {
class KeyboardLayout;
}

namespace ui {

class LayoutChoice;

// One key. Paints itself from the palette; up to four letters at their places on a real key.
class SoftKeyButton final : public QAbstractButton
{
    Q_OBJECT
public:
    enum class Hold { None, Once, Locked }; // modifiers

    SoftKeyButton(const SoftKey &key, QWidget *parent);

    const SoftKey &key() const { return m_key; }
    void setLetters(const engine::KeyboardLayout *layout);
    void setLevel(bool hasShift, bool hasAltGr); // which letter counts now
    void setHold(Hold hold);
    Hold hold() const { return m_hold; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override; // arrows go to the keyboard

private:
    void updateName();

    const SoftKey m_key;
    QString m_letters[4]; // plain, Shift, AltGr, both
    int m_level = 0;
    Hold m_hold = Hold::None;
};

// A dialog, because screen readers would not know what a bare window is.
class SoftKeyboard final : public QDialog
{
    Q_OBJECT
public:
    explicit SoftKeyboard(const QUuid &machine, QWidget *window);
    ~SoftKeyboard() override;

    void setMachineName(const QString &name);
    // Asked some times a second while the keyboard is shown; nullopt: not known, no lights.
    void setLights(std::function<std::optional<engine::LockLights>()> lights);
    QString layoutId() const;

    QSize sizeHint() const override;

signals:
    void keyMoved(engine::ScanCode code, engine::KeyMotion motion);
    void visibilityChanged(bool isVisible);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    class Board;

    void pressed(SoftKeyButton *button);
    void released(SoftKeyButton *button);
    void toggleModifier(SoftKeyButton *button);
    void letGo(bool lockedToo);
    void updateLevel();
    void setLayoutId(const QString &id);
    void showLights();
    void placeBelowWindow();

    const QUuid m_machine;
    LayoutChoice *m_layout;
    QLabel *m_lights;
    Board *m_board;
    QTimer m_lightsTimer;
    std::function<std::optional<engine::LockLights>()> m_askLights;
    std::shared_ptr<const engine::KeyboardLayout> m_letters;
    QList<SoftKeyButton *> m_buttons;
    bool m_isPlaced = false; // from then on it is where the user puts it
    QList<engine::ScanCode> m_down; // ordinary keys held with the pointer
};

} // namespace ui
