// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/thread_filter.h"
#include "tests/support/test_main.h"

#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace engine;

namespace {

struct Attempts
{
    bool canOpen = false;
    bool canConnect = false;
    bool canExecute = false; // memory
    bool canStartPrograms = false;
    bool canUseMemory = false;
    bool canTakeEvents = false; // of an epoll instance that it is given
    bool canSync = false;
    bool canLock = false;
    bool canMakeWait = false; // who reads an open file
};

Attempts attemptsOf(ThreadRole role)
{
    Attempts result;
    const int file = ::memfd_create("file", MFD_CLOEXEC);
    const int events = ::epoll_create1(EPOLL_CLOEXEC);
    std::thread([&] {
        confineThread(role);
        if (const int opened = ::open("/dev/null", O_RDONLY | O_CLOEXEC); opened >= 0) {
            result.canOpen = true;
            ::close(opened);
        }
        if (const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); socket >= 0) {
            result.canConnect = true;
            ::close(socket);
        }
        const auto map = [](int protection) {
            void *memory = ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (memory == MAP_FAILED)
                return false;
            ::munmap(memory, 4096);
            return true;
        };
        result.canUseMemory = map(PROT_READ | PROT_WRITE);
        result.canExecute = map(PROT_READ | PROT_EXEC);
        epoll_event event = {};
        result.canTakeEvents = ::epoll_wait(events, &event, 1, 0) == 0;
        result.canSync = ::fdatasync(file) == 0;
        struct flock all = {};
        all.l_type = F_WRLCK;
        result.canLock =
            ::fcntl(file, F_OFD_SETLK, &all) == 0 && (::fcntl(file, F_GETFL) & O_ACCMODE) == O_RDWR;
        // The kernel takes half of the command only.
        for (const long command : {long(F_SETFL), F_SETFL | 0x100000000})
            if (::syscall(SYS_fcntl, file, command, 0) == 0)
                result.canMakeWait = true;
        // A program that is not there: who may start programs is told so.
        char *const words[] = {nullptr};
        ::execve("/nonexistent/program", words, words);
        result.canStartPrograms = errno == ENOENT;
    }).join();
    ::close(events);
    ::close(file);
    return result;
}

} // namespace

class TestThreadFilter : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (!AreThreadsConfined)
            QSKIP("Under a sanitizer threads are not confined");
    }

    void aVcpuOpensAndStartsNothing()
    {
        const Attempts attempts = attemptsOf(ThreadRole::Vcpu);
        QVERIFY(attempts.canUseMemory);
        QVERIFY(attempts.canTakeEvents);
        QVERIFY(!attempts.canOpen);
        QVERIFY(!attempts.canConnect);
        QVERIFY(!attempts.canExecute);
        QVERIFY(!attempts.canStartPrograms);
    }

    void aDiskThreadWritesWhatIsOpen()
    {
        const Attempts attempts = attemptsOf(ThreadRole::Block);
        QVERIFY(attempts.canSync);
        QVERIFY(!attempts.canOpen);
        QVERIFY(!attempts.canStartPrograms);
    }

    void aFoldersServerMakesNobodyWait()
    {
        const Attempts attempts = attemptsOf(ThreadRole::Share);
        QVERIFY(attempts.canOpen);
        QVERIFY(attempts.canLock);
        QVERIFY(!attempts.canMakeWait);
        QVERIFY(!attempts.canConnect);
        QVERIFY(!attempts.canStartPrograms);
        QVERIFY(attemptsOf(ThreadRole::Block).canMakeWait);
    }

    void theNetworkStartsNoProgram()
    {
        const Attempts attempts = attemptsOf(ThreadRole::Network);
        QVERIFY(attempts.canConnect);
        QVERIFY(!attempts.canStartPrograms);
    }

    void otherThreadsAreFree()
    {
        attemptsOf(ThreadRole::Vcpu);
        const int opened = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        QVERIFY(opened >= 0);
        ::close(opened);
    }
};

QTEST_GUILESS_MAIN(TestThreadFilter)
#include "tst_thread_filter.moc"
