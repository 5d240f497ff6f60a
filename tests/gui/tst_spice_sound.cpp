// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest plays, as a SPICE client hears it, and what the client says: through the card's
// backends, vitrine-spice and spice-client-glib.
#include "engine/host/sound_protocol.h"
#include "engine/vmm/sound_backends/piped_sound.h"
#include "tests/support/served_screen.h"
#include "tests/support/sound_recorder.h"
#include "tests/support/test_main.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QTimer>
#include <QtTest/QTest>

#include <algorithm>
#include <vector>

// Qt's keyword is a name of a member there.
#undef signals
#include <spice-client.h>
#include <sys/socket.h>

using namespace engine;
using fakes::Served;

namespace {

constexpr int Patience = fakes::ServedPatience;
constexpr std::size_t Piece = 480; // frames, as a sound card hands them over: 10 ms

// A client with ears.
class Listener
{
public:
    explicit Listener(const SpiceAddress &address)
        : m_session(spice_session_new())
    {
        const QByteArray port = QByteArray::number(address.port);
        g_object_set(m_session, "host", address.host.toUtf8().constData(), "port",
                     port.constData(), nullptr);
        g_signal_connect(m_session, "channel-new", G_CALLBACK(channelCame), this);
        spice_session_connect(m_session);
    }
    ~Listener()
    {
        g_signal_handlers_disconnect_by_data(m_session, this);
        if (m_channel != nullptr)
            g_signal_handlers_disconnect_by_data(m_channel, this);
        spice_session_disconnect(m_session);
        g_object_unref(m_session);
    }
    Listener(const Listener &) = delete;
    Listener &operator=(const Listener &) = delete;

    bool isReady() const { return m_isOpen; }

    std::vector<int> rates; // of each start
    int stops = 0;
    std::vector<std::int16_t> heard;

private:
    static void channelCame(SpiceSession *, SpiceChannel *channel, Listener *self)
    {
        if (!SPICE_IS_PLAYBACK_CHANNEL(channel)) {
            if (SPICE_IS_MAIN_CHANNEL(channel))
                spice_channel_connect(channel);
            return;
        }
        self->m_channel = channel;
        g_signal_connect(channel, "playback-start", G_CALLBACK(started), self);
        g_signal_connect(channel, "playback-data", G_CALLBACK(came), self);
        g_signal_connect(channel, "playback-stop", G_CALLBACK(stopped), self);
        g_signal_connect(channel, "channel-event", G_CALLBACK(happened), self);
        spice_channel_connect(channel);
    }
    static void happened(SpiceChannel *, SpiceChannelEvent event, Listener *self)
    {
        self->m_isOpen = event == SPICE_CHANNEL_OPENED;
    }
    static void started(SpicePlaybackChannel *, gint, gint channels, gint rate, Listener *self)
    {
        QCOMPARE(channels, int(SoundChannels));
        self->rates.push_back(rate);
    }
    static void came(SpicePlaybackChannel *, gpointer data, gint bytes, Listener *self)
    {
        const auto *const samples = static_cast<const std::int16_t *>(data);
        self->heard.insert(self->heard.end(), samples, samples + bytes / 2);
    }
    static void stopped(SpicePlaybackChannel *, Listener *self) { ++self->stops; }

    SpiceSession *const m_session;
    SpiceChannel *m_channel = nullptr;
    bool m_isOpen = false;
};

// A client with a microphone, which hears a saw tooth whose every frame is another, none of them
// silent.
class Speaker
{
public:
    explicit Speaker(const SpiceAddress &address)
        : m_session(spice_session_new())
    {
        const QByteArray port = QByteArray::number(address.port);
        g_object_set(m_session, "host", address.host.toUtf8().constData(), "port",
                     port.constData(), nullptr);
        g_signal_connect(m_session, "channel-new", G_CALLBACK(channelCame), this);
        spice_session_connect(m_session);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { speak(); });
        m_timer.start(5);
    }
    ~Speaker()
    {
        m_timer.stop();
        g_signal_handlers_disconnect_by_data(m_session, this);
        if (m_channel != nullptr)
            g_signal_handlers_disconnect_by_data(m_channel, this);
        spice_session_disconnect(m_session);
        g_object_unref(m_session);
    }
    Speaker(const Speaker &) = delete;
    Speaker &operator=(const Speaker &) = delete;

