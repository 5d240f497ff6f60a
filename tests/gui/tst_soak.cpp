// SPDX-License-Identifier: GPL-3.0-or-later
// What a desk does all day, many times over: the guest's mode changes, the window is resized,
// windows come and go, devices are plugged in and out, 16 MiB are copied both ways. What a process
// holds after it is what it held before. A machine's real session, control server and windows, on a
// fake driver; its screen is memory that windows map, its agent is played.
//
// VITRINE_SOAK_COUNT: times of each, 20 unless told otherwise; ctest -R soak_thousand takes 1000.
#include "display/frame_view.h"
#include "engine/drivers/display_hub.h"
#include "tests/support/fake_vdagent.h"
#include "tests/support/recording_input.h"
#include "tests/support/shared_screen.h"
#include "tests/support/usb_desk.h"
#include "ui/console_window.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QMimeData>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtWidgets/QApplication>

#include <functional>

#include <malloc.h>
#include <unistd.h>

using namespace engine;
using Message = fakes::FakeVdagent::Message;

namespace {

constexpr qsizetype CopyBytes = 16 << 20;
// What lists, caches and logs may take once, however long it goes on: 1000 times 0.5 KiB is more.
constexpr qint64 HeapSlack = 512 << 10;
constexpr qint64 ResidentSlack = 24 << 20; // the allocator's holes

int times()
{
    const int count = qEnvironmentVariableIntValue("VITRINE_SOAK_COUNT");
    return count > 0 ? count : 20;
}

// What this process holds.
struct Footing
{
    qint64 heap = 0; // bytes in use
    qint64 resident = 0; // bytes
    qsizetype descriptors = 0;
    qsizetype threads = 0;

    static Footing now()
    {
        for (int i = 0; i < 20; ++i) {
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
            QTest::qWait(10);
        }
        ::malloc_trim(0);
        const struct mallinfo2 info = ::mallinfo2();
        QFile statm(QStringLiteral("/proc/self/statm"));
        const qsizetype idle = pooledThreads();
        const qint64 pages =
            statm.open(QIODevice::ReadOnly) ? statm.readAll().split(' ').value(1).toLongLong() : -1;
        return {.heap = qint64(info.uordblks + info.hblkhd),
                .resident = pages * ::sysconf(_SC_PAGESIZE),
                .descriptors = entries(QStringLiteral("/proc/self/fd")).size() - idle,
                .threads = entries(QStringLiteral("/proc/self/task")).size() - idle};
    }
    static QStringList entries(const QString &folder)
    {
        return QDir(folder).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot);
    }
    // Qt paints with them, and lets them go when it has not for half a minute; a descriptor each.
    static qsizetype pooledThreads()
    {
        qsizetype count = 0;
        for (const QString &thread : entries(QStringLiteral("/proc/self/task"))) {
            QFile name(QStringLiteral("/proc/self/task/%1/comm").arg(thread));
            count += name.open(QIODevice::ReadOnly) && name.readAll().contains("(pooled)") ? 1 : 0;
        }
        return count;
    }
};

struct Machine
{
    Machine()
    {
        for (int y = 0; y < screen.height; ++y) {
            for (int x = 0; x < screen.width; ++x)
                screen.draw(x, y, 0xff336699);
        }
        hub.setTargets(&screen, &input);
        hub.setAgent([this] {
            agentCame = true;
            return agent.open();
        });
        running.open(QStringLiteral("headless"), false);
        running.driver().endpoint = {
            .kind = DisplayEndpoint::Kind::InProcess, .spice = {}, .hub = &hub};
        auto own = std::make_unique<fakes::FakeUsbHost>();
        host = own.get();
        running.session().usb().setHost(std::move(own));
        check(running.session()
                  .setSharing(SharingMode::Bidirectional, SharingMode::Disabled)
                  .has_value(),
              "the clipboard could not be switched on");
        running.session().start();
    }
    ~Machine()
    {
        running.close();
        hub.setTargets(nullptr, nullptr);
    }

    // A guest that sets a mode and fills it with a color.
    void setMode(int width, int height, QRgb color)
    {
        screen.width = width;
        screen.height = height;
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x)
                screen.draw(x, y, color);
        }
        if (screen.listener != nullptr)
            screen.listener->frameResized();
    }

    fakes::SharedScreen screen;
    RecordingInputSink input;
    DisplayHub hub;
    fakes::FakeVdagent agent;
    bool agentCame = false;
    fakes::RunningMachine running;
    fakes::FakeUsbHost *host = nullptr;
};

struct Window
{
    explicit Window(Machine &machine)
    {
        client.connectTo(machine.running.socketPath());
        console = std::make_unique<ui::ConsoleWindow>(
            client, ui::ConsoleWindow::Place::WindowProcess, display::openDisplay);
        console->present();
    }

