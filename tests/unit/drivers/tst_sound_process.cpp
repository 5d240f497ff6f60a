// SPDX-License-Identifier: GPL-3.0-or-later
// vitrine-sound as a machine's loudspeaker and microphone, with a PulseAudio of its own where one
// is installed: a tone goes in at the machine's end and is measured where the server gives it out.
#include "engine/drivers/sound_process.h"
#include "engine/machine/qt_text.h"
#include "engine/vmm/sound_backends/piped_sound.h"
#include "tests/support/pulse_server.h"
#include "tests/support/test_main.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>

#include <cmath>
#include <numbers>

#include <signal.h>

using namespace engine;

namespace {

constexpr unsigned Rate = 48000;
constexpr unsigned Tone = 480;
constexpr std::size_t FramesAtOnce = Rate / 200; // as the card does it

QString script(const QTemporaryDir &folder, const QByteArray &text)
{
    QFile file(folder.filePath("script"));
    check(file.open(QIODevice::WriteOnly), "cannot write a script");
    file.write("#!/bin/sh\n" + text);
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return file.fileName();
}

// What the server gives out, as 16 bit mono.
class Listener
{
public:
    explicit Listener(const QString &source)
    {
        m_process.start("parec",
                        {"--raw", "--format=s16le", "--rate=48000", "--channels=1",
                         "--latency-msec=20", "--device=" + source});
        m_process.waitForStarted();
    }
    ~Listener()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    std::vector<std::int16_t> samples()
    {
        m_bytes += m_process.readAllStandardOutput();
        std::vector<std::int16_t> values(std::size_t(m_bytes.size()) / 2);
        if (!values.empty())
            std::memcpy(values.data(), m_bytes.constData(), 2 * values.size());
        return values;
    }
    bool isListening() { return !samples().empty(); }

private:
    QProcess m_process;
    QByteArray m_bytes;
};

// Waves from zero upwards whose length is not the tone's: where something is missing, or twice.
struct Measured
{
    int waves = 0;
    int wrong = 0;
    int loudest = 0;
};

Measured measure(const std::vector<std::int16_t> &samples)
{
    Measured result;
    std::ptrdiff_t last = -1;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        result.loudest = std::max(result.loudest, std::abs(int(samples[i])));
        if (samples[i - 1] >= 0 || samples[i] < 0)
            continue;
        ++result.waves;
        if (last >= 0 && std::abs(std::ptrdiff_t(i) - last - std::ptrdiff_t(Rate / Tone)) > 1)
            ++result.wrong;
        last = std::ptrdiff_t(i);
    }
    return result;
}

// Plays as the card does, by this computer's clock.
void playFor(SoundOutput &output, std::chrono::milliseconds time, double pace = 1)
{
    QElapsedTimer clock;
    clock.start();
    std::size_t frame = 0;
    std::vector<std::int16_t> samples;
    QVERIFY(QTest::qWaitFor(
        [&] {
            const double due = double(clock.nsecsElapsed()) / 1e9 * Rate * pace;
            while (double(frame + FramesAtOnce) <= due) {
                samples.clear();
                for (std::size_t i = 0; i < FramesAtOnce; ++i, ++frame) {
                    const double angle = 2 * std::numbers::pi * Tone * double(frame % Rate) / Rate;
                    samples.insert(samples.end(), 2, std::int16_t(12000 * std::sin(angle)));
                }
                output.push(samples);
            }
            return clock.elapsed() >= time.count();
        },
        int(time.count()) + 5000));
}

} // namespace

class TestSoundProcess : public QObject
{
    Q_OBJECT

private slots:
    void theServerComesAndGoes()
    {
        const QTemporaryDir folder;
        SoundProcess process(script(folder, "echo lost; sleep 0.1; echo ready; exec cat <&$2\n"));
        QStringList reasons;
        connect(&process, &SoundProcess::changed, this, [&] { reasons.append(process.whyNot()); });
        QVERIFY(!process.isHeard());
        const Result<Fd> socket = process.start();
        QVERIFY_OK(socket);
        QTRY_COMPARE(reasons.size(), 2);
        QVERIFY(reasons[0].contains("No sound server"));
        QVERIFY(process.isHeard());
    }

    void aHelperThatDiesIsNoticed()
    {
        const QTemporaryDir folder;
        SoundProcess process(script(folder, "echo ready; echo broken >&2; exit 3\n"));
        QVERIFY_OK(process.start());
        QTRY_VERIFY(process.whyNot().contains("broken"));
        QVERIFY(!process.isHeard());
    }

    void aMissingHelperIsAnError()
    {
        SoundProcess process("/nowhere/vitrine-sound");
        QVERIFY_ERROR(process.start(), ErrorKind::Io);
    }