    std::vector<int> rates; // of each start
    int stops = 0;

private:
    static void channelCame(SpiceSession *, SpiceChannel *channel, Speaker *self)
    {
        if (!SPICE_IS_RECORD_CHANNEL(channel)) {
            if (SPICE_IS_MAIN_CHANNEL(channel))
                spice_channel_connect(channel);
            return;
        }
        self->m_channel = SPICE_RECORD_CHANNEL(channel);
        g_signal_connect(channel, "record-start", G_CALLBACK(started), self);
        g_signal_connect(channel, "record-stop", G_CALLBACK(stopped), self);
        spice_channel_connect(channel);
    }
    static void started(SpiceRecordChannel *, gint, gint channels, gint rate, Speaker *self)
    {
        QCOMPARE(channels, int(SoundChannels));
        self->rates.push_back(rate);
        self->m_since.start();
        self->m_sent = 0;
    }
    static void stopped(SpiceRecordChannel *, Speaker *self)
    {
        ++self->stops;
        self->m_since.invalidate();
    }
    // As much as is due, a client's 10 ms at a time.
    void speak()
    {
        if (!m_since.isValid())
            return;
        const qint64 piece = rates.back() / 100;
        while (m_sent + piece <= m_since.elapsed() * rates.back() / 1000) {
            std::vector<std::int16_t> samples(std::size_t(piece) * SoundChannels);
            for (std::size_t i = 0; i < samples.size(); i += 2) {
                samples[i] = samples[i + 1] = m_next;
                m_next = m_next == 30000 ? std::int16_t(1) : std::int16_t(m_next + 1);
            }
            spice_record_channel_send_data(m_channel, samples.data(), samples.size() * 2,
                                           guint32(m_since.elapsed()));
            m_sent += piece;
        }
    }

    SpiceSession *const m_session;
    SpiceRecordChannel *m_channel = nullptr;
    QTimer m_timer;
    QElapsedTimer m_since; // the guest listens
    qint64 m_sent = 0;
    std::int16_t m_next = 1;
};

struct Playing : Served
{
    Playing()
    {
        options.connectSound = [this] {
            int ends[2] = {-1, -1};
            check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "no sockets");
            card = makePipedSound(Fd(ends[0]));
            return Fd(ends[1]);
        };
    }

    // 10 ms of a saw tooth whose every frame is another, at the card's pace.
    void play(SoundOutput &output)
    {
        std::vector<std::int16_t> samples(Piece * SoundChannels);
        for (std::size_t i = 0; i < Piece; ++i, ++next)
            samples[2 * i] = samples[2 * i + 1] = std::int16_t(next);
        output.push(samples);
        QTest::qWait(10);
    }

    std::shared_ptr<PipedSound> card;
    std::int16_t next = 1;
};

// The most frames that follow one another in what was played. Who is not read in time loses some.
std::size_t unbroken(const std::vector<std::int16_t> &heard)
{
    std::size_t longest = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i + 3 < heard.size(); i += 2) {
        const bool isFollowed = heard[i] != 0 && heard[i] == heard[i + 1]
            && std::int16_t(heard[i] + 1) == heard[i + 2];
        count = isFollowed ? count + 1 : 0;
        longest = std::max(longest, count);
    }
    return longest;
}

} // namespace

class TestSpiceSound : public QObject
{
    Q_OBJECT
private slots:
    void whatIsPlayedIsHeard();
    void anotherRateIsTold();
    void whoComesLateHearsTheRest();
    void whatAClientSaysIsRecorded();
    void aWindowsSessionHandsItOver();
    void aMachineWithoutACardHasNoChannel();
    void packetsOfAnyKindHarmNobody();
};

void TestSpiceSound::whatIsPlayedIsHeard()
{
    Playing machine;
    QVERIFY(machine.open());
    Listener client(machine.server->address());
    QTRY_VERIFY_WITH_TIMEOUT(client.isReady() && machine.card, Patience);
    auto output = machine.card->openOutput(48000);
    QTRY_COMPARE_WITH_TIMEOUT(client.rates, std::vector<int>{48000}, Patience);
    for (int i = 0; i < 2000 && unbroken(client.heard) <= 60 * Piece; ++i)
        machine.play(*output);
    QVERIFY(unbroken(client.heard) > 60 * Piece);
    QCOMPARE(client.stops, 0);
    output.reset();
    QTRY_COMPARE_WITH_TIMEOUT(client.stops, 1, Patience);
}

