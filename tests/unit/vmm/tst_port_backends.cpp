// SPDX-License-Identifier: GPL-3.0-or-later
// The host's ends of virtio ports, as the device uses them, over real sockets.
#include "engine/base/bytes.h"
#include "engine/bus/state_archive.h"
#include "engine/vmm/port_backends/vdagent_port.h"
#include "tests/support/test_main.h"

#include <array>
#include <string>

#include <sys/socket.h>
#include <unistd.h>

using namespace engine;

namespace {

struct Pair
{
    Pair()
    {
        std::array<int, 2> ends = {};
        check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data())
                  == 0,
              "no pair of sockets");
        port = Fd(ends[0]);
        window = Fd(ends[1]);
    }
    Fd port;
    Fd window;
};

void put(const Fd &socket, const std::string &bytes)
{
    QCOMPARE(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), ssize_t(bytes.size()));
}

// All that is there; "<end>" behind it at the end.
std::string take(const Fd &socket)
{
    std::string all;
    std::array<char, 65536> piece = {};
    for (;;) {
        const ssize_t count = ::recv(socket.get(), piece.data(), piece.size(), MSG_DONTWAIT);
        if (count <= 0)
            return count == 0 ? all + "<end>" : all;
        all.append(piece.data(), std::size_t(count));
    }
}

std::string word(std::uint32_t value)
{
    std::string raw(4, '\0');
    storeLe(raw.data(), value);
    return raw;
}

std::string message(std::uint32_t type, const std::string &data, std::uint32_t protocol = 1)
{
    return word(protocol) + word(type) + std::string(8, '\0') + word(std::uint32_t(data.size()))
        + data;
}

std::string chunk(std::uint32_t port, const std::string &data)
{
    return word(port) + word(std::uint32_t(data.size())) + data;
}

const std::string Goodbye = chunk(2, message(13, {}));

template <class Port>
struct Rig
{
    Port port;
    std::vector<bool> guest;
    int wakes = 0;

    Rig()
    {
        port.setGuestListener([this](bool isOpen) { guest.push_back(isOpen); });
        port.setWake([this] { ++wakes; });
        port.setGuestOpen(true);
    }
    ~Rig() { port.setWake({}); }
    Fd connect()
    {
        Pair pair;
        port.connect(std::move(pair.port));
        isBroken = port.takeBreak();
        return std::move(pair.window);
    }
    std::size_t write(const std::string &text)
    {
        return port.write({reinterpret_cast<const std::uint8_t *>(text.data()), text.size()});
    }
    std::string read(std::size_t most = 1 << 20)
    {
        poll();
        std::string bytes(most, '\0');
        bytes.resize(port.read({reinterpret_cast<std::uint8_t *>(bytes.data()), most}));
        return bytes;
    }
    // A round of the loop.
    void poll()
    {
        struct Round final : PollSource
        {
            void preparePoll(PollSet &set) override
            {
                port->preparePoll(set, true);
                set.wakeBy(PollClock::now());
            }
            void handlePoll(const PollSet &set) override { port->handlePoll(set); }
            Port *port = nullptr;
        } round;
        round.port = &port;
        const auto loop = *PollLoop::start("test");
        loop->run([&] { loop->add(&round); });
        for (int i = 0; i < 3; ++i)
            loop->run([] {});
        loop->run([&] { loop->remove(&round); });
    }
    bool isBroken = false;
};

} // namespace

class TestPortBackends : public QObject
{
    Q_OBJECT

private slots:
    void plainPortCarriesBytes()
    {
        Rig<PlainPort> rig;
        QVERIFY(!rig.port.isOpen());
        const Fd window = rig.connect();
        QVERIFY(rig.port.isOpen());
        QVERIFY(!rig.isBroken);
        QCOMPARE(rig.wakes, 1);
        put(window, "to the guest");
        QCOMPARE(rig.read(6), std::string("to the"));
        QCOMPARE(rig.read(), std::string(" guest"));
        QCOMPARE(rig.write("to the host"), std::size_t(11));
        QCOMPARE(take(window), std::string("to the host"));
    }

    void plainPortSeesItsPeerGoAndAnotherCome()
    {
        Rig<PlainPort> rig;
        Fd window = rig.connect();
        const Fd other = rig.connect();
        QVERIFY(rig.isBroken); // the guest sees it
        QCOMPARE(take(window), std::string("<end>"));
        window = rig.connect();
        window.reset();
        QCOMPARE(rig.read(), std::string());
        QVERIFY(!rig.port.isOpen());
    }

    void guestThatGoesEndsTheConnection()
    {
        Rig<PlainPort> rig;
        const Fd window = rig.connect();
        rig.port.setGuestOpen(false);
        QCOMPARE(take(window), std::string("<end>"));
        QCOMPARE(rig.guest, std::vector<bool>({true, false}));
        const Fd late = rig.connect(); // nobody is there
        QVERIFY(!rig.port.isOpen());
        QCOMPARE(take(late), std::string("<end>"));
    }

    void fullSocketTakesNoMore()
    {
        Rig<PlainPort> rig;
        const Fd window = rig.connect();
        const std::string piece(100000, 'x');
        std::size_t total = 0;
        for (std::size_t taken = piece.size(); taken == piece.size(); total += taken)
            taken = rig.write(piece);
        QCOMPARE(rig.write(piece), std::size_t(0));
        QCOMPARE(take(window).size(), total);
        rig.poll();
        QCOMPARE(rig.write(piece), piece.size());
    }

