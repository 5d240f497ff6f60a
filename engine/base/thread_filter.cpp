// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/thread_filter.h"

#include "engine/base/log.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <span>
#include <string>

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>

namespace engine {

namespace {

// What any thread needs: memory, locks, time, its own end.
constexpr int CommonCalls[] = {
    SCMP_SYS(brk),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(close),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(fstat),
    SCMP_SYS(futex),
    SCMP_SYS(getpid),
    SCMP_SYS(getrandom),
    SCMP_SYS(gettid),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(lseek),
    SCMP_SYS(madvise),
    SCMP_SYS(membarrier),
    SCMP_SYS(mremap),
    SCMP_SYS(munmap),
    SCMP_SYS(nanosleep),
    SCMP_SYS(newfstatat),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(prctl),
    SCMP_SYS(pread64),
    SCMP_SYS(preadv),
    SCMP_SYS(pwrite64),
    SCMP_SYS(pwritev),
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rseq),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(tgkill),
    SCMP_SYS(write),
    SCMP_SYS(writev),
};
constexpr int VcpuCalls[] = {
    // What was signaled, of an epoll instance that others fill.
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(ioctl),
    // An NBD request goes out at once where the socket takes it.
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
};
constexpr int BlockCalls[] = {
    SCMP_SYS(fallocate),
    SCMP_SYS(fdatasync),
    SCMP_SYS(fsync),
    SCMP_SYS(sync_file_range),
};
constexpr int ShareCalls[] = {
    SCMP_SYS(access),      SCMP_SYS(chmod),
    SCMP_SYS(clone), // threads; a process could run nothing
    SCMP_SYS(clone3),      SCMP_SYS(copy_file_range), SCMP_SYS(dup),       SCMP_SYS(eventfd2),
    SCMP_SYS(faccessat),   SCMP_SYS(faccessat2),      SCMP_SYS(fallocate), SCMP_SYS(fchmodat),
    SCMP_SYS(fdatasync),   SCMP_SYS(flock),           SCMP_SYS(fstatfs),   SCMP_SYS(fsync),
    SCMP_SYS(ftruncate),   SCMP_SYS(getdents64),      SCMP_SYS(getxattr),  SCMP_SYS(linkat),
    SCMP_SYS(listxattr),   SCMP_SYS(mkdirat),         SCMP_SYS(mknodat),   SCMP_SYS(open),
    SCMP_SYS(openat),      SCMP_SYS(openat2),         SCMP_SYS(preadv2),   SCMP_SYS(pwritev2),
    SCMP_SYS(readlink),    SCMP_SYS(readlinkat),      SCMP_SYS(recvfrom),  SCMP_SYS(recvmsg),
    SCMP_SYS(removexattr), SCMP_SYS(renameat),        SCMP_SYS(renameat2), SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),      SCMP_SYS(setxattr),        SCMP_SYS(symlinkat), SCMP_SYS(syncfs),
    SCMP_SYS(unlinkat),    SCMP_SYS(utimensat),
};
// Programs, other processes, name spaces, rights, the kernel itself.
constexpr int ForbiddenCalls[] = {
    SCMP_SYS(add_key),
    SCMP_SYS(bpf),
    SCMP_SYS(capset),
    SCMP_SYS(chroot),
    SCMP_SYS(delete_module),
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(finit_module),
    SCMP_SYS(fork),
    SCMP_SYS(init_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(keyctl),
    SCMP_SYS(mount),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(pivot_root),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(ptrace),
    SCMP_SYS(request_key),
    SCMP_SYS(setgid),
    SCMP_SYS(setns),
    SCMP_SYS(setreuid),
    SCMP_SYS(setuid),
    SCMP_SYS(umount2),
    SCMP_SYS(unshare),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(vfork),
};

struct FilterRelease
{
    void operator()(void *filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FilterRelease>;

int addAll(const Filter &filter, std::uint32_t action, std::span<const int> calls)
{
    for (const int call : calls)
        if (const int error = seccomp_rule_add(filter.get(), action, call, 0))
            return error;
    return 0;
}

// Memory that is to be executed is nothing such a thread maps.
int addMemoryCalls(const Filter &filter)
{
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
        if (const int error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1,
                                               SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)))
            return error;
    return 0;
}

// Whether reads and writes wait belongs to an open file, which may be another process's as well:
// who serves a folder is given eventfds that the machine itself reads and writes. The kernel looks
// at the command's lower half only.
int addFileControl(const Filter &filter, ThreadRole role)
{
    if (role != ThreadRole::Share)
        return seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 0);
    for (const unsigned command :
         {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_GETLK, F_OFD_GETLK, F_OFD_SETLK})
        if (const int error =
                seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                                 SCMP_A1(SCMP_CMP_MASKED_EQ, std::uint32_t(0xffffffff), command)))
            return error;
    return 0;
}

int install(ThreadRole role)
{
    const std::uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
    const bool isList = role != ThreadRole::Network;
    const Filter filter(seccomp_init(isList ? refuse : std::uint32_t(SCMP_ACT_ALLOW)));
    if (!filter)
        return -ENOMEM;
    // Only this thread; and without CAP_SYS_ADMIN the kernel wants "no new privileges".
    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 0);
    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_NNP, 1);
    int error = 0;
    if (isList) {
        error = addAll(filter, SCMP_ACT_ALLOW, CommonCalls);
        if (error == 0)
            error = addMemoryCalls(filter);
        if (error == 0)
            error = addFileControl(filter, role);
        if (error == 0)
            error = role == ThreadRole::Vcpu ? addAll(filter, SCMP_ACT_ALLOW, VcpuCalls)
                : role == ThreadRole::Share  ? addAll(filter, SCMP_ACT_ALLOW, ShareCalls)
                                             : addAll(filter, SCMP_ACT_ALLOW, BlockCalls);
    } else {
        error = addAll(filter, refuse, ForbiddenCalls);
    }
    return error != 0 ? error : seccomp_load(filter.get());
}

} // namespace

void confineThread(ThreadRole role)
{
    if (!AreThreadsConfined)
        return;
    static std::atomic<bool> isTold = false;
    if (const int error = install(role); error != 0 && !isTold.exchange(true))
        log(LogLevel::Info, "vm",
            std::string("Threads run unconfined, the kernel has no seccomp: ")
                + std::strerror(-error));
}

} // namespace engine
