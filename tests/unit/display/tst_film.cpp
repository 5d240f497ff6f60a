// SPDX-License-Identifier: GPL-3.0-or-later
// Films of a screen: what is encoded and written is read back by libwebm's parser and libvpx's
// decoder, which share nothing with the writer; also what a killed process and a full disk leave.
#include "display/film/film_picture.h"
#include "display/film/vp8_film.h"
#include "display/film/webm_file.h"
#include "tests/support/film_reader.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sys/resource.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

using namespace display;
using fakes::ReadFilm;
using fakes::readFilm;
using engine::ErrorKind;
using std::chrono::milliseconds;

namespace {

struct Yuv
{
    int y;
    int u;
    int v;
};

// Every picture of a film, decoded; asked for single points.
class Decoder
{
public:
    Decoder()
    {
        engine::check(vpx_codec_dec_init(&m_codec, vpx_codec_vp8_dx(), nullptr, 0) == VPX_CODEC_OK,
                      "no decoder");
    }
    ~Decoder() { vpx_codec_destroy(&m_codec); }
    Decoder(const Decoder &) = delete;
    Decoder &operator=(const Decoder &) = delete;

    bool decode(const QByteArray &data)
    {
        // Bytes as bytes.
        const auto *bytes = reinterpret_cast<const std::uint8_t *>(data.constData());
        if (vpx_codec_decode(&m_codec, bytes, unsigned(data.size()), nullptr, 0) != VPX_CODEC_OK)
            return false;
        vpx_codec_iter_t next = nullptr;
        m_image = vpx_codec_get_frame(&m_codec, &next);
        return m_image != nullptr;
    }
    int width() const { return int(m_image->d_w); }
    int height() const { return int(m_image->d_h); }
    Yuv at(int x, int y) const
    {
        const auto plane = [this](int index, int px, int py) {
            return int(m_image->planes[index][py * m_image->stride[index] + px]);
        };
        return {plane(VPX_PLANE_Y, x, y), plane(VPX_PLANE_U, x / 2, y / 2),
                plane(VPX_PLANE_V, x / 2, y / 2)};
    }

private:
    vpx_codec_ctx_t m_codec{};
    const vpx_image_t *m_image = nullptr;
};

bool isNear(Yuv a, Yuv b)
{
    constexpr int Near = 12;
    return std::abs(a.y - b.y) <= Near && std::abs(a.u - b.u) <= Near
        && std::abs(a.v - b.v) <= Near;
}

// BT.601 by its definition, in floating point.
Yuv expected(std::uint32_t rgb)
{
    const double r = double(rgb >> 16 & 0xff);
    const double g = double(rgb >> 8 & 0xff);
    const double b = double(rgb & 0xff);
    const double y = 0.299 * r + 0.587 * g + 0.114 * b;
    return {int(16 + y * 219 / 255 + 0.5), int(128 + (b - y) / 1.772 * 224 / 255 + 0.5),
            int(128 + (r - y) / 1.402 * 224 / 255 + 0.5)};
}

// A screen of one color with a square of another one in its middle.
struct Screen
{
    std::vector<std::uint32_t> pixels;
    engine::Frame frame;

    Screen(int width, int height, std::uint32_t color, std::uint32_t square = 0xffffff)
        : pixels(std::size_t(width) * std::size_t(height), color | 0xff000000)
    {
        for (int y = height / 4; y < height * 3 / 4; ++y)
            for (int x = width / 4; x < width * 3 / 4; ++x)
                pixels[std::size_t(y) * std::size_t(width) + std::size_t(x)] = square;
        // Pixels as bytes.
        frame.pixels = reinterpret_cast<const std::uint8_t *>(pixels.data());
        frame.width = width;
        frame.height = height;
        frame.strideBytes = std::ptrdiff_t(width) * 4;
        frame.format = engine::PixelFormat::Xrgb32;
    }
};

void waitForEncoder(const Film &film)
{
    engine::check(QTest::qWaitFor([&] { return !film.isBusy() || film.state().isOver; }, 30000),
                  "the encoder hangs");
}

constexpr std::uint32_t Colors[] = {0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0x808080, 0x102040};

FilmRequest request(const QString &path, int width = 320, int height = 240)
{
    return {.file = path.toStdString(), .width = width, .height = height};
}

} // namespace

