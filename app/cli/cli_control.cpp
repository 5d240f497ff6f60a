// SPDX-License-Identifier: GPL-3.0-or-later
// controlvm
#include "app/cli/control_nic.h"
#include "app/cli/modify_settings.h"
#include "app/cli/vbox_words.h"
#include "app/cli/verbs.h"
#include "engine/control/keyboard_layout.h"
#include "engine/control/screenshot_delivery.h"
#include "engine/control/typist.h"
#include "engine/machine/machine_json.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace app {

using namespace engine;
using namespace std::chrono_literals;

namespace {

// One call to the machine's process.
struct Request
{
    QString method;
    QJsonObject params;
    bool isStateChange = false; // shows progress, as VBoxManage does
    std::chrono::milliseconds patience = 60s;
    QString screenshot = {}; // the file that a screenshot is wanted in
};

Result<QJsonObject> scanCodes(const QStringList &words)
{
    QByteArray bytes;
    for (const QString &word : words) {
        bool isHex = false;
        const int byte = word.toInt(&isHex, 16);
        if (!isHex || word.size() > 2 || byte < 0)
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("Invalid scan code \"%1\": two hexadecimal digits each, "
                               "as in 1c 9c")
                    .arg(word));
        bytes.append(char(byte));
    }
    if (bytes.isEmpty())
        return makeError(ErrorKind::Invalid, QStringLiteral("Scan codes are needed: 1c 9c"));
    return QJsonObject{{QStringLiteral("bytes"), QString::fromLatin1(bytes.toHex())}};
}

Result<QJsonObject> fileText(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("Cannot read \"%1\": %2").arg(path, file.errorString()));
    // What VirtualBox takes too; a guest needs minutes for more.
    constexpr qint64 Most = 64 * 1024;
    if (file.size() > Most)
        return makeError(
            ErrorKind::Invalid,
            QStringLiteral("\"%1\" is too long to be typed: at most 64 KiB").arg(path));
    return QJsonObject{{QStringLiteral("text"), QString::fromUtf8(file.readAll())}};
}

// What follows keyboardputstring and keyboardputfile: our options first, then the text as it is.
struct TypingWords
{
    QJsonObject params;
    QStringList words;
};

Result<TypingWords> typingWords(QStringList words)
{
    TypingWords typing;
    const auto take = [&words](const QString &name) -> Result<std::optional<QString>> {
        if (words.isEmpty() || (words.first() != name && !words.first().startsWith(name + u'=')))
            return std::optional<QString>();
        QString value = words.takeFirst().mid(name.size() + 1);
        if (value.isEmpty() && !words.isEmpty())
            value = words.takeFirst();
        if (value.isEmpty())
            return makeError(ErrorKind::Invalid, QStringLiteral("%1 needs a value").arg(name));
        return std::optional<QString>(value);
    };
    for (bool hasMore = true; hasMore;) {
        const std::optional<QString> layout = TRY(take(QStringLiteral("--layout")));
        if (layout)
            typing.params[QLatin1String("layout")] =
                *layout == QLatin1String("host") ? hostKeyboardLayout() : *layout;
        const std::optional<QString> rate = TRY(take(QStringLiteral("--rate")));
        if (rate)
            typing.params[QLatin1String("rate")] =
                TRY(toNumber(*rate, QStringLiteral("--rate"), 1, Typist::HighestRate));
        hasMore = layout || rate;
    }
    if (!words.isEmpty() && words.first() == QLatin1String("--"))
        words.removeFirst();
    typing.words = words;
    return typing;
}

Result<Request> linkRequest(const QString &verb, const QStringList &words)
{
    const QString digits = verb.mid(int(qstrlen("setlinkstate")));
    const int adapter =
        TRY(toNumber(digits, QStringLiteral("setlinkstate<N>"), 1, MachineDefinition::MaxAdapters));
    const bool isOn = TRY(toSwitch(words.value(0), verb));
    return Request{QStringLiteral("machine.setLink"),
                   {{QStringLiteral("adapter"), adapter - 1}, {QStringLiteral("connected"), isOn}}};
}

Result<Request> usbRequest(const QString &verb, QStringList words)
{
    const bool isForced = words.removeAll(QStringLiteral("--force")) > 0;
    if (words.size() == 2 && words.first().startsWith(QLatin1String("--capturefile")))
        return makeError(ErrorKind::Unsupported,
                         QStringLiteral("This version does not record what a USB device says"));
    if (words.size() != 1)
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("%1 needs one device: its UUID, or its port such as 1-2.3 "
                                        "(\"list usbhost\" tells both)")
                             .arg(verb));
    const bool isAttaching = verb == QLatin1String("usbattach");
    return Request{
        isAttaching ? QStringLiteral("usb.attach") : QStringLiteral("usb.detach"),
        {{QStringLiteral("device"), words.first()}, {QStringLiteral("force"), isForced}}};
}

