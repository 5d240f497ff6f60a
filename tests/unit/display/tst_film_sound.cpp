// SPDX-License-Identifier: GPL-3.0-or-later
// The sound of films: where what a guest plays is put, and that it comes back from the file, by
// libwebm's parser with libopus's decoder and, where it is installed, by ffmpeg.
#include "display/film/film_sound.h"
#include "display/film/vp8_film.h"
#include "tests/support/film_reader.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>

#include <cmath>
#include <numbers>

#include <opus/opus.h>
#include <sys/socket.h>

using namespace display;
using namespace std::chrono_literals;
using engine::Fd;

using engine::SoundWord;
using fakes::ReadFilm;
using fakes::readFilm;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

constexpr std::int64_t Millisecond = SoundLine::Rate / 1000; // frames
using Samples = std::vector<std::int16_t>;

// What is there to be heard in stereo samples, and when.
struct Heard
{
    std::int64_t begin = -1; // frames; the first that is not silent
    std::int64_t end = -1; // behind the last
    double frequency = 0; // of the left side's first half second
    bool isStereo = true; // the right side is the left one's half
};

Heard listenTo(const Samples &samples, int loud = 2000)
{
    Heard heard;
    for (std::size_t i = 0; i + 1 < samples.size(); i += 2) {
        if (std::abs(samples[i]) < loud)
            continue;
        if (heard.begin < 0)
            heard.begin = std::int64_t(i / 2);
        heard.end = std::int64_t(i / 2) + 1;
        heard.isStereo =
            heard.isStereo && std::abs(samples[i] - 2 * samples[i + 1]) < 1500;
    }
    const auto first = std::size_t(std::max<std::int64_t>(heard.begin, 0)) * 2;
    const std::size_t last = std::min(samples.size(), first + SoundLine::Rate);
    int ups = 0;
    std::size_t firstUp = 0;
    std::size_t lastUp = 0;
    for (std::size_t i = first + 2; i < last; i += 2) {
        if (samples[i - 2] >= 0 || samples[i] < 0)
            continue;
        if (ups++ == 0)
            firstUp = i;
        lastUp = i;
    }
    if (ups > 1)
        heard.frequency = (ups - 1) * double(SoundLine::Rate) * 2 / double(lastUp - firstUp);
    return heard;
}

// A sine, the right side at half the volume.
class Tone
{
public:
    Tone(double frequency, unsigned rate)
        : m_step(2 * std::numbers::pi * frequency / rate)
    { }
    Samples next(std::size_t frames)
    {
        Samples samples;
        for (std::size_t i = 0; i < frames; ++i, m_angle += m_step) {
            samples.push_back(std::int16_t(16000 * std::sin(m_angle)));
            samples.push_back(std::int16_t(8000 * std::sin(m_angle)));
        }
        return samples;
    }

private:
    const double m_step;
    double m_angle = 0;
};

struct Line
{
    Samples all;
    SoundLine line{[this](std::span<const std::int16_t> frames) {
        all.insert(all.end(), frames.begin(), frames.end());
    }};
};

bool isNear(double value, double wanted, double tolerance)
{
    return std::abs(value - wanted) <= tolerance;
}

// A machine's end of the socket, which plays at the pace of the film's clock.
struct Card
{
    explicit Card(unsigned framesPerSecond)
        : rate(framesPerSecond)
        , tone(440, framesPerSecond)
    {
        int ends[2] = {-1, -1};
        engine::check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0,
                      "no sockets");
        machine = Fd(ends[0]);
        film = Fd(ends[1]);
    }
    void say(SoundWord word, std::uint32_t value, const Samples &samples = {}) const
    {
        engine::SoundPacket packet;
        packet.message = {word, value};
        std::copy(samples.begin(), samples.end(), packet.samples.begin());
        engine::check(::send(machine.get(), &packet, sizeof packet.message + samples.size() * 2, 0)
                          > 0,
                      "nobody hears");
    }
    // 5 ms at a time, as many as are due.
    void play(const FilmClock &clock, microseconds since)
    {
        const std::int64_t due = (clock.now() - since).count() * rate / 1'000'000;
        for (; played + rate / 200 <= due; played += rate / 200)
            say(SoundWord::Samples, 0, tone.next(rate / 200));
    }

    const unsigned rate;
    Tone tone;
    Fd machine;
    Fd film;
    std::int64_t played = 0;
};