void TestSpiceSound::anotherRateIsTold()
{
    Playing machine;
    QVERIFY(machine.open());
    Listener client(machine.server->address());
    QTRY_VERIFY_WITH_TIMEOUT(client.isReady() && machine.card, Patience);
    auto output = machine.card->openOutput(48000);
    machine.play(*output);
    output.reset();
    output = machine.card->openOutput(44100);
    machine.play(*output);
    QTRY_COMPARE_WITH_TIMEOUT(client.rates, (std::vector<int>{48000, 44100}), Patience);
}

// The guest plays before anybody is there, and goes on when the first client has gone.
void TestSpiceSound::whoComesLateHearsTheRest()
{
    Playing machine;
    QVERIFY(machine.open());
    std::unique_ptr<SoundOutput> output;
    for (int i = 0; i < 2; ++i) {
        machine.card.reset();
        Listener client(machine.server->address());
        QTRY_VERIFY_WITH_TIMEOUT(machine.card, Patience);
        output = machine.card->openOutput(48000);
        QTRY_VERIFY_WITH_TIMEOUT((machine.play(*output), unbroken(client.heard) > 4 * Piece),
                                 Patience);
        QCOMPARE(client.rates, std::vector<int>{48000});
    }
}

void TestSpiceSound::whatAClientSaysIsRecorded()
{
    Playing machine;
    QVERIFY(machine.open());
    auto client = std::make_unique<Speaker>(machine.server->address());
    QTRY_VERIFY_WITH_TIMEOUT(machine.card, Patience);
    QTest::qWait(300);
    QVERIFY(client->rates.empty()); // nobody listens
    auto input = machine.card->openInput(48000);
    QVERIFY(!machine.card->isSpokenInto());
    QTRY_COMPARE_WITH_TIMEOUT(client->rates, std::vector<int>{48000}, Patience);
    QElapsedTimer since;
    since.start();
    qint64 frames = 0;
    std::vector<std::int16_t> recorded;
    // The card's pace.
    const auto record = [&] {
        QTest::qWait(5);
        std::vector<std::int16_t> piece(2 * 240);
        for (; frames + 240 <= since.elapsed() * 48; frames += 240) {
            input->pull(piece);
            recorded.insert(recorded.end(), piece.begin(), piece.end());
        }
    };
    while (since.elapsed() < 4000)
        record();
    QVERIFY(machine.card->isSpokenInto());
    int spoken = 0;
    int inOrder = 0;
    for (std::size_t i = 0; i + 3 < recorded.size(); i += 2) {
        if (recorded[i] == 0)
            continue;
        ++spoken;
        inOrder += recorded[i] == recorded[i + 1]
            && (recorded[i + 2] == recorded[i] + 1
                || (recorded[i] == 30000 && recorded[i + 2] == 1));
    }
    qInfo("%d of %d frames in order", inOrder, spoken);
    QVERIFY2(spoken > 2 * 48000, qPrintable(QString::number(spoken)));
    QVERIFY2(inOrder > spoken * 95 / 100, qPrintable(QString::number(inOrder)));

    // Another rate, and an end.
    input.reset();
    QTRY_COMPARE_WITH_TIMEOUT(client->stops, 1, Patience);
    input = machine.card->openInput(44100);
    QTRY_COMPARE_WITH_TIMEOUT(client->rates, (std::vector<int>{48000, 44100}), Patience);
    QTRY_VERIFY_WITH_TIMEOUT((record(), machine.card->isSpokenInto()), Patience);
    client.reset();
    QTRY_VERIFY_WITH_TIMEOUT((record(), !machine.card->isSpokenInto()), Patience);
    QVERIFY(machine.server->processId() == machine.pid);
}