    void withoutAServerItIsSilent()
    {
        const QTemporaryDir folder;
        qputenv("PULSE_SERVER", ("unix:" + folder.filePath("none")).toLocal8Bit());
        SoundProcess process(VITRINE_SOUND_PROGRAM);
        Result<Fd> socket = process.start();
        QVERIFY_OK(socket);
        const auto sound = makePipedSound(std::move(*socket));
        const auto output = sound->openOutput(Rate);
        playFor(*output, std::chrono::milliseconds(300));
        QTRY_VERIFY(process.whyNot().contains("No sound server"));
        qunsetenv("PULSE_SERVER");
    }

    void aToneIsHeardWithoutGaps()
    {
        if (!tests::PulseServer::isInstalled())
            QSKIP("The packages pulseaudio and pulseaudio-utils are not installed");
        tests::PulseServer server;
        QVERIFY(server.start());
        SoundProcess process(VITRINE_SOUND_PROGRAM);
        Result<Fd> socket = process.start();
        QVERIFY_OK(socket);
        QTRY_VERIFY_WITH_TIMEOUT(process.isHeard(), 15000);
        const auto sound = makePipedSound(std::move(*socket));
        Listener listener("null.monitor");
        QTRY_VERIFY_WITH_TIMEOUT(listener.isListening(), 15000);

        auto output = sound->openOutput(Rate);
        playFor(*output, std::chrono::seconds(3));
        output.reset();
        QTRY_VERIFY_WITH_TIMEOUT(measure(listener.samples()).waves >= int(Tone * 3 - Tone / 20),
                                 5000);
        const Measured heard = measure(listener.samples());
        // A computer that is busy with other things may be late now and then.
        QVERIFY2(heard.wrong <= heard.waves / 50, qPrintable(QString::number(heard.wrong)));
        QVERIFY(heard.loudest > 11000 && heard.loudest < 12500);
    }

    // The server's clock is taken to be five percent slow: what waits grows, and the card is told.
    void clocksThatDifferAreNoticed()
    {
        if (!tests::PulseServer::isInstalled())
            QSKIP("The packages pulseaudio and pulseaudio-utils are not installed");
        tests::PulseServer server;
        QVERIFY(server.start());
        SoundProcess process(VITRINE_SOUND_PROGRAM);
        Result<Fd> socket = process.start();
        QVERIFY_OK(socket);
        QTRY_VERIFY_WITH_TIMEOUT(process.isHeard(), 15000);
        const auto sound = makePipedSound(std::move(*socket));
        const auto output = sound->openOutput(Rate);
        std::chrono::microseconds most{};
        for (int round = 0; round < 20 && most < std::chrono::milliseconds(10); ++round) {
            playFor(*output, std::chrono::milliseconds(500), 1.05);
            most = std::max(most, output->excess().value_or(most));
        }
        QVERIFY2(most >= std::chrono::milliseconds(10), qPrintable(QString::number(most.count())));
        // What waits is bounded, and so is the time until it is heard.
        QVERIFY2(most < std::chrono::milliseconds(100), qPrintable(QString::number(most.count())));
    }

    void theMicrophoneComesIn()
    {
        if (!tests::PulseServer::isInstalled())
            QSKIP("The packages pulseaudio and pulseaudio-utils are not installed");
        tests::PulseServer server;
        QVERIFY(server.start());
        SoundProcess process(VITRINE_SOUND_PROGRAM);
        Result<Fd> socket = process.start();
        QVERIFY_OK(socket);
        QTRY_VERIFY_WITH_TIMEOUT(process.isHeard(), 15000);
        const auto sound = makePipedSound(std::move(*socket));
        // The server's only source is what its output plays.
        const auto output = sound->openOutput(Rate);
        const auto input = sound->openInput(Rate);
        std::vector<std::int16_t> piece(2 * FramesAtOnce);
        int loudest = 0;
        for (int round = 0; round < 100 && loudest < 11000; ++round) {
            playFor(*output, std::chrono::milliseconds(50));
            for (int i = 0; i < 10; ++i) {
                input->pull(piece);
                for (const std::int16_t sample : piece)
                    loudest = std::max(loudest, int(sample));
            }
        }
        QVERIFY2(loudest > 11000 && loudest < 12500, qPrintable(QString::number(loudest)));
    }

    void aServerThatComesBackIsFound()
    {
        if (!tests::PulseServer::isInstalled())
            QSKIP("The packages pulseaudio and pulseaudio-utils are not installed");
        tests::PulseServer server;
        QVERIFY(server.start());
        SoundProcess process(VITRINE_SOUND_PROGRAM);
        const Result<Fd> socket = process.start();
        QVERIFY_OK(socket);
        QTRY_VERIFY_WITH_TIMEOUT(process.isHeard(), 15000);
        server.stop();
        QTRY_VERIFY_WITH_TIMEOUT(!process.isHeard(), 15000);
        QVERIFY(server.start());
        QTRY_VERIFY_WITH_TIMEOUT(process.isHeard(), 15000);
    }
};

QTEST_GUILESS_MAIN(TestSoundProcess)
#include "tst_sound_process.moc"
