// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the machine window that follows the machine's life: states, troubles, closing, end.
#include "display/frame_view.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/machine_store.h"
#include "engine/machine/qt_text.h"
#include "ui/close_dialog.h"
#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/console_menus.h"
#include "ui/console_screen.h"
#include "ui/console_status_bar.h"
#include "ui/console_window.h"
#include "ui/error_box.h"
#include "ui/guest_services.h"
#include "ui/message_bar.h"
#include "ui/mini_tool_bar.h"
#include "ui/monitor_windows.h"
#include "ui/session_information.h"

#include <QtCore/QJsonDocument>
#include <QtGui/QCloseEvent>
#include <QtWidgets/QMessageBox>

#include <utility>

namespace ui {

namespace {

const QString ProblemKey = QStringLiteral("problem");
const QString SavingKey = QStringLiteral("saving");
const QString SlowKey = QStringLiteral("softwareEmulation");

bool isOver(engine::Driver::State state)
{
    using State = engine::Driver::State;
    return state == State::Off || state == State::Aborted || state == State::Saved;
}

} // namespace

// What the machine's settings say; a bar that was switched by hand stays until they say another.
void ConsoleWindow::applyLook(bool isFirst)
{
    const WindowLook look = WindowLook::from(m_client.status().extraData);
    if (look == m_look && !isFirst)
        return;
    const WindowLook before = std::exchange(m_look, look);
    if (isFirst || look.hasMenuBar != before.hasMenuBar)
        m_actions->action(Command::ShowMenuBar)->setChecked(look.hasMenuBar);
    if (isFirst || look.hasStatusBar != before.hasStatusBar)
        m_actions->action(Command::ShowStatusBar)->setChecked(look.hasStatusBar);
    if (isFirst || look.isGuestResized != before.isGuestResized)
        m_actions->action(Command::AutoResize)->setChecked(look.isGuestResized);
    m_guest->setAutoResize(m_actions->action(Command::AutoResize)->isChecked());
    m_monitors->setAutoResize(m_actions->action(Command::AutoResize)->isChecked());
    m_actions->action(Command::ShowMiniToolBar)
        ->setChecked(look.hasMiniToolBar.value_or(m_preferences.showMiniToolBar));
    m_screen->miniToolBar().setAtBottom(look.isMiniToolBarAtBottom);
    updateBars();
    if (!(look == before))
        fitToGuest(FitBy::Guest);
    if (!isFirst || (!look.isScaled && !look.zoomPercent))
        return; // the View menu's from here on
    ScreenScale scale = m_screen->scale();
    if (look.isScaled)
        scale.mode = display::ScaleMode::Fit;
    else
        scale = {display::ScaleMode::Zoom, *look.zoomPercent};
    applyScale(scale);
    if (!scale.isFitted())
        fitToGuest(FitBy::Guest);
}

// The machine keeps it, so that the next window looks the same.
void ConsoleWindow::rememberLook()
{
    const auto entry = engine::readMachine(m_client.status().folder);
    if (!entry)
        return;
    engine::MachineDefinition changed = entry->definition;
    WindowLook look = WindowLook::from(changed.extraData);
    look.hasMenuBar = m_actions->action(Command::ShowMenuBar)->isChecked();
    look.hasStatusBar = m_actions->action(Command::ShowStatusBar)->isChecked();
    look.isGuestResized = m_actions->action(Command::AutoResize)->isChecked();
    if (m_look.hasMiniToolBar)
        look.hasMiniToolBar = m_actions->action(Command::ShowMiniToolBar)->isChecked();
    look.writeTo(changed.extraData);
    m_look = look;
    const auto asJson = [](const engine::MachineDefinition &definition) {
        return QJsonDocument::fromJson(engine::machineToJson(definition)).object();
    };
    m_client.call(QStringLiteral("machine.changeDefinition"),
                  {{QStringLiteral("definition"), asJson(changed)},
                   {QStringLiteral("base"), asJson(entry->definition)}},
                  [guard = QPointer(this)](const engine::Result<QJsonObject> &answer) {
                      if (guard && !answer)
                          guard->say(tr("The next window will not remember this: %1")
                                         .arg(engine::errorText(answer.error())));
                  });
}

void ConsoleWindow::changeMiniToolBar(bool isShown)
{
    if (m_look.hasMiniToolBar) { // the machine's own choice
        rememberLook();
        updateBars();
        return;
    }
    m_preferences = Preferences::load();
    m_preferences.showMiniToolBar = isShown;
    if (const auto saved = m_preferences.save(); !saved)
        showError(this, tr("The choice could not be remembered"), saved.error());
    updateBars();
}

void ConsoleWindow::statusChanged(const engine::MachineStatus &status)
{
    if (m_hasEnded)
        return;
    using State = engine::Driver::State;
    const bool isFirst = !std::exchange(m_isKnown, true);
    //: A window title: machine, state
    setWindowTitle(
        (status.isDisposableRun ? tr("%1 [%2, Disposable] - Vitrine") : tr("%1 [%2] - Vitrine"))
            .arg(status.name, stateText(status.state)));
    m_actions->setStatus(status);
    m_menus->setStatus(status);
    m_guest->setStatus(status);
    m_statusBar->setStatus(status);
    m_screen->setMachineName(status.name);
    describeScreen();
    showRecording(status.recording);
    m_screen->setPaused(status.state == State::Paused);
    m_display->setStatus(status);
    m_monitors->setStatus(status);
    if (m_information != nullptr)
        m_information->setStatus(status);
    if (m_closeDialog != nullptr)
        m_closeDialog->setStatus(status);
    updateCapture();

    if (status.state == State::Running)
        m_hasRun = true;
    showFolderTroubles(status);
    if (!status.problem)
        m_screen->messages().dismiss(ProblemKey);
    else if (!m_screen->messages().has(ProblemKey))
        showProblem(*status.problem);
    if (status.state != State::Saving)
        m_screen->messages().dismiss(SavingKey);
    else if (!m_screen->messages().has(SavingKey))
        showProgress(0);
    if (status.acceleration.kind == engine::Acceleration::Kind::Emulated)
        showSlowNotice();
    if (isFirst)
        restorePlace();
    applyLook(isFirst);
    if (isFirst && m_isPresentWanted)
        present();
    if (!isOver(status.state))
        return;
    // A window that comes while the machine is about to start sees Off, too.
    if (!m_hasRun && status.state != State::Aborted && m_lastWords == nullptr)
        return;
    if (status.state == State::Aborted && m_lastWords == nullptr) {
        endWith(tr("\"%1\" has stopped unexpectedly").arg(status.name),
                engine::makeError(engine::ErrorKind::Io,
                                  tr("The engine that ran it ended without saying why"),
                                  tr("The log may tell more")));
    }
    m_hasEnded = true;
    if (m_lastWords == nullptr)
        finish();
}

void ConsoleWindow::machineFailed(const engine::Error &error)
{
    const QString name = m_client.status().name;
    endWith(m_hasRun ? tr("\"%1\" was stopped by an error").arg(name)
                     : tr("\"%1\" could not be started").arg(name),
            error);
}

void ConsoleWindow::connectionLost()
{
    if (m_hasEnded)
        return;
    m_hasEnded = true;
    const engine::MachineStatus &status = m_client.status();
    if (m_lastWords == nullptr && status.uuid.isNull()) {
        endWith(tr("The machine's window could not be opened"),
                engine::makeError(engine::ErrorKind::NotFound,
                                  tr("There is no running machine to show")));
    } else if (m_lastWords == nullptr) {
        endWith(tr("\"%1\" has stopped unexpectedly").arg(status.name),
                engine::makeError(engine::ErrorKind::Io,
                                  tr("The process that ran the machine is gone"),
                                  tr("The log may tell more; the machine can be started "
                                     "again")));
    }
}

void ConsoleWindow::endWith(const QString &asked, const engine::Error &error)
{
    if (m_lastWords != nullptr)
        return;
    m_screen->view().releaseCapture();
    setFullScreen(false);
    // Before the first picture there is no window yet; a box alone says it as well.
    QMessageBox *box = showError(isVisible() ? this : nullptr, asked, error, m_commands->logFile());
    m_lastWords = box;
    connect(box, &QDialog::finished, this, [this] {
        m_lastWords = nullptr;
        if (m_hasEnded || !m_client.isConnected() || isOver(m_client.status().state))
            finish();
    });
}

void ConsoleWindow::finish()
{
    if (std::exchange(m_isFinished, true))
        return;
    m_hasEnded = true;
    const QList<QDialog *> dialogs = findChildren<QDialog *>();
    for (QDialog *dialog : dialogs)
        dialog->close();
    hide();
    emit finished();
}

void ConsoleWindow::showProblem(const engine::RunProblem &problem)
{
    QString text = problem.text;
    if (!problem.remedy.isEmpty())
        text += u'\n' + problem.remedy;
    m_screen->view().releaseCapture();
    m_screen->messages().post(
        {.key = ProblemKey,
         .kind = Notice::Kind::Warning,
         .text = text,
         .buttons = {{QStringLiteral("retry"), tr("Retry"), [this] { m_commands->resume(); }},
                     {QStringLiteral("problemPowerOff"), tr("Power Off…"),
                      [this] { m_commands->powerOff(); }}},
         .canBeDismissed = false});
}

void ConsoleWindow::showProgress(int percent)
{
    if (m_client.status().state != engine::Driver::State::Saving)
        return;
    const QString text = tr("Saving the machine's state: %1 %").arg(percent);
    // The line stays, so that its button can be pressed.
    if (m_screen->messages().has(SavingKey)) {
        m_screen->messages().setText(SavingKey, text);
        return;
    }
    m_screen->view().releaseCapture();
    m_screen->messages().post({.key = SavingKey,
                               .text = text,
                               .buttons = {{QStringLiteral("cancelSave"), tr("Cancel"),
                                            [this] { m_commands->cancelSave(); }}},
                               .canBeDismissed = false});
}

void ConsoleWindow::showSlowNotice()
{
    if (std::exchange(m_hasSlowNotice, true))
        return;
    m_screen->messages().post(
        {.key = SlowKey,
         .kind = Notice::Kind::Warning,
         .text = tr("This machine runs by software emulation and will be slow."),
         .toolTip = m_client.status().acceleration.reason,
         .buttons = {{QStringLiteral("whySlow"), tr("Why?"), [this] { explainAcceleration(); }}}});
}

void ConsoleWindow::explainAcceleration()
{
    m_screen->view().releaseCapture();
    const engine::Acceleration &acceleration = m_client.status().acceleration;
    const bool isSlow = acceleration.kind == engine::Acceleration::Kind::Emulated;
    auto *box = new QMessageBox(this);
    box->setObjectName(QStringLiteral("accelerationBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(isSlow ? QMessageBox::Warning : QMessageBox::Information);
    box->setWindowTitle(tr("Acceleration"));
    box->setTextFormat(Qt::PlainText);
    box->setText(isSlow
                     ? tr("The guest's processor is emulated by software, which is many times "
                          "slower than the hardware could be.")
                     : tr("The guest runs on the processor itself (%1).").arg(acceleration.text));
    QStringList more;
    for (const QString &part : {acceleration.reason, acceleration.remedy}) {
        if (!part.isEmpty())
            more.append(sentence(part));
    }
    box->setInformativeText(more.join(QStringLiteral("\n\n")));
    box->addButton(QMessageBox::Close);
    setReadableWidth(*box);
    box->open();
}

void ConsoleWindow::closeEvent(QCloseEvent *event)
{
    if (m_isFinished) {
        event->accept();
        return;
    }
    event->ignore();
    if (m_lastWords != nullptr)
        m_lastWords->close();
    else if (m_client.status().uuid.isNull())
        goToBackground(); // nothing is known yet to ask about
    else
        askToClose(m_look.closeChoice.value_or(Preferences::load().closeChoice));
}

void ConsoleWindow::askToClose(CloseChoice preferred)
{
    const bool cannotShutDown = !whyNot(m_client.status(), engine::Feature::PowerButton).isEmpty();
    // A guest that does not react to the signal must not lock the user in.
    if (preferred == CloseChoice::Shutdown && (cannotShutDown || m_hasSentShutdown))
        preferred = CloseChoice::Ask;
    if (preferred == CloseChoice::SaveState
        && !whyNot(m_client.status(), engine::Feature::SaveState).isEmpty())
        preferred = CloseChoice::Ask;
    if (preferred != CloseChoice::Ask) {
        closeBy(preferred);
        return;
    }
    m_screen->view().releaseCapture();
    if (m_closeDialog == nullptr) {
        const CloseChoice likely = m_place == Place::WindowProcess || cannotShutDown
            ? CloseChoice::Background
            : CloseChoice::Shutdown;
        m_closeDialog = new CloseDialog(m_client.status(), likely, this);
        connect(m_closeDialog, &CloseDialog::chosen, this,
                [this](CloseChoice choice, bool remember) {
                    if (remember)
                        rememberCloseChoice(choice);
                    closeBy(choice);
                });
    }
    m_closeDialog->open();
}

void ConsoleWindow::closeBy(CloseChoice choice)
{
    switch (choice) {
    case CloseChoice::Ask:
        break;
    case CloseChoice::Background:
        goToBackground();
        break;
    case CloseChoice::Shutdown:
        m_hasSentShutdown = true;
        m_commands->pressPowerButton();
        break;
    case CloseChoice::PowerOff:
        m_commands->powerOffNow();
        break;
    case CloseChoice::SaveState:
        m_commands->saveState();
        break;
    }
}

void ConsoleWindow::rememberCloseChoice(CloseChoice choice)
{
    Preferences preferences = Preferences::load();
    preferences.closeChoice = choice;
    if (const auto saved = preferences.save(); !saved)
        showError(this, tr("The choice could not be remembered"), saved.error());
}

void ConsoleWindow::goToBackground()
{
    m_screen->view().releaseCapture();
    const QList<QDialog *> dialogs = findChildren<QDialog *>();
    for (QDialog *dialog : dialogs)
        dialog->close();
    hide();
    emit sentToBackground();
}

} // namespace ui
