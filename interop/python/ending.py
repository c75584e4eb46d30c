"""How an endpoint ends in the middle of a command: its standard input is over, or SIGTERM has come.

A call that waits for a peer knows nothing of standard input. So a thread watches that, and
interrupts the main thread with a signal. A signal's handler in Python runs in the main thread, between
two of its steps or in place of the call that the signal has interrupted, and may raise: what was
begun is undone on the way out, as after any other exception. The thread reads nothing and takes no
part in a command, so nothing becomes slower.
"""

from __future__ import annotations

import _thread
import contextlib
import fcntl
import os
import select
import signal
import stat
import struct
import termios
import time
from collections.abc import Iterator

# A command that is under way when the input ends may come to its end, in seconds. Less than half of
# the tenth of a second after which all is to be over.
GRACE = 0.04
# Who uses the processor for a larger part of that is not waiting.
_MOST_WORK = 0.2
# In macOS what poll says without being asked is enough; Linux tells of a socket that is half closed.
_HANG_UP = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


class Ending(BaseException):
    """Ends the command that is under way, and the endpoint. Not an error that a command could have."""


class Watch:
    """Looks after the end of standard input and after SIGTERM."""

    def __init__(self, home: object) -> None:
        """`home` is the frame that catches ``Ending``: nothing is raised in it, only in what it has called."""
        self._home = home
        # Odd while a command is under way. Only the main thread changes it.
        self.steps = 0
        self.was_terminated = False
        self.is_over = False
        # The step at which the main thread stands still.
        self._stuck: int | None = None

    def start(self) -> None:
        """Takes the signals, and watches standard input where it is something that can end."""
        signal.signal(signal.SIGTERM, self._interrupt)
        signal.signal(signal.SIGALRM, self._interrupt)
        mode = os.fstat(0).st_mode
        # All commands of a regular file are obeyed.
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            wait_for_end = _wait_for_hang_up
        elif os.isatty(0):
            wait_for_end = self._wait_for_end_of_terminal
        else:
            return
        # The thread blocks all signals, so that the system gives them to the main thread, whose
        # call is to be interrupted.
        begun = _thread.allocate_lock()
        begun.acquire()
        with signals_held(signal.valid_signals()):
            _thread.start_new_thread(self._watch, (_thread.get_ident(), wait_for_end, begun))
        begun.acquire()

    def finish(self) -> None:
        """From now on nothing is interrupted any more."""
        self.is_over = True
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _interrupt(self, number: int, frame: object) -> None:
        if number == signal.SIGTERM:
            self.was_terminated = True
        # The thread may have been wrong: the command has come to its end just now.
        if self.is_over or not (self.was_terminated or self._stuck == self.steps):
            return
        # Python drops an exception that is raised in a destructor, so there will be another one.
        signal.setitimer(signal.ITIMER_REAL, GRACE)
        if frame is not self._home:
            raise Ending

    def _watch(self, main_thread: int, wait_for_end: object, begun: _thread.LockType) -> None:
        # The system's library reserves 128 MiB of addresses at a thread's first allocation. That has to
        # happen now: later it would look like memory that a message has taken.
        _hang_up().poll(0)
        begun.release()
        wait_for_end()
        while not self.is_over:
            steps, work = self.steps, _seconds_of_work(main_thread)
            time.sleep(GRACE)
            is_waiting = _seconds_of_work(main_thread) - work < GRACE * _MOST_WORK and _is_asleep()
            # Between commands the main thread reads, and comes to the end by itself.
            if is_waiting and steps % 2 == 1 and steps == self.steps:
                self._stuck = steps
                signal.pthread_kill(main_thread, signal.SIGALRM)

    def _wait_for_end_of_terminal(self) -> None:
        """A terminal does not hang up at Ctrl-D: it can be read, and there is nothing to read."""
        poll = select.poll()
        poll.register(0, select.POLLIN)
        while True:
            time.sleep(GRACE)
            if self.steps % 2 == 0:
                continue
            if any(events & _HANG_UP or _bytes_to_read() == 0 for _, events in poll.poll(0)):
                return


def _wait_for_hang_up() -> None:
    _hang_up().poll()


def _hang_up() -> select.poll:
    poll = select.poll()
    # What is asked for is that the other side is gone; what can be read is not ours to know.
    poll.register(0, _HANG_UP)
    return poll


def _bytes_to_read() -> int:
    return struct.unpack("i", fcntl.ioctl(0, termios.FIONREAD, bytes(4)))[0]


def _seconds_of_work(thread: int) -> float:
    """How long a thread has used a processor; 0 where the system does not say so."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return 0.0
    return time.clock_gettime(time.pthread_getcpuclockid(thread))


def _is_asleep() -> bool:
    """Whether the main thread waits, and not for a processor that is busy with others."""
    try:
        with open("/proc/self/stat", "rb") as file:
            return file.read().rpartition(b") ")[2][:1] == b"S"
    except OSError:
        return True  # Not Linux.


@contextlib.contextmanager
def signals_held(signals: object = (signal.SIGTERM, signal.SIGALRM, signal.SIGINT)) -> Iterator[None]:
    """Keeps signals until later: what is made is noted down before anybody can interrupt that."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        # Python runs the handler of a signal that has just come inside this call, after the change.
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_at_once(was_terminated: bool) -> None:
    """Ends this process without taking the interpreter down, for which there is no time."""
    if was_terminated:  # As SIGTERM does where nobody handles it.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
    os._exit(0)
