"""What the system does seldom: a library before libc makes it fail, and the endpoint has to go on or name the kind."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import tempfile
from pathlib import Path

from harness import EndpointCase

# INTERRUPTED: every other call that a signal can interrupt is.
# CONNECT: the error of each connect. ACCEPT4: the error of the first accept4.
# TAKEN: a path where somebody else listens right after it was probed and found stale.
LIBRARY = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define INTERRUPT \
    static _Thread_local unsigned calls; \
    if (getenv("INTERRUPTED") && calls++ % 2 == 0) { errno = EINTR; return -1; }
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FORCED(name) (getenv(name) ? atoi(getenv(name)) : 0)

ssize_t read(int d, void *b, size_t n) { INTERRUPT return NEXT(read)(d, b, n); }
ssize_t recv(int d, void *b, size_t n, int f) { INTERRUPT return NEXT(recv)(d, b, n, f); }
ssize_t write(int d, const void *b, size_t n) { INTERRUPT return NEXT(write)(d, b, n); }
ssize_t writev(int d, const struct iovec *p, int n) { INTERRUPT return NEXT(writev)(d, p, n); }
ssize_t send(int d, const void *b, size_t n, int f) { INTERRUPT return NEXT(send)(d, b, n, f); }
int open(const char *p, int f, ...) { INTERRUPT return NEXT(openat)(AT_FDCWD, p, f, 0600); }
int poll(struct pollfd *p, nfds_t n, int t) { INTERRUPT return NEXT(poll)(p, n, t); }
int ppoll(struct pollfd *p, nfds_t n, const struct timespec *t, const sigset_t *m) {
    INTERRUPT
    return NEXT(ppoll)(p, n, t, m);
}
int accept4(int d, struct sockaddr *a, socklen_t *n, int f) {
    static int is_second;
    if (FORCED("ACCEPT4") && !is_second++) { errno = FORCED("ACCEPT4"); return -1; }
    INTERRUPT
    return NEXT(accept4)(d, a, n, f);
}
int connect(int d, const struct sockaddr *a, socklen_t n) {
    if (FORCED("CONNECT")) { errno = FORCED("CONNECT"); return -1; }
    const char *taken = getenv("TAKEN");
    INTERRUPT
    int result = NEXT(connect)(d, a, n);
    if (taken) {
        int code = errno, other = socket(AF_UNIX, SOCK_STREAM, 0);
        unlink(taken);
        bind(other, a, n);
        listen(other, 1);
        errno = code;
    }
    return result;
}
"""


class ForcedTests(EndpointCase):
    library = ""

    @classmethod
    def build_library(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="c-")
        cls.addClassCleanup(folder.cleanup)
        cls.library = f"{folder.name}/forced.so"
        Path(f"{folder.name}/forced.c").write_text(LIBRARY)
        command = ["cc", "-std=gnu11", "-shared", "-fPIC", "-o", cls.library, f"{folder.name}/forced.c", "-ldl"]
        subprocess.run(command, check=True)

    def force(self, **environment: object) -> None:
        if not self.library:
            self.skipTest("a sanitizer wants to be the first library")
        forced = {name: str(value) for name, value in environment.items()}
        self.endpoint = self.start(env={**os.environ, "LD_PRELOAD": self.library, **forced})

    def test_a_connection_that_takes_too_long_is_a_timeout(self) -> None:
        for code in (errno.ETIMEDOUT, errno.EAGAIN):
            self.force(CONNECT=code)
            for rest in (
                f"unix role=connect address={self.path} framing=line",
                f"unix-seqpacket role=connect address={self.path} framing=none",
                "tcp role=connect address=127.0.0.1:9 framing=line",
            ):
                self.expect_error("timeout", f"open channel=c transport={rest}")

    def test_a_peer_that_gives_up_before_it_is_accepted_is_none(self) -> None:
        for timeout in ("", " timeout=10000"):
            self.force(ACCEPT4=errno.ECONNABORTED)
            self.expect(self.listener("unix", "line"))
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(self.path)
                self.expect(f"accept channel=c{timeout}")
            self.expect("receive channel=c", end="true")
            self.expect("close channel=c")

    def test_an_interruption_is_no_answer(self) -> None:
        self.force(INTERRUPTED=1)
        os.mkfifo(f"{self.path}-fifo")
        both = os.open(f"{self.path}-fifo", os.O_RDWR)
        source, target = f"{self.path}-source", f"{self.path}-target"
        Path(source).write_bytes(b"x" * 1000)
        for transport, address, framing, roles in (
            ("unix", self.path, "line", ("listen", "connect")),
            ("tcp", "127.0.0.1:0", "line", ("listen", "connect")),
            ("unix-seqpacket", self.path, "none", ("listen", "connect")),
            ("unix-datagram", self.path, "none", ("listen", "connect")),
            ("fifo", f"{self.path}-fifo", "line", ("read", "write")),
            ("file-slot", f"{self.path}-slot", "none", ("write", "read")),
            ("file-cell", f"{self.path}-cell", "none", ("write", "read")),
        ):
            with self.subTest(transport):
                for channel, role in zip("ab", roles):
                    opening = f"open channel={channel} transport={transport} role={role} framing={framing}"
                    address = self.endpoint.ask(f"{opening} address={address}").get("address", address)
                if roles[0] == "listen" and transport != "unix-datagram":
                    self.expect_error("usage", "accept channel=b timeout=20")
                    self.expect("accept channel=a timeout=10000")
                reader, writer = "ba" if roles[0] == "write" else "ab"
                if transport != "file-slot":
                    self.expect_error("timeout", f"receive channel={reader} timeout=20")
                self.expect(f"send channel={writer} file={source}")
                self.expect(f"receive channel={reader} file={target}", length="1000")
                self.assertEqual(Path(target).read_bytes(), b"x" * 1000)
                self.expect(f"send channel={writer} payload=61")
                self.expect(f"receive channel={reader}", payload="61")
                self.expect("reset")
        os.close(both)

    def test_a_stale_path_that_somebody_else_takes_at_the_same_time_is_theirs(self) -> None:
        self.force(TAKEN=self.path)
        for transport, framing in self.path_listeners:
            with socket.socket(socket.AF_UNIX) as stale:
                stale.bind(self.path)
            with self.subTest(transport):
                self.expect_error("exists", self.listener(transport, framing))
                with socket.socket(socket.AF_UNIX) as peer:
                    peer.connect(self.path)
            os.unlink(self.path)