class TestFilm final : public QObject
{
    Q_OBJECT
private slots:
    void picturesComeBack()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("a.webm");
        const auto film = makeVp8Film(request(path));
        QVERIFY_OK(film);
        int at = 0;
        for (const std::uint32_t color : Colors) {
            (*film)->offer(Screen(320, 240, color).frame, milliseconds(at));
            waitForEncoder(**film);
            at += 400;
        }
        (*film)->finish(milliseconds(at));
        const FilmState state = (*film)->waitUntilOver();
        QVERIFY2(!state.trouble, state.trouble ? state.trouble->text().c_str() : "");
        QVERIFY(state.isOver);
        QCOMPARE(state.pictures, int(std::size(Colors)));
        QCOMPARE(state.leftOut, 0);
        QCOMPARE(qint64(state.bytes) > 0, true);

        const ReadFilm read = readFilm(path);
        QVERIFY(read.isWhole);
        QCOMPARE(read.docType, QByteArray("webm"));
        QCOMPARE(read.codec, QByteArray("V_VP8"));
        QCOMPARE(read.width, 320U);
        QCOMPARE(read.height, 240U);
        QCOMPARE(read.duration, double(at));
        QCOMPARE(read.seeks.size(), 3);
        // Those, and the last one again where the film ends.
        QCOMPARE(read.pictures.size(), qsizetype(std::size(Colors)) + 1);
        QVERIFY(read.pictures.first().isKey);
        Decoder decoder;
        for (qsizetype i = 0; i < read.pictures.size(); ++i) {
            QCOMPARE(read.pictures[i].at, 400 * i);
            QVERIFY(decoder.decode(read.pictures[i].data));
            QCOMPARE(decoder.width(), 320);
            QCOMPARE(decoder.height(), 240);
            const std::uint32_t color =
                Colors[std::min<std::size_t>(std::size_t(i), std::size(Colors) - 1)];
            QVERIFY2(isNear(decoder.at(20, 20), expected(color)), qPrintable(QString::number(i)));
            QVERIFY(isNear(decoder.at(160, 120), expected(0xffffff)));
        }
        // Every key picture has its entry in the index, which leads to where it is.
        QVERIFY(!read.cues.isEmpty());
        QCOMPARE(read.cues.first().first, 0U);
        for (const auto &cue : read.cues)
            QVERIFY(read.clusters.contains(cue.second));
    }

    void keyPicturesComeByTheClock()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("a.webm");
        const auto film = makeVp8Film(request(path, 64, 64));
        QVERIFY_OK(film);
        const Screen still(64, 64, 0x336699);
        for (int second = 0; second < 12; ++second) {
            (*film)->offer(still.frame, std::chrono::seconds(second));
            waitForEncoder(**film);
        }
        (*film)->finish(std::chrono::seconds(12));
        (void)(*film)->waitUntilOver();
        const ReadFilm read = readFilm(path);
        QList<qint64> keys;
        for (const ReadFilm::Picture &picture : read.pictures)
            if (picture.isKey)
                keys.append(picture.at);
        QCOMPARE(keys, (QList<qint64>{0, 5000, 10000}));
        QCOMPARE(read.cues.size(), 3);
        QCOMPARE(read.duration, 12000.0);
    }

    void theScreenIsFittedIn()
    {
        const QTemporaryDir folder;
        const auto film = makeVp8Film(request(folder.filePath("a.webm"), 320, 240));
        QVERIFY_OK(film);
        const Screen small(160, 120, 0xff0000, 0xff0000);
        const Screen wide(1280, 480, 0x00ff00, 0x00ff00);
        const Screen tall(240, 960, 0x0000ff, 0x0000ff);
        int at = 0;
        for (const Screen *screen : {&small, &wide, &tall}) {
            (*film)->offer(screen->frame, milliseconds(at += 100));
            waitForEncoder(**film);
        }
        (*film)->finish(milliseconds(at));
        (void)(*film)->waitUntilOver();
        const ReadFilm read = readFilm(folder.filePath("a.webm"));
        QCOMPARE(read.pictures.size(), 3);
        Decoder decoder;
        const Yuv black = expected(0);
        QVERIFY(decoder.decode(read.pictures[0].data)); // as it is, in the middle
        QVERIFY(isNear(decoder.at(160, 120), expected(0xff0000)));
        QVERIFY(isNear(decoder.at(88, 68), expected(0xff0000)));
        QVERIFY(isNear(decoder.at(60, 120), black));
        QVERIFY(isNear(decoder.at(160, 40), black));
        QVERIFY(decoder.decode(read.pictures[1].data)); // 320 x 120
        QVERIFY(isNear(decoder.at(8, 120), expected(0x00ff00)));
        QVERIFY(isNear(decoder.at(312, 72), expected(0x00ff00)));
        QVERIFY(isNear(decoder.at(160, 40), black));
        QVERIFY(decoder.decode(read.pictures[2].data)); // 60 x 240
        QVERIFY(isNear(decoder.at(160, 8), expected(0x0000ff)));
        QVERIFY(isNear(decoder.at(100, 120), black));
    }

    void theFirstPictureDecidesTheSize()
    {
        const QTemporaryDir folder;
        const struct
        {
            int width;
            int height;
            unsigned filmWidth;
            unsigned filmHeight;
        } rows[] = {{720, 400, 1024, 768}, {1281, 801, 1281, 801}};
        for (const auto &row : rows) {
            const QString path = folder.filePath(QString::number(row.width));
            const auto film = makeVp8Film(request(path, 0, 0));
            QVERIFY_OK(film);
            (*film)->offer(Screen(row.width, row.height, 0x123456).frame, milliseconds(0));
            (*film)->finish(milliseconds(10));
            QVERIFY(!(*film)->waitUntilOver().trouble);
            const ReadFilm read = readFilm(path);
            QCOMPARE(read.width, row.filmWidth);
            QCOMPARE(read.height, row.filmHeight);
            Decoder decoder;
            QVERIFY(decoder.decode(read.pictures.first().data));
            QCOMPARE(decoder.width(), int(row.filmWidth));
        }
    }

    void formatsOfPixels()
    {
        const std::uint16_t pixels[] = {0xf800, 0x07e0, 0x001f, 0x7c00};
        engine::Frame frame;
        frame.pixels = reinterpret_cast<const std::uint8_t *>(pixels); // pixels as bytes
        frame.width = 4;
        frame.height = 1;
        frame.strideBytes = 8;
        frame.format = engine::PixelFormat::Rgb16_565;
        QCOMPARE(pixelOf(frame, 0, 0), 0xff0000U);
        QCOMPARE(pixelOf(frame, 1, 0), 0x00ff00U);
        QCOMPARE(pixelOf(frame, 2, 0), 0x0000ffU);
        frame.format = engine::PixelFormat::Rgb16_555;
        QCOMPARE(pixelOf(frame, 3, 0), 0xff0000U);
    }

    void aKilledProcessLeavesAFilm()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("a.webm");
        const auto film = makeVp8Film(request(path));
        QVERIFY_OK(film);
        for (int i = 0; i < 30; ++i) {
            (*film)->offer(Screen(320, 240, Colors[i % 6]).frame, milliseconds(i * 200));
            waitForEncoder(**film);
        }
        // What is on the disk now is what SIGKILL would leave.
        QVERIFY(QFile::copy(path, folder.filePath("b.webm")));
        const ReadFilm read = readFilm(folder.filePath("b.webm"));
        QVERIFY(read.pictures.size() >= 20);
        QVERIFY(read.pictures.last().at >= 4000);
        QVERIFY(read.duration >= 4000);
        Decoder decoder;
        for (const ReadFilm::Picture &picture : read.pictures)
            QVERIFY(decoder.decode(picture.data));
    }

    void aFullDiskEndsIt()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("a.webm");
        rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{1'000'000, before.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        FilmState state;
        {
            const auto film = makeVp8Film(request(path));
            QVERIFY_OK(film);
            std::uint32_t noise = 1;
            for (int i = 0; i < 200 && !(*film)->state().isOver; ++i) {
                Screen screen(320, 240, 0);
                for (std::uint32_t &pixel : screen.pixels)
                    pixel = noise = noise * 1664525 + 1013904223;
                (*film)->offer(screen.frame, milliseconds(i * 300));
                waitForEncoder(**film);
            }
            state = (*film)->waitUntilOver();
        }
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(state.trouble);
        QCOMPARE(int(state.trouble->kind()), int(ErrorKind::NoSpace));
        QVERIFY(!state.trouble->remedy().empty());
        const ReadFilm read = readFilm(path);
        QVERIFY(!read.pictures.isEmpty());
        Decoder decoder;
        for (const ReadFilm::Picture &picture : read.pictures)
            QVERIFY(decoder.decode(picture.data));
    }

    void limitsEndIt()
    {
        const QTemporaryDir folder;
        FilmRequest shortOne = request(folder.filePath("short.webm"));
        shortOne.longest = std::chrono::seconds(1);
        FilmRequest smallOne = request(folder.filePath("small.webm"));
        smallOne.mostBytes = 2000;
        for (const FilmRequest &limited : {shortOne, smallOne}) {
            const auto film = makeVp8Film(limited);
            QVERIFY_OK(film);
            for (int i = 0; i < 100 && !(*film)->state().isOver; ++i) {
                (*film)->offer(Screen(320, 240, Colors[i % 6]).frame, milliseconds(i * 250));
                waitForEncoder(**film);
            }
            QTRY_VERIFY((*film)->state().isOver);
            QVERIFY(!(*film)->state().trouble);
            const ReadFilm read = readFilm(QString::fromStdString(limited.file));
            QVERIFY(read.isWhole);
            QVERIFY(!read.cues.isEmpty());
            if (limited.longest.count() > 0)
                QCOMPARE(read.pictures.last().at, 1000);
        }
    }

    void noFileIsOverwritten()
    {
        const QTemporaryDir folder;
        QFile there(folder.filePath("a.webm"));
        QVERIFY(there.open(QIODevice::WriteOnly));
        there.write("mine");
        there.close();
        QVERIFY_ERROR(makeVp8Film(request(there.fileName())), ErrorKind::Invalid);
        QVERIFY_ERROR(WebmFile::create(there.fileName().toStdString(), {16, 16}), ErrorKind::Invalid);
        QVERIFY(there.open(QIODevice::ReadOnly));
        QCOMPARE(there.readAll(), QByteArray("mine"));
    }

    void aScreenWithoutAPictureIsNoFilm()
    {
        const QTemporaryDir folder;
        const auto film = makeVp8Film(request(folder.filePath("a.webm")));
        QVERIFY_OK(film);
        (*film)->offer(engine::Frame(), milliseconds(0));
        (*film)->finish(milliseconds(1000));
        QVERIFY((*film)->waitUntilOver().trouble);
        QVERIFY(!QFile::exists(folder.filePath("a.webm")));
    }

    void theEncoderIsNotWaitedFor()
    {
        const QTemporaryDir folder;
        const auto film = makeVp8Film(request(folder.filePath("a.webm"), 1920, 1080));
        QVERIFY_OK(film);
        const Screen screen(1920, 1080, 0x224466);
        int offered = 0;
        while ((*film)->state().leftOut == 0 && offered < 100000) {
            (*film)->offer(screen.frame, milliseconds(offered));
            ++offered;
        }
        QVERIFY((*film)->state().leftOut > 0);
        (*film)->finish(milliseconds(offered));
        const FilmState state = (*film)->waitUntilOver();
        QVERIFY(!state.trouble);
        QCOMPARE(state.pictures + state.leftOut, offered);
    }
};

QTEST_GUILESS_MAIN(TestFilm)
#include "tst_film.moc"