Samples decoded(const ReadFilm::Sound &sound)
{
    int code = OPUS_OK;
    OpusDecoder *const decoder = ::opus_decoder_create(48000, 2, &code);
    engine::check(decoder != nullptr, "no decoder");
    Samples all;
    for (const ReadFilm::Picture &packet : sound.packets) {
        Samples piece(2 * 5760);
        // Bytes as bytes.
        const int frames = ::opus_decode(
            decoder, reinterpret_cast<const unsigned char *>(packet.data.constData()),
            opus_int32(packet.data.size()), piece.data(), 5760, 0);
        engine::check(frames > 0, "no packet of Opus");
        all.insert(all.end(), piece.begin(), piece.begin() + 2 * frames);
    }
    ::opus_decoder_destroy(decoder);
    const auto delay = std::size_t(sound.delay * 48 / 1'000'000);
    all.erase(all.begin(), all.begin() + std::ptrdiff_t(2 * delay));
    return all;
}

struct Picture
{
    std::vector<std::uint32_t> pixels = std::vector<std::uint32_t>(64 * 64, 0x336699);
    engine::Frame frame;

    Picture()
    {
        // Pixels as bytes.
        frame.pixels = reinterpret_cast<const std::uint8_t *>(pixels.data());
        frame.width = frame.height = 64;
        frame.strideBytes = 64 * 4;
        frame.format = engine::PixelFormat::Xrgb32;
    }
};

// A film of three seconds, in which a tone is played from 0.8 s to 2.2 s.
struct ToneFilm
{
    QTemporaryDir folder;
    QString path = folder.filePath("tone.webm");
    FilmState state;
    milliseconds begin{0}; // of the tone
    milliseconds end{0};
    milliseconds length{0};

    ToneFilm()
    {
        const auto clock = std::make_shared<FilmClock>();
        auto film = makeVp8Film({.file = path.toStdString(),
                                 .width = 64,
                                 .height = 64,
                                 .soundClock = clock});
        engine::check(film.has_value(), "no film");
        Card card(44100);
        (*film)->hear(std::move(card.film));
        const Picture picture;
        const auto now = [&clock] {
            return std::chrono::duration_cast<milliseconds>(clock->now());
        };
        (*film)->offer(picture.frame, 0ms);
        clock->setRunning(true);
        milliseconds lastPicture{0};
        while (now() < 3000ms) {
            QTest::qWait(5);
            if (now() - lastPicture >= 100ms) {
                lastPicture = now();
                (*film)->offer(picture.frame, lastPicture);
            }
            if (now() >= 800ms && begin == 0ms) {
                begin = now();
                card.say(SoundWord::OpenOutput, 44100);
            }
            if (begin != 0ms && end == 0ms) {
                card.play(*clock, begin);
                if (now() >= 2200ms) {
                    end = now();
                    card.say(SoundWord::CloseOutput, 0);
                }
            }
        }
        length = now();
        (*film)->finish(length);
        state = (*film)->waitUntilOver();
    }
    // In samples of the whole film.
    void check(const Samples &samples) const
    {
        const Heard heard = listenTo(samples);
        const auto told = [&heard, this] {
            return QByteArray::number(heard.begin / Millisecond) + "-"
                + QByteArray::number(heard.end / Millisecond) + " ms, played "
                + QByteArray::number(qint64(begin.count())) + "-"
                + QByteArray::number(qint64(end.count())) + " ms, "
                + QByteArray::number(heard.frequency) + " Hz";
        };
        QVERIFY2(isNear(heard.frequency, 440, 3), told().constData());
        QVERIFY2(heard.isStereo, told().constData());
        // A busy computer reads it late.
        QVERIFY2(isNear(double(heard.begin) / Millisecond, double(begin.count()), 150),
                 told().constData());
        QVERIFY2(isNear(double(heard.end) / Millisecond, double(end.count()), 150),
                 told().constData());
        // One packet may begin before the end and reach beyond it.
        QVERIFY2(isNear(double(samples.size()) / 2 / Millisecond, double(length.count()), 21),
                 qPrintable(QString::number(samples.size() / 2 / Millisecond)));
    }
};

const ToneFilm &toneFilm()
{
    static const ToneFilm film;
    return film;
}

} // namespace

class TestFilmSound final : public QObject
{
    Q_OBJECT
private slots:
    void whereNothingIsPlayedThereIsSilence()
    {
        Line track;
        track.line.pass(150ms);
        QCOMPARE(track.line.frames(), 0);
        track.line.pass(1000ms);
        QVERIFY(track.line.frames() >= 800 * Millisecond);
        QVERIFY(track.line.frames() < 1000 * Millisecond);
        track.line.finish(2345ms);
        QCOMPARE(track.line.frames(), 2345 * Millisecond);
        QCOMPARE(track.all, Samples(std::size_t(2 * 2345 * Millisecond)));
    }

