// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's end of the sound: the socket to vitrine-sound, and the two switches before it.
#include "engine/host/sound_protocol.h"
#include "engine/vmm/sound_backends/piped_sound.h"
#include "engine/vmm/sound_backends/shared_sound.h"
#include "engine/vmm/sound_backends/switched_sound.h"
#include "tests/support/sound_recorder.h"
#include "tests/support/test_main.h"

#include <sys/socket.h>

using namespace engine;
using namespace std::chrono_literals;

namespace {

// The helper's end.
struct Helper
{
    Helper()
    {
        int ends[2] = {-1, -1};
        check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "no sockets");
        machine = Fd(ends[0]);
        socket = Fd(ends[1]);
    }

    // Messages as text: "1:48000", samples as "5:240 frames".
    QStringList heard()
    {
        QStringList texts;
        SoundPacket packet;
        ssize_t size = 0;
        while ((size = ::recv(socket.get(), &packet, sizeof packet, MSG_DONTWAIT)) > 0) {
            const auto frames = (std::size_t(size) - sizeof packet.message) / SoundFrameBytes;
            played.insert(played.end(), packet.samples.begin(),
                          packet.samples.begin() + std::ptrdiff_t(SoundChannels * frames));
            const QString word = QString::number(int(packet.message.word));
            texts.append(frames != 0 ? QStringLiteral("%1:%2 frames").arg(word).arg(frames)
                                     : QStringLiteral("%1:%2").arg(word).arg(packet.message.value));
        }
        return texts;
    }

    void say(SoundWord word, std::uint32_t value)
    {
        const SoundMessage message{word, value};
        QCOMPARE(::send(socket.get(), &message, sizeof message, 0), ssize_t(sizeof message));
    }

    void record(std::size_t frames)
    {
        while (frames != 0) {
            SoundPacket packet;
            packet.message = {SoundWord::Samples, 0};
            const std::size_t count = std::min(frames, MaxSoundFrames);
            for (std::size_t i = 0; i < count; ++i)
                packet.samples[2 * i] = packet.samples[2 * i + 1] = next++;
            const std::size_t size = sizeof packet.message + count * SoundFrameBytes;
            QCOMPARE(::send(socket.get(), &packet, size, 0), ssize_t(size));
            frames -= count;
        }
    }

    Fd machine;
    Fd socket;
    std::vector<std::int16_t> played;
    std::int16_t next = 1;
};

} // namespace