Result<Request> stickRequest(const QStringList &words)
{
    const QString action = words.value(0);
    if (action == QLatin1String("eject") && words.size() == 1)
        return Request{QStringLiteral("usb.ejectStick"), {}};
    if (action != QLatin1String("insert") || words.size() < 2)
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("usbstick takes \"insert <file>...\" or \"eject\""));
    QJsonArray files;
    for (const QString &word : words.mid(1))
        files.append(QDir::cleanPath(QFileInfo(word).absoluteFilePath()));
    return Request{
        QStringLiteral("usb.insertStick"), {{QStringLiteral("files"), files}}, false, 3600s};
}

// "clipboard mode <mode>", "draganddrop <mode>"
Result<Request> sharingRequest(const QString &verb, const QStringList &words)
{
    const bool isClipboard = verb == QLatin1String("clipboard");
    if (isClipboard && words.value(0) == QLatin1String("filetransfers"))
        return makeError(ErrorKind::Unsupported,
                         "Files are not copied by the clipboard in this version",
                         "Drop them onto the machine's window instead");
    const bool hasMode = isClipboard ? words.size() == 2 && words.first() == QLatin1String("mode")
                                     : words.size() == 1;
    if (!hasMode)
        return makeError(ErrorKind::Invalid,
                         isClipboard ? "clipboard takes \"mode\" and a direction"
                                     : "draganddrop takes a direction");
    const SharingMode mode = TRY(sharingFromWord(words.last()));
    return Request{QStringLiteral("machine.setSharing"),
                   {{isClipboard ? QStringLiteral("clipboard") : QStringLiteral("dragAndDrop"),
                     enumName(mode)}}};
}

// "audioin on", "audioout off"
Result<Request> audioRequest(const QString &verb, const QStringList &words)
{
    if (words.size() != 1)
        return makeError(ErrorKind::Invalid, QStringLiteral("%1 takes on or off").arg(verb));
    const bool isOn = TRY(toSwitch(words.first(), verb));
    return Request{
        QStringLiteral("machine.setAudio"),
        {{verb == QLatin1String("audioout") ? QStringLiteral("output") : QStringLiteral("input"),
          isOn}}};
}

// As modifyvm with one option, on the running machine.
Result<Request> changeRequest(const MachineDefinition &definition, const QString &option,
                              const QString &value)
{
    Arguments changes;
    changes.options = {{.name = option, .values = {value}}};
    MachineDefinition wanted = definition;
    const Outcome changed = applyModifications(wanted, changes);
    if (changed.error())
        return Error(*changed.error());
    const auto json = [](const MachineDefinition &one) {
        return QJsonDocument::fromJson(machineToJson(one)).object();
    };
    return Request{QStringLiteral("machine.changeDefinition"),
                   {{QStringLiteral("definition"), json(wanted)},
                    {QStringLiteral("base"), json(definition)}}};
}

// "vrde on", "vrdeport 5900-5910", "vrdeproperty SPICEPassword=x"
Result<Request> remoteDisplayRequest(const QString &verb, const QStringList &words,
                                     const MachineDefinition &definition)
{
    if (words.size() != 1)
        return makeError(ErrorKind::Invalid, QStringLiteral("%1 takes one value").arg(verb));
    const QString option = verb == QLatin1String("vrde") ? QStringLiteral("vrde")
        : verb == QLatin1String("vrdeport")            ? QStringLiteral("vrde-port")
                                                       : QStringLiteral("vrde-property");
    return changeRequest(definition, option, words.first());
}

// "recording on", "recording filename a.webm", ...: the latter for the films to come.
Result<Request> recordingRequest(const QStringList &words, const MachineDefinition &definition)
{
    const QString word = words.value(0).toLower();
    if (words.size() == 1 && (word == QLatin1String("on") || word == QLatin1String("start")))
        return Request{QStringLiteral("recording.start"), {}};
    if (words.size() == 1 && (word == QLatin1String("off") || word == QLatin1String("stop")))
        return Request{QStringLiteral("recording.stop"), {}};
    struct Setting
    {
        const char *word;
        const char *option; // of modifyvm
    };
    static constexpr Setting Settings[] = {
        {"filename", "recording-file"},        {"videores", "recording-video-res"},
        {"videorate", "recording-video-rate"}, {"videofps", "recording-video-fps"},
        {"maxtime", "recording-max-time"},     {"maxfilesize", "recording-max-size"},
    };
    for (const Setting &setting : Settings) {
        if (word != QLatin1String(setting.word) || words.size() != 2)
            continue;
        return changeRequest(definition, QLatin1String(setting.option), words.at(1));
    }
    return makeError(ErrorKind::Invalid,
                     QStringLiteral("recording takes on or off, or one of filename, videores, "
                                    "videorate, videofps, maxtime and maxfilesize with a value"));
}

