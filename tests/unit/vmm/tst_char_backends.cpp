// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/poll_loop.h"
#include "engine/vmm/char_backends/open_char_backend.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <atomic>
#include <mutex>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace engine;

namespace {

// A machine's end: an io loop and a port with little room.
class Machine
{
public:
    explicit Machine(std::shared_ptr<CharBackend> backend)
        : m_loop(*PollLoop::start("test-io"))
        , m_backend(std::move(backend))
    {
        m_backend->setReceiver([this](std::span<const std::uint8_t> bytes) {
            const std::lock_guard lock(m_mutex);
            const std::size_t taken = std::min(bytes.size(), m_room);
            m_room -= taken;
            for (const std::uint8_t byte : bytes.first(taken))
                m_received.append(char(byte));
            return taken;
        });
        m_loop->run([this] { m_backend->attach(m_loop.get()); });
    }
    ~Machine()
    {
        m_loop->run([this] { m_backend->attach(nullptr); });
        m_backend->setReceiver({});
    }

    void send(const QByteArray &text)
    {
        const std::vector<std::uint8_t> bytes(text.begin(), text.end());
        m_backend->write(bytes);
    }
    void waitForLoop()
    {
        m_loop->run([] {});
    }
    void setRoom(std::size_t room)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_room = room;
        }
        m_backend->resumeReceiving();
    }
    QByteArray received()
    {
        const std::lock_guard lock(m_mutex);
        return m_received;
    }

private:
    std::unique_ptr<PollLoop> m_loop;
    std::shared_ptr<CharBackend> m_backend;
    std::mutex m_mutex;
    std::size_t m_room = 1 << 30;
    QByteArray m_received;
};

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be opened");
}

// Somebody at the other end of a socket.
class Peer
{
public:
    Peer() = default;
    explicit Peer(Fd socket)
        : m_socket(std::move(socket))
    { }
    static Peer connected(const QString &path)
    {
        Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const sockaddr_un address = addressOf(path);
        if (::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
            != 0)
            return {};
        return Peer(std::move(socket));
    }
    static Fd listening(const QString &path)
    {
        Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        const sockaddr_un address = addressOf(path);
        if (::bind(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
            || ::listen(socket.get(), 4) != 0)
            return {};
        return socket;
    }
    bool isOpen() const { return m_socket.isOpen(); }
    void send(const QByteArray &text)
    {
        QCOMPARE(::send(m_socket.get(), text.data(), std::size_t(text.size()), MSG_NOSIGNAL),
                 ssize_t(text.size()));
    }
    // Everything that is there.
    QByteArray received()
    {
        char buffer[65536];
        for (;;) {
            const ssize_t count = ::recv(m_socket.get(), buffer, sizeof buffer, MSG_DONTWAIT);
            if (count <= 0)
                return m_received;
            m_received.append(buffer, count);
        }
    }
    void close() { m_socket.reset(); }

private:
    static sockaddr_un addressOf(const QString &path)
    {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        const QByteArray name = QFile::encodeName(path);
        std::memcpy(address.sun_path, name.constData(), std::size_t(name.size()));
        return address;
    }

    Fd m_socket;
    QByteArray m_received;
};

} // namespace