void TestSpiceSound::aWindowsSessionHandsItOver()
{
    Playing machine;
    QVERIFY(machine.open());
    const auto loudspeaker = std::make_shared<tests::SoundRecorder>();
    int made = 0;
    const display::SoundMaker maker = [&] {
        ++made;
        return loudspeaker;
    };
    auto session = machine.connect();
    session->setSound(maker);
    QTRY_VERIFY_WITH_TIMEOUT(machine.card, Patience);
    QCOMPARE(made, 0); // nobody plays
    auto output = machine.card->openOutput(44100);
    const auto isHeard = [&] {
        machine.play(*output);
        return unbroken(loudspeaker->played) > 10 * Piece;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isHeard(), Patience);
    QCOMPARE(loudspeaker->outputRates, std::vector<unsigned>{44100});

    // Silence, and sound again in the middle of what is played.
    session->setSound({});
    QCOMPARE(loudspeaker->openOutputs, 0);
    loudspeaker->played.clear();
    for (int i = 0; i < 20; ++i)
        machine.play(*output);
    QVERIFY(loudspeaker->played.empty());
    session->setSound(maker);
    QTRY_VERIFY_WITH_TIMEOUT(isHeard(), Patience);
    QCOMPARE(made, 2);

    output.reset();
    QTRY_COMPARE_WITH_TIMEOUT(loudspeaker->openOutputs, 0, Patience);
    output = machine.card->openOutput(48000);
    loudspeaker->played.clear();
    QTRY_VERIFY_WITH_TIMEOUT(isHeard(), Patience);
    QCOMPARE(loudspeaker->outputRates.back(), 48000U);
    session.reset(); // in the middle of it
    QCOMPARE(loudspeaker->openOutputs, 0);

    // Who asks for no sound has no channel.
    machine.card.reset();
    session = machine.connect();
    QTRY_VERIFY_WITH_TIMEOUT(!fakes::picture(*session).isNull(), Patience);
    QTest::qWait(200);
    QCOMPARE(made, 2);
}

void TestSpiceSound::aMachineWithoutACardHasNoChannel()
{
    Served machine;
    QVERIFY(machine.open());
    const auto picture = machine.connect();
    Listener client(machine.server->address());
    QTRY_COMPARE_WITH_TIMEOUT(machine.server->clients(), 2, Patience);
    QTest::qWait(200);
    QVERIFY(!client.isReady());
}

void TestSpiceSound::packetsOfAnyKindHarmNobody()
{
    Playing machine;
    Fd raw;
    machine.options.connectSound = [&raw] {
        int ends[2] = {-1, -1};
        check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "no sockets");
        raw = Fd(ends[0]);
        return Fd(ends[1]);
    };
    QVERIFY(machine.open());
    Listener client(machine.server->address());
    QTRY_VERIFY_WITH_TIMEOUT(client.isReady() && raw.isOpen(), Patience);
    const auto say = [&raw](SoundWord word, std::uint32_t value, std::size_t extra) {
        SoundPacket packet = {};
        packet.message = {word, value};
        ::send(raw.get(), &packet, sizeof packet.message + extra, MSG_NOSIGNAL);
    };
    for (int i = 0; i < 3; ++i) {
        say(SoundWord::Samples, 0, 400); // not open
        say(SoundWord::CloseOutput, 0, 0);
        say(SoundWord::OpenInput, 48000, 0);
        say(SoundWord::OpenInput, 0xffffffff, 0);
        say(SoundWord::OpenInput, 0, 0);
        say(SoundWord::CloseInput, 0, 0);
        say(SoundWord::CloseInput, 0, 0);
        say(SoundWord(77), 1, 33);
        say(SoundWord::OpenOutput, 0xffffffff, 0);
        say(SoundWord::OpenOutput, 0, 0); // again, and none
        say(SoundWord::Samples, 0, 3); // not a frame
        say(SoundWord::Samples, 0, sizeof(SoundPacket) - sizeof(SoundMessage));
    }
    QTRY_COMPARE_WITH_TIMEOUT(client.rates.size(), std::size_t(6), Patience);
    QCOMPARE(client.rates.front(), 192000);
    QCOMPARE(client.rates.back(), 8000);
    ::send(raw.get(), "", 1, MSG_NOSIGNAL); // not even a word
    QTRY_VERIFY_WITH_TIMEOUT(client.stops == 6, Patience);
    QVERIFY(machine.server->processId() == machine.pid);
}

QTEST_MAIN(TestSpiceSound)
#include "tst_spice_sound.moc"