Result<int> monitorNumber(const QString &word)
{
    return toNumber(word, QStringLiteral("The monitor's number"), 0,
                    MachineDefinition::MaxMonitors - 1);
}

// "setvideomodehint 1280 800 32 1 yes"; a size of 0 0 leaves it as it is.
Result<Request> monitorRequest(const QStringList &words)
{
    if (words.size() > 5)
        return makeError(ErrorKind::Unsupported,
                         "Where a monitor stands is the guest's choice; from here it has a size, "
                         "and is plugged in or not");
    if (words.size() < 3)
        return makeError(ErrorKind::Invalid,
                         "setvideomodehint takes width, height and 32 (bits a pixel), then the "
                         "number of the monitor, from 0, then yes or no");
    constexpr int MaxSide = 8192;
    const int width = TRY(toNumber(words[0], QStringLiteral("The width"), 0, MaxSide));
    const int height = TRY(toNumber(words[1], QStringLiteral("The height"), 0, MaxSide));
    const int depth = TRY(toNumber(words[2], QStringLiteral("The depth"), 0, 32));
    if (depth != 0 && depth != 32)
        return makeError(ErrorKind::Unsupported, "The graphics card has 32 bits a pixel");
    const int monitor = words.size() > 3 ? TRY(monitorNumber(words[3])) : 0;
    const bool isPluggedIn =
        words.size() < 5 || TRY(toSwitch(words[4], QStringLiteral("setvideomodehint")));
    return Request{QStringLiteral("machine.setMonitor"),
                   {{QStringLiteral("monitor"), monitor},
                    {QStringLiteral("plugged"), isPluggedIn},
                    {QStringLiteral("width"), width},
                    {QStringLiteral("height"), height}}};
}

