// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console_actions.h"

#include "ui/guest_keys.h"
#include "ui/icons.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QVariant>
#include <QtGui/QKeySequence>

#include <utility>

namespace ui {

namespace {

constexpr const char *UsualChordProperty = "usualHostChord";
constexpr const char *TextProperty = "textWithoutChord";
constexpr const char *ExplanationProperty = "explanation";
constexpr const char *CodesProperty = "scanCodes";

struct CommandRow
{
    Command command;
    const char *name;
    const char *text;
    const char *icon;
    const char *explanation;
    int chord = 0;
    bool isCheckable = false;
};

constexpr auto translated(const char *text)
{
    return text;
}

// clang-format off
#define TEXT(text) translated(QT_TRANSLATE_NOOP("ui::ConsoleActions", text))
const CommandRow Rows[] = {
    {Command::Settings, "settings", TEXT("Se&ttings…"), "preferences-system",
     TEXT("Change what can be changed while the machine runs"), Qt::Key_S},
    {Command::Pause, "pause", TEXT("&Pause"), "media-playback-pause",
     TEXT("Stop the machine's clock and processors until you resume it"), Qt::Key_P, true},
    {Command::Reset, "reset", TEXT("&Reset…"), "view-refresh",
     TEXT("Restart the machine as its reset button would"), Qt::Key_R},
    {Command::PowerButton, "powerButton", TEXT("ACPI Sh&utdown"), "system-shutdown",
     TEXT("Press the machine's power button: the guest is asked to shut down"), Qt::Key_H},
    {Command::PowerOff, "powerOff", TEXT("Po&wer Off…"), "process-stop",
     TEXT("Pull the plug: what the guest has not saved is lost")},
    {Command::SaveState, "saveState", TEXT("Sa&ve State"), "document-save",
     TEXT("Keep what is in the guest's memory and end the machine; it goes on from there when it is "
          "started again")},
    {Command::SessionInformation, "sessionInformation", TEXT("Session I&nformation"),
     "dialog-information", TEXT("Show how the machine runs: engine, screen, disks, network"),
     Qt::Key_N},
    {Command::ShowActivity, "showActivity", TEXT("&Activity"), "view-activity",
     TEXT("Show what the machine uses: processor, memory, disks, network")},
    {Command::FileManager, "fileManager", TEXT("F&ile Manager…"), "folder-open",
     TEXT("Copy files between this computer and the guest, by the agent in the guest")},
    {Command::ShowLog, "showLog", TEXT("Show &Log"), "text-x-generic",
     TEXT("Show what the machine's engine has written down")},
    {Command::Background, "background", TEXT("Run in &Background"), "go-down",
     TEXT("Close this window and let the machine run on; Show in the manager brings it back"),
     Qt::Key_B},
    {Command::Close, "close", TEXT("&Close…"), "window-close",
     TEXT("Choose what happens to the machine and close the window"), Qt::Key_Q},
    {Command::FullScreen, "fullScreen", TEXT("&Full Screen"), "view-fullscreen",
     TEXT("Let the guest have the whole screen"), Qt::Key_F, true},
    {Command::ScaledMode, "scaledMode", TEXT("&Scaled Mode"), "zoom-fit-best",
     TEXT("Stretch the guest's screen to the window's size"), Qt::Key_C, true},
    {Command::ZoomIn, "zoomIn", TEXT("Zoom &In"), "",
     TEXT("Show the guest's screen one step larger"), Qt::Key_Plus},
    {Command::ZoomOut, "zoomOut", TEXT("Zoom &Out"), "",
     TEXT("Show the guest's screen one step smaller"), Qt::Key_Minus},
    {Command::ZoomActual, "zoomActual", TEXT("&Actual Size"), "",
     TEXT("Show each of the guest's pixels as one of your screen's"), Qt::Key_0},
    {Command::AutoResize, "autoResize", TEXT("Auto-resize &Guest Display"), "",
     TEXT("Let the guest's resolution follow the window's size, where an agent in the guest can"),
     Qt::Key_G, true},
    {Command::FitWindow, "fitWindow", TEXT("&Adjust Window Size"), "zoom-original",
     TEXT("Make the window as large as the guest's screen"), Qt::Key_A},
    {Command::Minimize, "minimize", TEXT("&Minimize Window"), "go-bottom",
     TEXT("Minimize the window"), Qt::Key_M},
    {Command::Screenshot, "screenshot", TEXT("&Take Screenshot…"), "camera-photo",
     TEXT("Save the guest's screen as a picture"), Qt::Key_E},
    {Command::Record, "record", TEXT("R&ecord Screen"), "media-record",
     TEXT("Make a film of the guest's screen, without sound, into the machine's folder"), 0, true},
    {Command::ShowMenuBar, "showMenuBar", TEXT("Show Menu &Bar"), "",
     TEXT("Show the menu bar; without it, the host key and Home bring the menus"), 0, true},
    {Command::ShowStatusBar, "showStatusBar", TEXT("Show Status Ba&r"), "",
     TEXT("Show the lights and states at the window's bottom"), 0, true},
    {Command::ShowMiniToolBar, "showMiniToolBar", TEXT("Mini Tool Bar in F&ull Screen"), "",
     TEXT("In full screen, slide in a tool bar when the pointer touches the top edge"), 0, true},
    {Command::PopUpMenu, "popUpMenu", TEXT("Pop-&Up Menu"), "application-menu",
     TEXT("Show all menus at the pointer, in full screen too"), Qt::Key_Home},
    {Command::CaptureKeyboard, "captureKeyboard", TEXT("&Capture Keyboard"), "input-keyboard",
     TEXT("Send every key to the guest, those of your desktop too; the host key ends it"), 0,
     true},
    {Command::CapturePointer, "capturePointer", TEXT("Capture &Pointer"), "input-mouse",
     TEXT("Give the pointer to the guest; the host key ends it"), 0, true},
    {Command::TypeClipboard, "typeClipboard", TEXT("T&ype Clipboard…"), "edit-paste",
     TEXT("Type the text of your clipboard into the guest, key by key"), Qt::Key_V},
    {Command::SoftKeyboard, "softKeyboard", TEXT("S&oft Keyboard"), "input-keyboard",
     TEXT("Show a keyboard whose keys can be clicked"), Qt::Key_K, true},
    {Command::Preferences, "preferences", TEXT("Host &Key and Preferences…"),
     "preferences-system", TEXT("Choose another host key and other preferences")},
    {Command::KeyboardHelp, "keyboardHelp", TEXT("&Keyboard Help"), "help-contents",
     TEXT("Show what the host key does together with other keys")},
    {Command::About, "about", TEXT("&About Vitrine"), "help-about",
     TEXT("Show Vitrine's version and license")},
};
#undef TEXT
// clang-format on

QString tr(const char *text)
{
    return QCoreApplication::translate("ui::ConsoleActions", text);
}

QString withChord(const QString &text, int chord)
{
    return chord == 0 ? text : text + u'\t' + hostChordText(chord);
}

void setExplanation(QAction *action, const QString &explanation)
{
    action->setProperty(ExplanationProperty, explanation);
    setUsable(action, {});
}

} // namespace

QString whyNot(const engine::MachineStatus &status, engine::Feature feature)
{
    using State = engine::Driver::State;
    switch (status.state) {
    case State::Running:
        break;
    case State::Paused:
        if (feature == engine::Feature::PowerButton)
            return tr("The machine is paused: resume it first.");
        break;
    case State::Starting:
    case State::Restoring:
        return tr("The machine is still starting.");
    case State::Saving:
    case State::Stopping:
        return tr("The machine is stopping.");
    case State::Off:
    case State::Saved:
    case State::Aborted:
        return tr("The machine is not running.");
    }
    const engine::Support support = status.supports(feature);
    if (support.isAvailable)
        return {};
    return support.reason.isEmpty() ? tr("The engine that runs this machine cannot do this.")
                                    : support.reason;
}

void setUsable(QAction *action, const QString &whyNot)
{
    const QString tip =
        whyNot.isEmpty() ? action->property(ExplanationProperty).toString() : whyNot;
    action->setEnabled(whyNot.isEmpty());
    action->setToolTip(tip);
    action->setStatusTip(tip);
}

ConsoleActions::ConsoleActions(QObject *parent)
    : QObject(parent)
    , m_hostKeys({0x11d})
{
    for (const CommandRow &row : Rows) {
        auto *action = new QAction(this);
        action->setObjectName(QString::fromLatin1(row.name));
        setText(action, tr(row.text));
        if (*row.icon != '\0')
            action->setIcon(icon(QString::fromLatin1(row.icon)));
        action->setCheckable(row.isCheckable);
        action->setProperty(UsualChordProperty, row.chord);
        setChord(action, row.chord);
        action->setMenuRole(QAction::NoRole);
        setExplanation(action, tr(row.explanation));
        connect(action, &QAction::triggered, this,
                [this, command = row.command] { emit commandGiven(command); });
        m_actions.emplace(row.command, action);
    }
    const QList<GuestKeys> keys = guestKeys(m_hostKeys);
    for (const GuestKeys &chord : keys)
        m_guestKeys.append(addGuestKeys(chord));
    const QList<GuestKeys> consoles = guestConsoleKeys();
    for (const GuestKeys &chord : consoles)
        m_guestConsoleKeys.append(addGuestKeys(chord));
    const QList<GuestKeys> rescue = guestRescueKeys();
    for (const GuestKeys &chord : rescue)
        m_guestRescueKeys.append(addGuestKeys(chord));
    setStatus({});
}

QAction *ConsoleActions::addGuestKeys(const GuestKeys &keys)
{
    auto *action = new QAction(this);
    action->setObjectName(keys.name);
    setText(action, keys.label);
    action->setProperty(UsualChordProperty, keys.hostKey);
    setChord(action, keys.hostKey);
    action->setProperty(CodesProperty, QVariant::fromValue(keys.codes));
    setExplanation(action, tr("Send this key combination to the guest"));
    connect(action, &QAction::triggered, this, [this, action] {
        emit guestKeysWanted(action->property(CodesProperty).value<QList<engine::ScanCode>>());
    });
    return action;
}

void ConsoleActions::setText(QAction *action, const QString &text)
{
    action->setProperty(TextProperty, text);
    action->setText(withChord(text, action->property(ChordProperty).toInt()));
}

void ConsoleActions::setChord(QAction *action, int chord)
{
    action->setProperty(ChordProperty, chord);
    action->setText(withChord(action->property(TextProperty).toString(), chord));
    if (chord != 0)
        m_chords.insert(chord, action);
}

void ConsoleActions::setChords(const QHash<QString, QString> &choices)
{
    m_chords.clear();
    const QList<QAction *> actions = allActions();
    for (QAction *action : actions) {
        const auto choice = choices.find(action->objectName());
        const QKeySequence keys = choice == choices.end()
            ? QKeySequence(usualChordOf(action))
            : QKeySequence::fromString(*choice, QKeySequence::PortableText);
        setChord(action, keys.isEmpty() ? 0 : int(keys[0].key()));
    }
}

void ConsoleActions::setSavedKeys(const QList<engine::SavedKeys> &saved)
{
    if (saved == m_savedChoices)
        return;
    m_savedChoices = saved;
    qDeleteAll(std::exchange(m_savedKeys, {}));
    for (qsizetype i = 0; i < saved.size(); ++i) {
        QString label = saved[i].label;
        label.replace(u'&', QLatin1String("&&"));
        QAction *action = addGuestKeys(
            {QStringLiteral("sendSaved%1").arg(i), tr("Insert %1").arg(label), saved[i].codes, 0});
        ui::setUsable(action, m_whyNoKeys);
        m_savedKeys.append(action);
    }
    emit savedKeysChanged();
}

QList<QAction *> ConsoleActions::allActions() const
{
    QList<QAction *> actions;
    for (const auto &[command, action] : m_actions)
        actions.append(action);
    return actions + m_guestKeys + m_guestConsoleKeys;
}

QAction *ConsoleActions::action(Command command) const
{
    return m_actions.at(command);
}

void ConsoleActions::setUsable(Command command, const QString &whyNot)
{
    ui::setUsable(action(command), whyNot);
}

void ConsoleActions::setStatus(const engine::MachineStatus &status)
{
    using engine::Feature;
    using State = engine::Driver::State;
    const bool isPaused = status.state == State::Paused;
    setUsable(Command::Pause, whyNot(status, Feature::Pause));
    action(Command::Pause)->setChecked(isPaused);
    setUsable(Command::Reset, whyNot(status, Feature::Reset));
    setUsable(Command::PowerButton, whyNot(status, Feature::PowerButton));
    setUsable(Command::Screenshot, whyNot(status, Feature::Screenshot));
    setUsable(Command::SaveState, whyNot(status, Feature::SaveState));
    const bool isRecording = status.recording.isActive();
    setUsable(Command::Record,
              isRecording ? status.recording.phase == engine::RecordingStatus::Phase::Running
                      ? QString()
                      : tr("The film is being begun or finished.")
                  : status.displayKind == engine::DisplayEndpoint::Kind::None
                      && status.state == State::Running
                  ? tr("This machine has no screen.")
                  : whyNot(status, Feature::Screenshot));
    action(Command::Record)->setChecked(isRecording);
    setUsable(Command::FileManager, whyNot(status, Feature::GuestAgent));

    const bool canEnd = status.state == State::Running || isPaused
        || status.state == State::Starting || status.state == State::Restoring
        || status.state == State::Saving || status.state == State::Stopping;
    setUsable(Command::PowerOff, canEnd ? QString() : tr("The machine is not running."));
    setUsable(Command::Background, canEnd ? QString() : tr("The machine is not running."));

    QString noKeys;
    if (isPaused)
        noKeys = tr("The machine is paused: resume it first.");
    else if (status.state != State::Running)
        noKeys = tr("The machine is not running.");
    for (QAction *keys : m_guestKeys + m_guestConsoleKeys + m_guestRescueKeys + m_savedKeys)
        ui::setUsable(keys, noKeys);
    m_whyNoKeys = noKeys;
    setUsable(Command::TypeClipboard, noKeys);
    setUsable(Command::SoftKeyboard, noKeys);
    setUsable(Command::CaptureKeyboard, noKeys);
}

void ConsoleActions::setPointerCanBeCaptured(bool canBeCaptured)
{
    setUsable(Command::CapturePointer,
              canBeCaptured ? QString()
                            : tr("The guest follows your pointer: it need not be captured."));
}

void ConsoleActions::setHostKeys(const QList<engine::ScanCode> &hostKeys)
{
    m_hostKeys = hostKeys;
    const QList<GuestKeys> keys = guestKeys(hostKeys);
    for (qsizetype i = 0; i < keys.size(); ++i) {
        setText(m_guestKeys[i], keys[i].label);
        m_guestKeys[i]->setProperty(CodesProperty, QVariant::fromValue(keys[i].codes));
    }
}

void ConsoleActions::setTyping(bool isTyping)
{
    QAction *typing = action(Command::TypeClipboard);
    setText(typing, isTyping ? tr("Stop T&yping") : tr("T&ype Clipboard…"));
}

QAction *ConsoleActions::actionForChord(int qtKey) const
{
    // Plus without Shift, as on a US keyboard.
    return m_chords.value(qtKey == Qt::Key_Equal ? int(Qt::Key_Plus) : qtKey);
}

QList<QAction *> ConsoleActions::actionsWithChords() const
{
    QList<QAction *> actions;
    for (const auto &[command, action] : m_actions) {
        if (action->property(ChordProperty).toInt() != 0)
            actions.append(action);
    }
    for (QAction *keys : m_guestKeys + m_guestConsoleKeys) {
        if (keys->property(ChordProperty).toInt() != 0)
            actions.append(keys);
    }
    return actions;
}

int ConsoleActions::usualChordOf(const QAction *action)
{
    return action->property(UsualChordProperty).toInt();
}

QString ConsoleActions::chordOf(const QAction *action)
{
    const int chord = action->property(ChordProperty).toInt();
    return chord == 0 ? QString() : hostChordText(chord);
}

QString ConsoleActions::plainText(const QAction *action)
{
    QString text = action->text().section(u'\t', 0, 0);
    text.remove(u'&');
    text.remove(u'…');
    return text;
}

} // namespace ui
