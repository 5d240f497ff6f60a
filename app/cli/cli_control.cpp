// SPDX-License-Identifier: GPL-3.0-or-later
// controlvm
#include "app/cli/control_nic.h"
#include "app/cli/control_request.h"
#include "app/cli/verbs.h"
#include "engine/control/screenshot_delivery.h"

namespace app {

using namespace engine;
using namespace std::chrono_literals;

namespace {

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
    auto request =
        readControlRequest(arguments.words.at(1), arguments.words.mid(2), entry.definition);
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