Result<Request> readRequest(const QString &verb, const QStringList &words,
                            const MachineDefinition &definition)
{
    struct Plain
    {
        const char *verb;
        const char *method;
        bool isStateChange;
    };
    static constexpr Plain Plains[] = {
        {"pause", "machine.pause", false},
        {"resume", "machine.resume", false},
        {"reset", "machine.reset", false},
        {"poweroff", "machine.powerOff", true},
        {"savestate", "machine.saveState", true},
        {"cancelsave", "machine.cancelSave", false},
        {"acpipowerbutton", "machine.powerButton", false},
        {"shutdown", "machine.powerButton", false},
        {"keyboardcancel", "machine.cancelTyping", false},
    };
    for (const Plain &plain : Plains) {
        if (verb == QLatin1String(plain.verb))
            // A large memory on a slow disk takes its time.
            return Request{QLatin1String(plain.method),
                           {},
                           plain.isStateChange,
                           verb == QLatin1String("savestate") ? 3600s : 60s};
    }
    if (verb == QLatin1String("keyboardputscancode")) {
        const QJsonObject codes = TRY(scanCodes(words));
        return Request{QStringLiteral("machine.sendScanCodes"), codes};
    }
    if (verb == QLatin1String("keyboardputstring")) {
        const TypingWords typing = TRY(typingWords(words));
        if (typing.words.isEmpty())
            return makeError(ErrorKind::Invalid, QStringLiteral("A text to type is needed"));
        QJsonObject params = typing.params;
        params[QLatin1String("text")] = typing.words.join(QLatin1Char(' '));
        return Request{QStringLiteral("machine.typeText"), params, false, 3600s};
    }
    if (verb == QLatin1String("keyboardputfile")) {
        const TypingWords typing = TRY(typingWords(words));
        const QJsonObject text = TRY(fileText(typing.words.value(0)));
        QJsonObject params = typing.params;
        params[QLatin1String("text")] = text[QLatin1String("text")];
        // At the slowest pace one may ask for.
        return Request{QStringLiteral("machine.typeText"), params, false, 24h};
    }
    if (verb == QLatin1String("screenshotpng")) {
        if (words.isEmpty())
            return makeError(ErrorKind::Invalid, QStringLiteral("A file name is needed"));
        Request request{QStringLiteral("machine.screenshot"),
                        {{QStringLiteral("format"), QStringLiteral("png")}}};
        request.screenshot = QDir::cleanPath(QFileInfo(words.first()).absoluteFilePath());
        if (words.size() > 1)
            request.params[QLatin1String("monitor")] = TRY(monitorNumber(words.at(1)));
        return request;
    }
    if (verb == QLatin1String("setvideomodehint"))
        return monitorRequest(words);
    if (verb.startsWith(QLatin1String("setlinkstate")))
        return linkRequest(verb, words);
    if (verb == QLatin1String("clipboard") || verb == QLatin1String("draganddrop"))
        return sharingRequest(verb, words);
    if (verb == QLatin1String("audioin") || verb == QLatin1String("audioout"))
        return audioRequest(verb, words);
    if (verb == QLatin1String("guestmemoryballoon")) {
        if (words.size() != 1)
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("guestmemoryballoon takes a size in MB"));
        return changeRequest(definition, QStringLiteral("guest-memory-balloon"), words.first());
    }
    if (verb == QLatin1String("recording"))
        return recordingRequest(words, definition);
    if (verb == QLatin1String("vrde") || verb == QLatin1String("vrdeport")
        || verb == QLatin1String("vrdeproperty"))
        return remoteDisplayRequest(verb, words, definition);
    if (verb == QLatin1String("usbstick"))
        return stickRequest(words);
    if (verb == QLatin1String("usbattach") || verb == QLatin1String("usbdetach"))
        return usbRequest(verb, words);

    // VirtualBox has more to offer; those who ask for it should learn that they were understood.
    for (const char *known : {"acpisleepbutton",
                              "reboot",
                              "nicproperty",
                              "nicpromisc",
                              "nictrace",
                              "nictracefile",
                              "vrdevideochannelquality",
                              "setscreenlayout",
                              "setcredentials",
                              "teleport",
                              "plugcpu",
                              "unplugcpu",
                              "cpuexecutioncap",
                              "vm-process-priority",
                              "webcam",
                              "addencpassword",
                              "removeencpassword",
                              "removeallencpasswords",
                              "changeuartmode",
                              "autostart-enabled"}) {
        QString stem = verb;
        while (!stem.isEmpty() && stem.back().isDigit())
            stem.chop(1);
        if (stem == QLatin1String(known))
            return makeError(
                ErrorKind::Unsupported,
                QStringLiteral("This version cannot do \"%1\" with a running machine").arg(verb));
    }
    return makeError(ErrorKind::Invalid, QStringLiteral("Unknown action \"%1\"").arg(verb));
}

Outcome controlMachine(Session &session, const Arguments &arguments)
{
    const MachineEntry entry = TRY(session.machine(arguments.words.first()));
    auto nicAction = parseNicAction(arguments.words.at(1), arguments.words.mid(2));
    if (!nicAction)
        return Outcome::syntax(std::move(nicAction).error());
    if (*nicAction) {
        ControlClient client;
        const Outcome connected = session.connect(entry, client);
        return connected.isGood() ? applyNicAction(client, **nicAction) : connected;
    }
    auto request = readRequest(arguments.words.at(1), arguments.words.mid(2), entry.definition);
    if (!request)
        return request.error().kind() == ErrorKind::Invalid
            ? Outcome::syntax(std::move(request).error())
            : Outcome(std::move(request).error());
    ControlClient client;
    const Outcome connected = session.connect(entry, client);
    if (!connected.isGood())
        return connected;

    std::optional<ProgressLine> progress;
    if (request->isStateChange)
        progress.emplace(session.output());
    const QString picture =
        request->screenshot.isEmpty() ? QString() : engine::screenshotPlace(entry.definition.uuid);
    if (!picture.isEmpty())
        request->params[QLatin1String("path")] = picture;
    auto reply = client.callAndWait(request->method, request->params, request->patience);
    if (reply && !picture.isEmpty())
        TRY(engine::deliverScreenshot(picture, request->screenshot));
    if (!reply) {
        if (progress)
            progress->fail(QStringLiteral("VBOX_E_VM_ERROR"));
        const LiveState state = Session::observe(entry);
        const bool isWrongState =
            state.word != QLatin1String("running") && reply.error().kind() == ErrorKind::Invalid;
        return Outcome::failure(
            isWrongState ? ResultCode::InvalidVmState : ResultCode::VmError,
            std::move(reply).error().context(
                QStringLiteral("\"%1\" failed for the machine '%2' (state is %3)")
                    .arg(arguments.words.at(1), entry.definition.name, state.word)
                    .toStdString()));
    }
    // The next command may change the definition, which the ending process still holds.
    if (request->isStateChange)
        waitUntilReleased(entry.folder, 30s);
    if (progress)
        progress->finish();
    return {};
}