    void windowGetsWholeMessages()
    {
        Rig<VdagentPort> rig;
        const Fd window = rig.connect();
        const std::string first = message(6, "abcd");
        const std::string second = message(4, std::string(5000, 'x'));
        // One message in two chunks; what is for the server is not for the window.
        rig.write(chunk(1, first.substr(0, 7)) + chunk(2, message(3, "reply")));
        rig.write(chunk(1, first.substr(7)) + chunk(1, second));
        QCOMPARE(take(window), first + second);
        // Byte by byte.
        for (const char one : chunk(1, first) + chunk(1, {}) + chunk(1, message(9, {})))
            QCOMPARE(rig.write(std::string(1, one)), std::size_t(1));
        QCOMPARE(take(window), first + message(9, {}));
        // Of a protocol nobody knows.
        rig.write(chunk(1, message(6, "abcd", 7)) + chunk(1, first));
        QCOMPARE(take(window), first);
    }

    void windowsWordsGoInChunks()
    {
        Rig<VdagentPort> rig;
        const Fd window = rig.connect();
        QCOMPARE(rig.read(), std::string());
        const std::string words(5000, 'w');
        put(window, words);
        std::string got;
        for (std::string piece = rig.read(777); !piece.empty(); piece = rig.read(777))
            got += piece;
        std::string all;
        while (!got.empty()) {
            QCOMPARE(loadLe<std::uint32_t>(got.data()), 1u);
            const std::uint32_t size = loadLe<std::uint32_t>(got.data() + 4);
            QVERIFY(size <= 2048 && got.size() >= 8 + size);
            all += got.substr(8, size);
            got.erase(0, 8 + size);
        }
        QCOMPARE(all, words);
    }

    void agentIsToldWhenAWindowGoes()
    {
        Rig<VdagentPort> rig;
        Fd window = rig.connect();
        put(window, "half a mess");
        QCOMPARE(rig.read(), chunk(1, "half a mess"));
        window.reset();
        QCOMPARE(rig.read(), Goodbye);
        QCOMPARE(rig.read(), std::string());
        // Also when another one follows at once.
        window = rig.connect();
        const Fd other = rig.connect();
        QVERIFY(!rig.isBroken); // and the agent's port stays open
        QCOMPARE(take(window), std::string("<end>"));
        put(other, "hello");
        QCOMPARE(rig.read(), Goodbye + chunk(1, "hello"));
    }

    void windowThatComesInTheMiddleMissesThatMessage()
    {
        Rig<VdagentPort> rig;
        const std::string text = chunk(1, message(4, "0123456789"));
        rig.write(text.substr(0, 33));
        const Fd window = rig.connect();
        rig.write(text.substr(33) + chunk(1, message(9, "x")));
        QCOMPARE(take(window), message(9, "x"));
    }

    void withoutAWindowEverythingIsDropped()
    {
        Rig<VdagentPort> rig;
        QVERIFY(rig.port.isOpen());
        const std::string much = chunk(1, message(4, std::string(1 << 20, 'x')));
        QCOMPARE(rig.write(much), much.size());
        QCOMPARE(rig.read(), std::string());
        // A size that cannot be is counted, not believed.
        rig.write(word(1) + word(0xffffffff) + word(1) + word(4) + word(0) + word(0)
                  + word(0xffffffff));
        QCOMPARE(rig.write(much), much.size());
    }

    void slowWindowHoldsTheAgentBack()
    {
        Rig<VdagentPort> rig;
        const Fd window = rig.connect();
        const std::string much = chunk(1, message(4, std::string(4 << 20, 'x')));
        std::size_t taken = rig.write(much);
        QVERIFY(taken < much.size());
        QCOMPARE(rig.write(much.substr(taken)), std::size_t(0));
        std::string got;
        while (taken < much.size()) {
            got += take(window);
            rig.poll();
            taken += rig.write(much.substr(taken));
        }
        rig.poll();
        got += take(window);
        QCOMPARE(got.size(), much.size() - 8);
    }

    void agentThatGoesTakesTheWindowAlong()
    {
        Rig<VdagentPort> rig;
        Fd window = rig.connect();
        rig.write(chunk(1, message(4, "0123456789")).substr(0, 30));
        put(window, "half");
        rig.port.setGuestOpen(false);
        take(window);
        QCOMPARE(take(window), std::string("<end>"));
        rig.port.setGuestOpen(true);
        QCOMPARE(rig.guest, std::vector<bool>({true, false, true}));
        window = rig.connect();
        QCOMPARE(rig.read(), std::string()); // no good-bye to one that never knew
        rig.write(chunk(1, message(6, "abcd")));
        QCOMPARE(take(window), message(6, "abcd"));
    }

    void savedInTheMiddleOfEverything()
    {
        Rig<VdagentPort> rig;
        const Fd window = rig.connect();
        put(window, std::string(3000, 'w'));
        const std::string begin = rig.read(1000); // of a chunk of 2048
        const std::string text = chunk(1, message(4, "0123456789"));
        rig.write(text.substr(0, 32));
        StateArchive saving;
        saving.beginChunk("port", 1);
        rig.port.serialize(saving);
        saving.endChunk();

        Rig<VdagentPort> other;
        StateArchive loading(saving.take());
        loading.beginChunk("port", 1);
        other.port.serialize(loading);
        loading.endChunk();
        QVERIFY(!loading.hasFailed());
        const std::string rest = other.read();
        QCOMPARE(begin + rest, chunk(1, std::string(2048, 'w')) + Goodbye);
        const Fd next = other.connect();
        other.write(text.substr(32) + chunk(1, message(9, "x")));
        QCOMPARE(take(next), message(9, "x"));
    }
};

QTEST_GUILESS_MAIN(TestPortBackends)
#include "tst_port_backends.moc"