class TestCharBackends : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(".*"));
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void aFileIsContinuedOrBegunAnew_data()
    {
        QTest::addColumn<bool>("append");
        QTest::addColumn<QByteArray>("contents");
        QTest::newRow("continued") << true << QByteArray("before\nboot\n");
        QTest::newRow("begun anew") << false << QByteArray("boot\n");
    }
    void aFileIsContinuedOrBegunAnew()
    {
        QFETCH(bool, append);
        QFile before(path("log"));
        QVERIFY(before.open(QIODevice::WriteOnly) && before.write("before\n") == 7);
        before.close();
        auto backend = openSerialFile(name("log"),
                                      append ? SerialFileStart::Append : SerialFileStart::Truncate);
        QVERIFY_OK(backend);
        {
            Machine machine(*backend);
            for (const char letter : QByteArray("boot\n"))
                machine.send(QByteArray(1, letter));
        } // the last words are written
        QTEST(contents(path("log")), "contents");
    }

    void aFileThatCannotBeOpenedIsNamed_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("why");
        QTest::newRow("no folder") << "none/log" << int(ErrorKind::NotFound) << "No such file";
        QTest::newRow("a folder") << "." << int(ErrorKind::Invalid) << "directory";
        QTest::newRow("nobody reads") << "pipe" << int(ErrorKind::NotFound) << "Nobody reads";
    }
    void aFileThatCannotBeOpenedIsNamed()
    {
        QFETCH(QString, path);
        QFETCH(int, kind);
        QFETCH(QString, why);
        QCOMPARE(::mkfifo(name("pipe").c_str(), 0600), 0);
        const auto backend = openSerialFile(name(path), SerialFileStart::Append);
        QVERIFY_ERROR(backend, ErrorKind(kind));
        const QString text = QString::fromStdString(backend.error().text());
        QVERIFY2(text.contains(this->path(path)) && text.contains(why), qPrintable(text));
    }

    void aPipeGetsWhatItsReaderWaitsFor()
    {
        QCOMPARE(::mkfifo(name("pipe").c_str(), 0600), 0);
        const Fd reader(::open(name("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        const auto backend = openSerialFile(name("pipe"), SerialFileStart::Append);
        QVERIFY_OK(backend);
        Machine machine(*backend);
        const QByteArray sent(300'000, 'x'); // more than a pipe holds
        machine.send(sent);
        QByteArray received;
        const auto readMore = [&] {
            char buffer[65536];
            const ssize_t count = ::read(reader.get(), buffer, sizeof buffer);
            if (count > 0)
                received.append(buffer, count);
            return received.size();
        };
        QTRY_COMPARE(readMore(), sent.size());
    }

    void aServerSpeaksWithOneClientAtATime()
    {
        const auto backend = listenOnSerialSocket(name("socket"));
        QVERIFY_OK(backend);
        Machine machine(*backend);
        machine.send("nobody hears this");
        machine.waitForLoop();
        Peer first = Peer::connected(path("socket"));
        QVERIFY(first.isOpen());
        first.send("one");
        QTRY_COMPARE(machine.received(), "one");
        Peer second = Peer::connected(path("socket"));
        QVERIFY(second.isOpen()); // waits for its turn
        second.send("two");
        machine.send("hello");
        QTRY_COMPARE(first.received(), "hello");
        QCOMPARE(machine.received(), "one");
        first.close();
        QTRY_COMPARE(machine.received(), "onetwo");
        machine.send("again");
        QTRY_COMPARE(second.received(), "again");
    }

    void aPortWithoutRoomHoldsItsPeerBack()
    {
        const auto backend = listenOnSerialSocket(name("socket"));
        QVERIFY_OK(backend);
        Machine machine(*backend);
        machine.setRoom(3);
        Peer peer = Peer::connected(path("socket"));
        peer.send("abcdef");
        QTRY_COMPARE(machine.received(), "abc");
        peer.send("ghi");
        peer.close();
        machine.setRoom(2);
        QTRY_COMPARE(machine.received(), "abcde");
        machine.setRoom(100);
        QTRY_COMPARE(machine.received(), "abcdefghi");
    }

    void aClientThatDoesNotReadHoldsNobodyUp()
    {
        const auto backend = listenOnSerialSocket(name("socket"));
        QVERIFY_OK(backend);
        Machine machine(*backend);
        Peer peer = Peer::connected(path("socket"));
        peer.send("here");
        QTRY_COMPARE(machine.received(), "here");
        for (int i = 0; i < 100; ++i) {
            machine.send(QByteArray(100'000, 'x'));
            machine.waitForLoop();
        }
        QTRY_VERIFY(peer.received().size() >= 1'000'000);
        QVERIFY(peer.received().size() < 10'000'000); // what was too much is lost
    }

    void theSocketIsTheUsersAndGoesWithTheMachine()
    {
        {
            const auto backend = listenOnSerialSocket(name("socket"));
            QVERIFY_OK(backend);
            struct stat status = {};
            QCOMPARE(::stat(name("socket").c_str(), &status), 0);
            QCOMPARE(int(status.st_mode & 0777), 0600);
        }
        QVERIFY(!QFile::exists(path("socket")));
    }

    void aSocketThatWasLeftBehindIsReplaced()
    {
        {
            const Fd dead = Peer::listening(path("socket"));
            QVERIFY(dead.isOpen());
        }
        QVERIFY_OK(listenOnSerialSocket(name("socket")));
    }

    void whatIsInTheWayStays()
    {
        QFile file(path("socket"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto overFile = listenOnSerialSocket(name("socket"));
        QVERIFY_ERROR(overFile, ErrorKind::Busy);
        QVERIFY(QFile::exists(path("socket")));
        const Fd other = Peer::listening(path("other"));
        const auto overOther = listenOnSerialSocket(name("other"));
        QVERIFY_ERROR(overOther, ErrorKind::Busy);
        QVERIFY(Peer::connected(path("other")).isOpen());
    }

    void aPathCanBeTooLongForASocket()
    {
        const std::string longName(200, 'x');
        QVERIFY_ERROR(listenOnSerialSocket(name(QString::fromStdString(longName))),
                      ErrorKind::Invalid);
        QVERIFY_ERROR(connectSerialSocket(""), ErrorKind::Invalid);
    }

    void aClientConnectsAgain()
    {
        QVERIFY_ERROR(connectSerialSocket(name("socket")), ErrorKind::NotFound);
        Fd listener = Peer::listening(path("socket"));
        const auto backend = connectSerialSocket(name("socket"));
        QVERIFY_OK(backend);
        Machine machine(*backend);
        Peer first(Fd(::accept(listener.get(), nullptr, nullptr)));
        QVERIFY(first.isOpen());
        first.send("in");
        machine.send("out");
        QTRY_COMPARE(machine.received(), "in");
        QTRY_COMPARE(first.received(), "out");
        first.close();
        Fd accepted;
        const auto isBack = [&] {
            if (!accepted.isOpen())
                accepted = Fd(::accept(listener.get(), nullptr, nullptr));
            return accepted.isOpen();
        };
        QTRY_VERIFY(isBack());
        Peer second(std::move(accepted));
        second.send("again");
        QTRY_COMPARE(machine.received(), "inagain");
    }

    void whatWasSentBeforeTheLoopRunsIsNotLost()
    {
        const auto backend = openSerialFile(name("log"), SerialFileStart::Append);
        QVERIFY_OK(backend);
        const std::uint8_t early[] = {'e', 'a', 'r', 'l', 'y'};
        (*backend)->write(early);
        {
            const Machine machine(*backend);
        }
        QCOMPARE(contents(path("log")), "early");
    }

private:
    QString path(const QString &file) const { return m_folder->filePath(file); }
    std::string name(const QString &file) const { return path(file).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestCharBackends)
#include "tst_char_backends.moc"