    display::FrameView &view() const
    {
        return *console->findChild<display::FrameView *>(QStringLiteral("guestScreen"));
    }
    QRgb middle() const
    {
        const QImage image = view().grab().toImage();
        return image.pixel(image.width() / 2, image.height() / 2) | 0xff000000;
    }
    bool shows(QRgb color) const
    {
        return QTest::qWaitFor([&] { return middle() == color; });
    }

    // It has heard of everything so far, and asked what it wanted to know.
    bool isUpToDate()
    {
        for (int i = 0; i < 2; ++i) {
            bool isAnswered = false;
            client.call(QStringLiteral("usb.list"), {},
                        [&](const Result<QJsonObject> &) { isAnswered = true; });
            if (!QTest::qWaitFor([&] { return isAnswered; }))
                return false;
        }
        return true;
    }

    ControlClient client;
    std::unique_ptr<ui::ConsoleWindow> console;
};

// The first of these fill caches and lists. `rest`: what is put right before it is weighed.
template <class Round>
void soak(
    const char *what, const Round &round, const std::function<void()> &rest = [] {})
{
    const int count = times();
    const int first = std::max(5, count / 20);
    for (int i = 0; i < first; ++i) {
        round(i);
        if (QTest::currentTestFailed())
            return;
    }
    rest();
    const Footing before = Footing::now();
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < count; ++i) {
        round(first + i);
        if (QTest::currentTestFailed())
            return;
    }
    const qint64 taken = timer.elapsed();
    rest();
    const Footing after = Footing::now();
    qInfo("%s: %d times in %.1f s; heap %lld -> %lld KiB, resident %lld -> %lld KiB, descriptors "
          "%lld -> %lld, threads %lld -> %lld",
          what, count, double(taken) / 1000, before.heap >> 10, after.heap >> 10,
          before.resident >> 10, after.resident >> 10, qint64(before.descriptors),
          qint64(after.descriptors), qint64(before.threads), qint64(after.threads));
    QVERIFY2(after.descriptors <= before.descriptors, "descriptors were left open");
    QVERIFY2(after.threads <= before.threads, "threads were left");
    QVERIFY2(after.heap - before.heap < HeapSlack, "the heap grew");
#ifndef __SANITIZE_ADDRESS__ // which keeps what was freed
    QVERIFY2(after.resident - before.resident < ResidentSlack, "the process grew");
#endif
}

QRgb colorOf(int round)
{
    return 0xff000000u | QRgb(round * 40503 & 0xffffff);
}

} // namespace

class TestSoak final : public QObject
{
    Q_OBJECT
private slots:
    void modeChanges()
    {
        Machine machine;
        const Window window(machine);
        QVERIFY(window.shows(0xff336699u));
        soak("mode changes", [&](int round) {
            const QSize size(64 + 8 * (round % 41), 48 + round % 97);
            machine.setMode(size.width(), size.height(), colorOf(round));
            QTRY_COMPARE(window.view().guestSize(), size);
            QVERIFY(window.shows(colorOf(round)));
        });
    }

    // The guest follows to where the window rests.
    void windowResizes()
    {
        Machine machine;
        machine.screen.setResizable(true);
        const Window window(machine);
        QVERIFY(window.shows(0xff336699u));
        soak(
            "window resizes",
            [&](int round) {
                window.console->resize(560 + 8 * (round % 60), 400 + round % 113);
                QTest::qWait(1);
                if (round % 25 != 0)
                    return;
                machine.screen.wanted.clear();
                window.console->resize(560 + 8 * (round / 25 % 7), 380);
                QTRY_VERIFY(!machine.screen.wanted.isEmpty());
                const auto [width, height] = machine.screen.wanted.constLast();
                QVERIFY(width * height * 4 <= 1 << 20);
                machine.setMode(width, height, colorOf(round));
                QVERIFY(window.shows(colorOf(round)));
            },
            [&] {
                window.console->resize(560, 400);
                machine.setMode(64, 48, 0xff336699u);
                window.shows(0xff336699u);
            });
    }

    void windows()
    {
        Machine machine;
        soak("windows", [&](int) {
            const Window window(machine);
            QVERIFY(window.shows(0xff336699u));
        });
    }