class TestSoundBackends : public QObject
{
    Q_OBJECT

private slots:
    void whatIsPlayedGoesThroughTheSocket()
    {
        Helper helper;
        const auto sound = makePipedSound(std::move(helper.machine));
        auto output = sound->openOutput(44100);
        std::vector<std::int16_t> samples(2 * 1500);
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] = std::int16_t(i);
        output->push(samples);
        output.reset();
        QCOMPARE(helper.heard(), QStringList({"1:44100", "5:1024 frames", "5:476 frames", "2:0"}));
        QCOMPARE(helper.played, samples);
    }

    void theHelperSaysHowTheClocksDiffer()
    {
        Helper helper;
        const auto sound = makePipedSound(std::move(helper.machine));
        const auto output = sound->openOutput(48000);
        QVERIFY(!output->excess());
        helper.say(SoundWord::Excess, 1500);
        QCOMPARE(output->excess(), std::optional(std::chrono::microseconds(1500)));
        helper.say(SoundWord::Excess, std::uint32_t(-250));
        QCOMPARE(output->excess(), std::optional(std::chrono::microseconds(-250)));
    }

    void theMicrophoneBeginsWithSilence()
    {
        Helper helper;
        const auto sound = makePipedSound(std::move(helper.machine));
        const auto input = sound->openInput(48000);
        std::vector<std::int16_t> samples(2 * 240, 99);
        input->pull(samples);
        QCOMPARE(samples, std::vector<std::int16_t>(2 * 240));
        helper.record(480); // less than what has to be there at first
        input->pull(samples);
        QCOMPARE(samples, std::vector<std::int16_t>(2 * 240));
        helper.record(960);
        for (int round = 0; round < 6; ++round) {
            input->pull(samples);
            QCOMPARE(samples.front(), std::int16_t(240 * round + 1));
            QCOMPARE(samples.back(), std::int16_t(240 * round + 240));
        }
        input->pull(samples); // nothing is left
        QCOMPARE(samples, std::vector<std::int16_t>(2 * 240));
    }

    void aGuestThatIsLateHearsWhatIsNew()
    {
        Helper helper;
        const auto sound = makePipedSound(std::move(helper.machine));
        const auto input = sound->openInput(48000);
        helper.record(9600); // 200 ms
        std::vector<std::int16_t> samples(2 * 240);
        input->pull(samples);
        QCOMPARE(samples.front(), std::int16_t(9600 - 720 - 240 + 1)); // 15 ms and these
    }

    // No wait, no signal, no growth.
    void aHelperThatIsGoneIsSilence()
    {
        Helper helper;
        const auto sound = makePipedSound(std::move(helper.machine));
        const auto output = sound->openOutput(48000);
        const auto input = sound->openInput(48000);
        helper.socket.reset();
        std::vector<std::int16_t> samples(2 * 240, 7);
        output->push(samples);
        QVERIFY(!output->excess());
        input->pull(samples);
        QCOMPARE(samples, std::vector<std::int16_t>(2 * 240));
    }

    void aHelperThatSleepsHoldsNobodyUp()
    {
        Helper helper;
        const auto sound = makePipedSound(std::move(helper.machine));
        const auto output = sound->openOutput(48000);
        const std::vector<std::int16_t> samples(2 * 240, 7);
        for (int i = 0; i < 10000; ++i) // 50 s
            output->push(samples);
        QVERIFY(helper.heard().size() < 5000);
    }

    void switchesHaveNoStreamBehindThem()
    {
        const auto recorder = std::make_shared<tests::SoundRecorder>();
        SwitchedSound sound(recorder, true, false);
        const auto output = sound.openOutput(48000);
        const auto input = sound.openInput(44100);
        std::vector<std::int16_t> samples(2 * 10, 5);
        output->push(samples);
        QCOMPARE(recorder->openOutputs, 1);
        input->pull(samples);
        QCOMPARE(samples, std::vector<std::int16_t>(20));
        QCOMPARE(recorder->openInputs, 0); // nobody listens to the room

        sound.setOutputOn(false);
        sound.setInputOn(true);
        output->push(std::vector<std::int16_t>(20, 6));
        input->pull(samples);
        QCOMPARE(recorder->openOutputs, 0);
        QCOMPARE(recorder->played, std::vector<std::int16_t>(20, 5));
        QCOMPARE(recorder->openInputs, 1);
        QCOMPARE(recorder->inputRates, std::vector<unsigned>{44100});
        QCOMPARE(samples[0], std::int16_t(1));

        sound.setInputOn(false);
        input->pull(samples);
        QCOMPARE(recorder->openInputs, 0);
        QCOMPARE(samples, std::vector<std::int16_t>(20));
    }

    void somebodySpeaksOrNobodyDoes()
    {
        Helper helper;
        const auto sound = makePipedSound(std::move(helper.machine));
        const auto input = sound->openInput(48000);
        std::vector<std::int16_t> samples(2 * 480);
        input->pull(samples);
        QVERIFY(!sound->isSpokenInto());
        helper.record(480);
        for (int i = 0; i < 50; ++i) { // half a second
            input->pull(samples);
            QVERIFY(sound->isSpokenInto());
        }
        input->pull(samples);
        QVERIFY(!sound->isSpokenInto());
        helper.record(1);
        input->pull(samples);
        QVERIFY(sound->isSpokenInto());
    }

    void anotherEndsMicrophoneComesFirst()
    {
        const auto first = std::make_shared<tests::SoundRecorder>();
        const auto second = std::make_shared<tests::SoundRecorder>();
        second->next = 10001;
        bool isSpeaking = false;
        SharedSound sound(first);
        const auto input = sound.openInput(44100);
        std::vector<std::int16_t> samples(20);
        input->pull(samples);
        QCOMPARE(samples[0], std::int16_t(1));
        sound.add(second, [&isSpeaking] { return isSpeaking; });
        input->pull(samples);
        QCOMPARE(samples[0], std::int16_t(11));
        QCOMPARE(second->inputRates, std::vector<unsigned>{44100});
        isSpeaking = true;
        input->pull(samples);
        QVERIFY(samples[0] > 10000);
        QCOMPARE(first->openInputs, 0); // nobody listens to this room
        isSpeaking = false;
        input->pull(samples);
        QCOMPARE(samples[0], std::int16_t(21));
        isSpeaking = true;
        input->pull(samples);
        QVERIFY(samples[0] > 10000);
        sound.remove(second);
        input->pull(samples);
        QCOMPARE(samples[0], std::int16_t(31));
        QCOMPARE(second->openInputs, 0);
    }

    void everyEndPlaysAndTheFirstRecords()
    {
        const auto first = std::make_shared<tests::SoundRecorder>();
        const auto second = std::make_shared<tests::SoundRecorder>();
        first->excess = 3ms;
        SharedSound sound(first);
        const auto output = sound.openOutput(48000);
        const auto input = sound.openInput(44100);
        output->push(std::vector<std::int16_t>(20, 5));
        QCOMPARE(second->openOutputs, 0);

        sound.add(second);
        output->push(std::vector<std::int16_t>(20, 6));
        QCOMPARE(second->outputRates, std::vector<unsigned>{48000});
        QCOMPARE(second->played, std::vector<std::int16_t>(20, 6));
        QCOMPARE(output->excess(), std::optional<std::chrono::microseconds>(3ms));
        std::vector<std::int16_t> samples(20);
        input->pull(samples);
        QCOMPARE(first->openInputs, 1);
        QCOMPARE(second->openInputs, 0);

        sound.remove(second);
        output->push(std::vector<std::int16_t>(20, 7));
        QCOMPARE(second->openOutputs, 0);
        QCOMPARE(second->played.size(), std::size_t(20));
        QCOMPARE(first->played.size(), std::size_t(60));
    }

    void anEndThatWasThereBeforeIsOpenedToo()
    {
        const auto first = std::make_shared<tests::SoundRecorder>();
        const auto second = std::make_shared<tests::SoundRecorder>();
        SharedSound sound(first);
        sound.add(second);
        const auto output = sound.openOutput(8000);
        output->push(std::vector<std::int16_t>(2, 1));
        QCOMPARE(second->outputRates, std::vector<unsigned>{8000});
    }
};

QTEST_GUILESS_MAIN(TestSoundBackends)
#include "tst_sound_backends.moc"