    void aStreamBeginsWhereItIsHeard()
    {
        Line track;
        Tone tone(440, 48000);
        track.line.pass(500ms);
        track.line.open(48000);
        for (milliseconds at = 510ms; at <= 1000ms; at += 10ms)
            track.line.play(tone.next(480), at);
        track.line.close();
        track.line.pass(2000ms);
        track.line.open(48000); // again, much later
        track.line.play(Samples(960, 7000), 2010ms);
        track.line.finish(2500ms);
        QCOMPARE(track.line.frames(), 2500 * Millisecond);
        QCOMPARE(track.all[2 * 2000 * Millisecond - 2], std::int16_t(0));
        QCOMPARE(track.all[2 * 2000 * Millisecond], std::int16_t(7000));
        QCOMPARE(track.all[2 * 2010 * Millisecond], std::int16_t(0));
        track.all.resize(2 * 1500 * Millisecond);
        const Heard heard = listenTo(track.all, 1);
        QVERIFY(isNear(double(heard.begin), 500 * Millisecond, 2)); // a sine begins with nothing
        QVERIFY(isNear(double(heard.end), 1000 * Millisecond, 2));
        QVERIFY(isNear(heard.frequency, 440, 0.5));
        QVERIFY(heard.isStereo);
    }

    void otherRatesAreConverted_data()
    {
        QTest::addColumn<unsigned>("rate");
        for (const unsigned rate : {8000U, 16000U, 22050U, 44100U, 96000U, 192000U})
            QTest::newRow(QByteArray::number(rate).constData()) << rate;
    }
    void otherRatesAreConverted()
    {
        QFETCH(const unsigned, rate);
        Line track;
        Tone tone(440, rate);
        track.line.open(rate);
        for (milliseconds at = 10ms; at <= 2000ms; at += 10ms)
            track.line.play(tone.next(rate / 100), at);
        track.line.finish(2000ms);
        QCOMPARE(track.line.frames(), 2000 * Millisecond);
        const Heard heard = listenTo(track.all);
        QVERIFY2(isNear(heard.frequency, 440, 1), qPrintable(QString::number(heard.frequency)));
        QVERIFY(heard.isStereo);
        QVERIFY(heard.end - heard.begin > 1980 * Millisecond);
    }

    // Packets that come late, but all of them, are no gap.
    void unevenPacketsAreNoGap()
    {
        Line track;
        Tone tone(440, 48000);
        track.line.open(48000);
        Samples played;
        for (int i = 1; i <= 200; ++i) { // at 10, 10, 10, 40, 50, 50, ... ms
            const Samples piece = tone.next(480);
            played.insert(played.end(), piece.begin(), piece.end());
            track.line.play(piece, milliseconds(i * 10 + (i % 4 == 0 ? 30 : 0)));
            track.line.pass(milliseconds(i * 10));
        }
        track.all.resize(played.size());
        QCOMPARE(track.all, played);
    }

    void aGapIsAsLongAsItWas()
    {
        Line track;
        Tone tone(440, 48000);
        track.line.open(48000);
        for (milliseconds at = 10ms; at <= 500ms; at += 10ms)
            track.line.play(tone.next(480), at);
        for (milliseconds at = 500ms; at <= 990ms; at += 50ms)
            track.line.pass(at); // nothing comes, nobody says why
        track.line.play(Samples(960, 7000), 1000ms);
        QCOMPARE(track.line.frames(), 1000 * Millisecond);
        QCOMPARE(track.all[2 * 990 * Millisecond - 2], std::int16_t(0));
        QCOMPARE(track.all[2 * 990 * Millisecond], std::int16_t(7000));
    }

    // A card's clock that is slower or faster than ours.
    void clocksThatDifferDoNotDriftApart_data()
    {
        QTest::addColumn<int>("frames"); // for each 10 ms
        QTest::newRow("slow") << 470;
        QTest::newRow("fast") << 490;
    }
    void clocksThatDifferDoNotDriftApart()
    {
        QFETCH(const int, frames);
        Line track;
        track.line.open(48000);
        for (int i = 1; i <= 2000; ++i) {
            track.line.play(Samples(std::size_t(frames) * 2, 5000), milliseconds(10 * i));
            const std::int64_t ahead = track.line.frames() - 10 * i * Millisecond;
            QVERIFY2(std::abs(ahead) < 100 * Millisecond,
                     qPrintable(QString::number(ahead / Millisecond)));
        }
    }

    void whatPlayersAreTold()
    {
        const auto track = OpusTrack::open();
        QVERIFY_OK(track);
        const SoundTrack told = (*track)->track();
        const QByteArray head(reinterpret_cast<const char *>(told.codecHead.data()),
                              qsizetype(told.codecHead.size())); // bytes as bytes
        // RFC 7845, 5.1: version 1, 2 channels, 312 frames to leave out, 48000, no gain, family 0.
        QCOMPARE(head.toHex(), "4f707573486561640102380180bb0000000000");
        QCOMPARE(told.delay, std::chrono::nanoseconds(6'500'000));
    }