    void devices()
    {
        Machine machine;
        Window window(machine); // whose menu lists them
        QVERIFY(window.shows(0xff336699u));
        soak("devices", [&](int round) {
            const engine::UsbDevice stick = fakes::usbStick(QStringLiteral("1-2"), 5 + round % 100);
            machine.host->plug(stick);
            std::optional<Result<>> answer;
            MachineUsb &usb = machine.running.session().usb();
            usb.attach(QStringLiteral("1-2"), false, [&](Result<> result) { answer = result; });
            QTRY_VERIFY(answer.has_value());
            QVERIFY_OK(*answer);
            QCOMPARE(usb.attached().size(), 1);
            if (round % 2 == 0) { // else it is pulled out of the guest's hands
                answer.reset();
                usb.detach(QStringLiteral("1-2"), [&](Result<> result) { answer = result; });
                QTRY_VERIFY(answer.has_value());
                QVERIFY_OK(*answer);
            }
            machine.host->pull(QStringLiteral("1-2"));
            QTRY_COMPARE(usb.attached().size(), 0);
            machine.running.driver().calls.clear();
            QVERIFY(window.isUpToDate());
        });
    }

    void folders()
    {
        Machine machine;
        Window window(machine);
        QVERIFY(window.shows(0xff336699u));
        const QString place = machine.running.filePath(QStringLiteral("shared"));
        QVERIFY(QDir().mkpath(place));
        soak("shared folders", [&](int) {
            for (const char *method : {"folders.add", "folders.remove"}) {
                bool isAnswered = false;
                std::optional<Error> problem;
                QJsonObject params{{QStringLiteral("transient"), true}};
                if (method == QLatin1String("folders.add"))
                    params.insert(QStringLiteral("folder"),
                                  QJsonObject{{QStringLiteral("name"), QStringLiteral("soak")},
                                              {QStringLiteral("path"), place}});
                else
                    params.insert(QStringLiteral("name"), QStringLiteral("soak"));
                window.client.call(QLatin1String(method), params,
                                   [&](const Result<QJsonObject> &result) {
                                       isAnswered = true;
                                       if (!result)
                                           problem = result.error();
                                   });
                QTRY_VERIFY(isAnswered);
                QVERIFY2(!problem, problem ? problem->text().c_str() : "");
            }
            machine.running.driver().calls.clear();
        });
    }

    void clipboardToTheGuest()
    {
        Machine machine;
        const Window window(machine);
        QVERIFY(meetAgent(machine, window));
        soak("16 MiB to the guest", [&](int round) {
            const QString text(CopyBytes, QChar(u'a' + round % 26));
            QGuiApplication::clipboard()->setText(text);
            QVERIFY(machine.agent.hears(Message::ClipboardGrab));
            machine.agent.send(Message::ClipboardRequest, selection() + word(Utf8Text));
            QVERIFY(machine.agent.hears(Message::Clipboard));
            const QByteArray &data = machine.agent.last.data;
            QCOMPARE(data.size(), 8 + CopyBytes);
            QCOMPARE(data.back(), char('a' + round % 26));
            machine.agent.last = {};
        });
        QGuiApplication::clipboard()->clear();
    }

    void clipboardFromTheGuest()
    {
        Machine machine;
        const Window window(machine);
        QVERIFY(meetAgent(machine, window));
        QClipboard &clipboard = *QGuiApplication::clipboard();
        const auto hasText = [&clipboard] {
            const QMimeData *const data = clipboard.mimeData();
            return data != nullptr && data->hasText();
        };
        QByteArray copied;
        // Who pastes waits in an event loop of its own.
        QTimer guest;
        connect(&guest, &QTimer::timeout, this, [&] {
            machine.agent.read();
            while (!machine.agent.all.isEmpty()) {
                if (machine.agent.all.takeFirst().type == Message::ClipboardRequest)
                    machine.agent.send(Message::Clipboard, selection() + word(Utf8Text) + copied);
            }
        });
        guest.start(1);
        soak("16 MiB from the guest", [&](int round) {
            copied = QByteArray(CopyBytes, char('a' + round % 26));
            machine.agent.send(Message::ClipboardGrab, selection() + word(Utf8Text));
            QTRY_VERIFY(hasText());
            const QString text = clipboard.text();
            QCOMPARE(text.size(), CopyBytes);
            QCOMPARE(text.back(), QChar(copied.back()));
            machine.agent.send(Message::ClipboardRelease, selection());
            QTRY_VERIFY(!hasText());
        });
    }

private:
    static constexpr quint32 Utf8Text = 1;

    static QByteArray selection() { return QByteArray(4, '\0'); }
    static QByteArray word(quint32 value) { return fakes::FakeVdagent::word(value); }

    static bool meetAgent(Machine &machine, const Window &window)
    {
        if (!window.shows(0xff336699u) || !QTest::qWaitForWindowActive(window.console.get())
            || !QTest::qWaitFor([&] { return machine.agentCame; })
            || !machine.agent.hears(Message::AnnounceCapabilities))
            return false;
        machine.agent.announce(fakes::FakeVdagent::everything());
        return true;
    }
};

QTEST_MAIN(TestSoak)
#include "tst_soak.moc"
