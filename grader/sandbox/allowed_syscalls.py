"""The system calls that a locked kernel may make; all others fail with ENOSYS."""

from __future__ import annotations

import errno
from dataclasses import dataclass


def _syscalls(text: str) -> list[str]:
    return text.split()


ALLOWED = _syscalls("""
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek sendfile copy_file_range
    close dup dup2 dup3 fsync fdatasync ftruncate fadvise64 readahead
    stat fstat lstat newfstatat fstatat64 statx access faccessat faccessat2 readlink readlinkat getcwd chdir fchdir
    getdents getdents64 rename renameat renameat2 mkdir mkdirat rmdir unlink unlinkat umask statfs fstatfs munmap
    mremap mprotect brk madvise msync mincore membarrier mlock munlock futex futex_waitv set_robust_list
    rseq set_tid_address exit exit_group restart_syscall rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending
    rt_sigtimedwait rt_sigsuspend sigaltstack pause tgkill getpid gettid getppid getuid geteuid getgid getegid
    getresuid getresgid getgroups getpgrp getpgid getsid nanosleep gettimeofday time times timerfd_create
    timerfd_settime timerfd_gettime setitimer getitimer alarm getrusage getrlimit sysinfo uname getcpu getrandom
    arch_prctl wait4 waitid sched_yield sched_getaffinity sched_getparam sched_getscheduler
    sched_get_priority_max sched_get_priority_min poll ppoll
    select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 pipe
    pipe2 getsockopt getsockname getpeername sendto recvfrom shutdown accept accept4
""")

# These name a process by its number. Once a kernel serves, for any other than its own they end in this error, whether
# there is such a process or not. For ENOSYS libc has a way round; 0 is what libzmq must hear of its threads, or abort.
ABOUT_OTHERS = {
    "tgkill": errno.EPERM,
    "getpgid": errno.EPERM,
    "getsid": errno.EPERM,
    "sched_getaffinity": errno.ENOSYS,
    "sched_getparam": 0,
    "sched_getscheduler": 0,
}

# Known and refused with EPERM, so that Python says PermissionError and a student can read why. Of truncate, which takes
# a path, Landlock knows only since Linux 6.2. By sendmsg, files travel that no table of descriptors holds meanwhile; a
# timer of timer_create can send SIGCONT to a kernel that was stopped.
REFUSED = _syscalls("""
    fork vfork execve execveat kill tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal pidfd_getfd
    ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp perf_event_open bpf userfaultfd
    io_uring_setup io_uring_enter io_uring_register io_setup io_submit keyctl add_key request_key unshare setns
    mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr setuid setgid
    setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset setpgid setsid connect memfd_create
    memfd_secret shmget shmat shmctl semget semctl msgget msgctl mq_open mq_unlink mknod mknodat symlink symlinkat
    link linkat chmod fchmod fchmodat fchmodat2 utime utimes utimensat futimesat chown fchown lchown fchownat
    setxattr lsetxattr fsetxattr removexattr init_module finit_module delete_module kexec_load reboot swapon swapoff
    syslog acct quotactl sethostname setdomainname name_to_handle_at open_by_handle_at fanotify_init inotify_init
    inotify_init1 personality sched_setattr sched_setparam setpriority ioprio_set settimeofday clock_settime
    adjtimex clock_adjtime iopl ioperm modify_ldt vhangup splice tee vmsplice fallocate
    truncate flock sendmsg sendmmsg recvmsg recvmmsg timer_create
""")

# Needed until the kernel has bound its sockets and set its last filter.
STARTING = ["bind", "listen", "seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"]


@dataclass(frozen=True, slots=True)
class ArgumentCondition:
    """A condition on one argument.

    After masking, the argument equals ``value`` if ``equal``, and differs from it if not.
    """

    index: int
    value: int
    mask: int = 0xFFFFFFFF
    equal: bool = True


@dataclass(frozen=True, slots=True)
class SyscallRule:
    """A call that is allowed, or else refused with ``error``, when all conditions hold.

    With an error of 0 the call succeeds and does nothing.
    """

    call: str
    when: tuple[ArgumentCondition, ...] = ()
    allowed: bool = True
    error: int = errno.EPERM


_CLONE_THREAD = 0x10000
_CLONE_SHARED = _CLONE_THREAD | 0x100 | 0x200 | 0x400 | 0x800  # memory, folders, descriptors and signals
_CLOSE_RANGE_UNSHARE = 0x2
_NEGATIVE = 0x80000000
_CLONE_NEW = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_MAP_SHARED, _MAP_GROWSDOWN = 0x01, 0x100
_MAP_BITS = _MAP_SHARED | _MAP_GROWSDOWN
_O_TMPFILE = 0x400000
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE = 1, 1, 0xF
_IOCTLS = (0x5401, 0x541B, 0x5421, 0x5450, 0x5451, 0x5413)  # TCGETS FIONREAD FIONBIO FIONCLEX FIOCLEX TIOCGWINSZ
# Not F_SETOWN and F_SETSIG (they make the kernel signal others), F_SETLEASE, F_NOTIFY, F_SETPIPE_SZ.
# Nor any lock: on a library, which every kernel may read, it would be heard in others.
_FCNTLS = (0, 1, 2, 3, 4, 1030, 1032)
# Not SO_SNDBUF and SO_RCVBUF: kernel memory that no limit counts.
_SOCKOPTS = (2, 9, 10, 12, 13, 15, 16, 18, 19, 20, 21)
_PRCTLS = (3, 15, 16, 0x53564D41)  # GET_DUMPABLE SET_NAME GET_NAME SET_VMA
_PRCTLS_STARTING = (1, 4, 22, 38)  # SET_PDEATHSIG SET_DUMPABLE SET_SECCOMP SET_NO_NEW_PRIVS