    void aToneComesBack()
    {
        const ToneFilm &made = toneFilm();
        QVERIFY2(!made.state.trouble, made.state.trouble ? made.state.trouble->text().c_str() : "");
        const ReadFilm film = readFilm(made.path);
        QVERIFY(film.isWhole);
        QVERIFY(film.isInOrder);
        QVERIFY(film.sound.has_value());
        QCOMPARE(film.sound->codec, "A_OPUS");
        QCOMPARE(film.sound->rate, 48000.0);
        QCOMPARE(film.sound->channels, 2U);
        QCOMPARE(film.sound->delay, 6'500'000U);
        QCOMPARE(film.sound->preRoll, 80'000'000U);
        QVERIFY(film.sound->head.startsWith("OpusHead"));
        for (qsizetype i = 0; i < film.sound->packets.size(); ++i) {
            QCOMPARE(film.sound->packets[i].at, 20 * i);
            QVERIFY(film.sound->packets[i].isKey);
        }
        QCOMPARE(film.codec, "V_VP8");
        QVERIFY(film.pictures.size() > 20);
        QCOMPARE(film.pictures.last().at, qint64(made.length.count()));
        QCOMPARE(film.duration, double(made.length.count()));
        for (const auto &cue : film.cues)
            QVERIFY(film.clusters.contains(cue.second));
        made.check(decoded(*film.sound));
    }

    void ffmpegHearsIt()
    {
        for (const char *program : {"ffmpeg", "ffprobe"})
            if (QStandardPaths::findExecutable(QLatin1String(program)).isEmpty())
                QSKIP("ffmpeg is not installed (package ffmpeg)");
        const ToneFilm &made = toneFilm();
        const auto run = [](const QString &program, const QStringList &words) {
            QProcess process;
            process.start(program, words);
            process.waitForFinished(60'000);
            const QByteArray errors = process.readAllStandardError();
            return errors.isEmpty() && process.exitCode() == 0 ? process.readAllStandardOutput()
                                                               : "failed: " + errors;
        };
        QCOMPARE(run("ffprobe",
                     {"-v", "error", "-show_entries", "stream=codec_name,sample_rate,channels",
                      "-of", "compact=p=0", made.path})
                     .trimmed(),
                 "codec_name=vp8\ncodec_name=opus|sample_rate=48000|channels=2");
        const QString raw = made.folder.filePath("tone.raw");
        QCOMPARE(run("ffmpeg",
                     {"-v", "error", "-xerror", "-i", made.path, "-map", "0:a", "-f", "s16le", raw}),
                 QByteArray());
        QFile file(raw);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        Samples samples(std::size_t(bytes.size()) / 2);
        std::memcpy(samples.data(), bytes.constData(), samples.size() * 2);
        made.check(samples);
    }

    void aFilmThatHearsNothingIsSilentThroughout()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("a.webm");
        const auto clock = std::make_shared<FilmClock>();
        const auto film = makeVp8Film(
            {.file = path.toStdString(), .width = 64, .height = 64, .soundClock = clock});
        QVERIFY_OK(film);
        {
            // Whoever it is says what it likes, and goes.
            Card card(48000);
            (*film)->hear(std::move(card.film));
            clock->setRunning(true);
            card.say(SoundWord::Samples, 0, Samples(20, 9000)); // not open
            card.say(SoundWord(99), 7);
            card.say(SoundWord::OpenOutput, 0);
            card.say(SoundWord::OpenOutput, 0xffffffff);
            card.say(SoundWord::Excess, 1);
            ::send(card.machine.get(), "x", 1, 0);
        }
        (*film)->offer(Picture().frame, 0ms);
        QTest::qWait(400);
        (*film)->finish(500ms);
        QVERIFY(!(*film)->waitUntilOver().trouble);
        const ReadFilm read = readFilm(path);
        QVERIFY(read.isWhole && read.sound);
        QCOMPARE(read.sound->packets.size(), 25);
        QCOMPARE(listenTo(decoded(*read.sound), 10).begin, -1);
    }

    void aSilentFilmHasNoTrackForIt()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("a.webm");
        const auto film = makeVp8Film({.file = path.toStdString(), .width = 64, .height = 64});
        QVERIFY_OK(film);
        (*film)->hear(std::move(Card(48000).film));
        (*film)->offer(Picture().frame, 0ms);
        (*film)->finish(100ms);
        QVERIFY(!(*film)->waitUntilOver().trouble);
        QVERIFY(!readFilm(path).sound);
    }
};

QTEST_GUILESS_MAIN(TestFilmSound)
#include "tst_film_sound.moc"