constexpr Verb Verbs[] = {
    {.name = "controlvm",
     .aliases = "",
     .summary = "Act on a running machine",
     .usage =
         "<machine> pause|resume|reset|poweroff|savestate|cancelsave|acpipowerbutton\n"
         "<machine> keyboardputscancode <hex>...\n"
         "<machine> keyboardputstring [--layout <layout>] [--rate <keys>] <text>\n"
         "<machine> keyboardputfile [--layout <layout>] [--rate <keys>] <file>\n"
         "<machine> keyboardcancel\n"
         "<machine> setlinkstate<1-8> on|off\n"
         "<machine> nic<1-8> null|nat|intnet <name>|bridged <bridge>\n"
         "<machine> natpf<1-8> <rule>|delete <name>\n"
         "<machine> nicratelimit<1-8> off|<KiB/s>\n"
         "<machine> nicegress<1-8> open|no-lan|off|list:<name or network>,...\n"
         "<machine> audioout|audioin on|off\n"
         "<machine> guestmemoryballoon <MB>\n"
         "<machine> vrde on|off\n"
         "<machine> vrdeport default|<port,...>\n"
         "<machine> vrdeproperty <name=value>\n"
         "<machine> recording on|off\n"
         "<machine> recording filename|videores|videorate|videofps <value>\n"
         "<machine> recording maxtime|maxfilesize <value>\n"
         "<machine> usbattach <uuid|port> [--force]\n"
         "<machine> usbdetach <uuid|port>\n"
         "<machine> usbstick insert <file or folder>...\n"
         "<machine> usbstick eject\n"
         "<machine> clipboard mode disabled|hosttoguest|guesttohost|bidirectional\n"
         "<machine> draganddrop disabled|hosttoguest|guesttohost|bidirectional\n"
         "<machine> screenshotpng <file> [<monitor>]\n"
         "<machine> setvideomodehint <width> <height> 32 [<monitor> [yes|no]]",
     .help =
         "  poweroff             pulls the plug; the guest is not asked\n"
         "  savestate            keeps what is in the guest's memory and ends the machine; startvm "
         "goes\n"
         "                       on from there\n"
         "  cancelsave           calls a save off that is under way; the machine goes on\n"
         "  acpipowerbutton      asks the guest to shut down\n"
         "  keyboardputscancode  set 1 codes, press and release: 1c 9c is the Enter key\n"
         "  keyboardputstring    types the text on a US keyboard, or on that of --layout: de, "
         "ch(fr),\n"
         "                       host; --rate: keys a second\n"
         "  keyboardcancel       stops what is being typed, by whomever\n"
         "  setlinkstate<N>      pulls or plugs the network cable of adapter N\n"
         "  nic<N>               plugs the cable in elsewhere: the guest asks for a new address\n"
         "  natpf<N>             name,tcp|udp,[host ip],host port,[guest ip],guest port\n"
         "  audioout, audioin    what this computer plays of the guest's sound, and whether the "
         "guest\n"
         "                       hears its microphone\n"
         "  guestmemoryballoon   how much of its memory the guest shall do without; it takes its "
         "time\n"
         "  vrde, vrdeport, vrdeproperty  as modifyvm's options, now and from now on, on the\n"
         "                       built-in engine; the clients of before are sent away\n"
         "  recording            makes a film (WebM) of the guest's screen, on the built-in engine "
         "with\n"
         "                       its sound; the other words say how the next one is made\n"
         "  usbattach, usbdetach moves a USB device of this computer to the guest and back;\n"
         "                       --force: also a keyboard or pointer\n"
         "  usbstick             shows the guest files of this computer as a USB stick that it "
         "reads\n"
         "  setvideomodehint     the size that the guest shall use on a monitor of a VirtIO GPU "
         "(0 0: as\n"
         "                       it is), and whether it is plugged in; monitors count from 0\n"
         "  nicratelimit<N>, nicegress<N>  as modifyvm's options; connections go on where they may",
     .options = {},
     .minimumWords = 2,
     .maximumWords = -1,
     .literalAfter = 2,
     .run = controlMachine},
};

} // namespace

std::span<const Verb> controlVerbs()
{
    return Verbs;
}

} // namespace app
