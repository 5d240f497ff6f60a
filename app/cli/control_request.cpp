// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/control_request.h"

#include "app/cli/modify_settings.h"
#include "app/cli/vbox_words.h"
#include "engine/control/keyboard_layout.h"
#include "engine/control/typist.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace app {

using namespace engine;
using namespace std::chrono_literals;

namespace {

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

Result<ControlRequest> linkRequest(const QString &verb, const QStringList &words)
{
    const QString digits = verb.mid(int(qstrlen("setlinkstate")));
    const int adapter =
        TRY(toNumber(digits, QStringLiteral("setlinkstate<N>"), 1, MachineDefinition::MaxAdapters));
    const bool isOn = TRY(toSwitch(words.value(0), verb));
    return ControlRequest{
        QStringLiteral("machine.setLink"),
        {{QStringLiteral("adapter"), adapter - 1}, {QStringLiteral("connected"), isOn}}};
}

Result<ControlRequest> usbRequest(const QString &verb, QStringList words)
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
    return ControlRequest{
        isAttaching ? QStringLiteral("usb.attach") : QStringLiteral("usb.detach"),
        {{QStringLiteral("device"), words.first()}, {QStringLiteral("force"), isForced}}};
}

Result<ControlRequest> stickRequest(const QStringList &words)
{
    const QString action = words.value(0);
    if (action == QLatin1String("eject") && words.size() == 1)
        return ControlRequest{QStringLiteral("usb.ejectStick"), {}};
    if (action != QLatin1String("insert") || words.size() < 2)
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("usbstick takes \"insert <file>...\" or \"eject\""));
    QJsonArray files;
    for (const QString &word : words.mid(1))
        files.append(QDir::cleanPath(QFileInfo(word).absoluteFilePath()));
    return ControlRequest{
        QStringLiteral("usb.insertStick"), {{QStringLiteral("files"), files}}, false, 3600s};
}

// "clipboard mode <mode>", "draganddrop <mode>"
Result<ControlRequest> sharingRequest(const QString &verb, const QStringList &words)
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
    return ControlRequest{
        QStringLiteral("machine.setSharing"),
        {{isClipboard ? QStringLiteral("clipboard") : QStringLiteral("dragAndDrop"),
          enumName(mode)}}};
}

// "audioin on", "audioout off"
Result<ControlRequest> audioRequest(const QString &verb, const QStringList &words)
{
    if (words.size() != 1)
        return makeError(ErrorKind::Invalid, QStringLiteral("%1 takes on or off").arg(verb));
    const bool isOn = TRY(toSwitch(words.first(), verb));
    return ControlRequest{
        QStringLiteral("machine.setAudio"),
        {{verb == QLatin1String("audioout") ? QStringLiteral("output") : QStringLiteral("input"),
          isOn}}};
}

// As modifyvm with one option, on the running machine.
Result<ControlRequest> changeRequest(const MachineDefinition &definition, const QString &option,
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
    return ControlRequest{
        QStringLiteral("machine.changeDefinition"),
        {{QStringLiteral("definition"), json(wanted)}, {QStringLiteral("base"), json(definition)}}};
}

// "vrde on", "vrdeport 5900-5910", "vrdeproperty SPICEPassword=x"
Result<ControlRequest> remoteDisplayRequest(const QString &verb, const QStringList &words,
                                            const MachineDefinition &definition)
{
    if (words.size() != 1)
        return makeError(ErrorKind::Invalid, QStringLiteral("%1 takes one value").arg(verb));
    const QString option = verb == QLatin1String("vrde") ? QStringLiteral("vrde")
        : verb == QLatin1String("vrdeport")              ? QStringLiteral("vrde-port")
                                                         : QStringLiteral("vrde-property");
    return changeRequest(definition, option, words.first());
}

// "recording on", "recording filename a.webm", ...: the latter for the films to come.
Result<ControlRequest> recordingRequest(const QStringList &words,
                                        const MachineDefinition &definition)
{
    const QString word = words.value(0).toLower();
    if (words.size() == 1 && (word == QLatin1String("on") || word == QLatin1String("start")))
        return ControlRequest{QStringLiteral("recording.start"), {}};
    if (words.size() == 1 && (word == QLatin1String("off") || word == QLatin1String("stop")))
        return ControlRequest{QStringLiteral("recording.stop"), {}};
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
Result<ControlRequest> monitorRequest(const QStringList &words)
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
    return ControlRequest{QStringLiteral("machine.setMonitor"),
                          {{QStringLiteral("monitor"), monitor},
                           {QStringLiteral("plugged"), isPluggedIn},
                           {QStringLiteral("width"), width},
                           {QStringLiteral("height"), height}}};
}

} // namespace

Result<ControlRequest> readControlRequest(const QString &verb, const QStringList &words,
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
            return ControlRequest{QLatin1String(plain.method),
                                  {},
                                  plain.isStateChange,
                                  verb == QLatin1String("savestate") ? 3600s : 60s};
    }
    if (verb == QLatin1String("keyboardputscancode")) {
        const QJsonObject codes = TRY(scanCodes(words));
        return ControlRequest{QStringLiteral("machine.sendScanCodes"), codes};
    }
    if (verb == QLatin1String("keyboardputstring")) {
        const TypingWords typing = TRY(typingWords(words));
        if (typing.words.isEmpty())
            return makeError(ErrorKind::Invalid, QStringLiteral("A text to type is needed"));
        QJsonObject params = typing.params;
        params[QLatin1String("text")] = typing.words.join(QLatin1Char(' '));
        return ControlRequest{QStringLiteral("machine.typeText"), params, false, 3600s};
    }
    if (verb == QLatin1String("keyboardputfile")) {
        const TypingWords typing = TRY(typingWords(words));
        const QJsonObject text = TRY(fileText(typing.words.value(0)));
        QJsonObject params = typing.params;
        params[QLatin1String("text")] = text[QLatin1String("text")];
        // At the slowest pace one may ask for.
        return ControlRequest{QStringLiteral("machine.typeText"), params, false, 24h};
    }
    if (verb == QLatin1String("screenshotpng")) {
        if (words.isEmpty())
            return makeError(ErrorKind::Invalid, QStringLiteral("A file name is needed"));
        ControlRequest request{QStringLiteral("machine.screenshot"),
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

} // namespace app