def rules(*, starting: bool) -> list[SyscallRule]:
    """Return the rules for a kernel that is still starting, or for one that serves."""
    allowed = ALLOWED + (STARTING if starting else [])
    refused = [call for call in REFUSED + STARTING if call not in allowed]
    plain = [SyscallRule(c) for c in allowed] + [SyscallRule(c, allowed=False) for c in refused]
    return plain + _threads() + _sockets(starting) + _memory() + _file_rules() + _by_number(starting)


def _threads() -> list[SyscallRule]:
    # Threads yes, processes and namespaces no. As clone3 does not exist, libc falls back to clone. All threads have one
    # table of descriptors: limits hold for a table, and what another one holds open is seen by nobody.
    return [
        SyscallRule("clone", (ArgumentCondition(0, _CLONE_SHARED, _CLONE_SHARED | _CLONE_NEW),)),
        SyscallRule("clone", (ArgumentCondition(0, 0, _CLONE_THREAD),), allowed=False),
        SyscallRule("close_range", (ArgumentCondition(2, 0, _CLOSE_RANGE_UNSHARE),)),
        SyscallRule("close_range", (ArgumentCondition(2, _CLOSE_RANGE_UNSHARE, _CLOSE_RANGE_UNSHARE),), allowed=False),
        # libzmq aborts if its threads may not ask for the ordinary policy, which they have.
        SyscallRule("sched_setscheduler", allowed=False, error=0),
        SyscallRule("sched_setaffinity", (ArgumentCondition(0, 0),)),
        SyscallRule("prlimit64", (ArgumentCondition(0, 0),)),
        SyscallRule("getpriority", (ArgumentCondition(0, 0), ArgumentCondition(1, 0))),
        # A negative clock is that of a process.
        *(
            SyscallRule(call, (ArgumentCondition(0, 0, _NEGATIVE),))
            for call in ("clock_gettime", "clock_getres", "clock_nanosleep")
        ),
    ]


def _sockets(starting: bool) -> list[SyscallRule]:
    # A datagram pair could send to any socket's path, so pairs are streams.
    pair = [
        SyscallRule("socketpair", (ArgumentCondition(0, _AF_UNIX), ArgumentCondition(1, _SOCK_STREAM, _SOCK_TYPE))),
        SyscallRule("socketpair", (ArgumentCondition(0, _AF_UNIX, equal=False),), allowed=False),
        SyscallRule("socketpair", (ArgumentCondition(0, _AF_UNIX), ArgumentCondition(1, 2, _SOCK_TYPE)), allowed=False),
        SyscallRule("socketpair", (ArgumentCondition(0, _AF_UNIX), ArgumentCondition(1, 5, _SOCK_TYPE)), allowed=False),
    ]
    if not starting:
        return [*pair, SyscallRule("socket", allowed=False)]
    return [
        *pair,
        SyscallRule("socket", (ArgumentCondition(0, _AF_UNIX), ArgumentCondition(1, _SOCK_STREAM, _SOCK_TYPE))),
        SyscallRule("socket", (ArgumentCondition(0, _AF_UNIX, equal=False),), allowed=False),
    ]


def _memory() -> list[SyscallRule]:
    # Shared and grows-down mappings are memory that RLIMIT_DATA does not count, or files that grow unseen.
    kinds = (0, _MAP_SHARED, _MAP_GROWSDOWN, _MAP_BITS)
    return [SyscallRule("mmap", (ArgumentCondition(3, kind, _MAP_BITS),), allowed=kind == 0) for kind in kinds]


def _file_rules() -> list[SyscallRule]:
    # Files without a name are counted by nobody; tempfile falls back to ones with a name.
    return [
        SyscallRule(call, (ArgumentCondition(flags, value, _O_TMPFILE),), allowed=value == 0)
        for call, flags in (("open", 1), ("openat", 2))
        for value in (0, _O_TMPFILE)
    ]


def _by_number(starting: bool) -> list[SyscallRule]:
    prctls = _PRCTLS + (_PRCTLS_STARTING if starting else ())
    return [
        *(SyscallRule("ioctl", (ArgumentCondition(1, v),)) for v in _IOCTLS),
        *(SyscallRule("fcntl", (ArgumentCondition(1, v),)) for v in _FCNTLS),
        *(SyscallRule("setsockopt", (ArgumentCondition(1, 1), ArgumentCondition(2, v))) for v in _SOCKOPTS),
        *(SyscallRule("prctl", (ArgumentCondition(0, v),)) for v in prctls),
    ]
