"""FIFOs, and pipes and sockets that the parent process left open for us."""

from __future__ import annotations

import fcntl
import os
import socket
import stat

from addresses import checked_number, checked_path
from faults import Fault
from transports import DescriptorStream, SocketStream


def open_fifo(address: str, role: str) -> DescriptorStream:
    """Opens a FIFO; waits until the other end is open too."""
    path = checked_path(address)
    # Looked at before it is opened: opening for writing would make a file's content our victim.
    if not stat.S_ISFIFO(os.stat(path).st_mode):
        raise Fault("usage", f'"{address}" is not a FIFO: make one with mkfifo.')
    # Never O_RDWR, with which Linux does not wait for the other end: a reader would be its own
    # writer, and the end would never come.
    direction = os.O_RDONLY if role == "read" else os.O_WRONLY
    return DescriptorStream(os.open(path, direction | os.O_CLOEXEC))


def inherited_descriptor(address: str) -> int:
    """The number of a descriptor that the parent process left open for us."""
    descriptor = int(checked_number(address))
    try:
        os.fstat(descriptor)
    except OSError:
        raise Fault(
            "missing",
            f"Descriptor {descriptor} is not open: the parent must pass it without close-on-exec.",
        ) from None
    return descriptor


def adopt(descriptor: int) -> None:
    """Makes an inherited descriptor ours."""
    # It came without close-on-exec, or it would not be here. A child of ours must not keep it
    # open: the peer would never see the end of the stream.
    os.set_inheritable(descriptor, False)
    # O_NONBLOCK belongs to the open file, not to the descriptor, so whoever had it before may have
    # set it.
    os.set_blocking(descriptor, True)


def adopt_pipe(address: str, role: str) -> DescriptorStream:
    """Takes over an inherited end of a pipe."""
    descriptor = inherited_descriptor(address)
    access = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
    wrong_end = os.O_WRONLY if role == "read" else os.O_RDONLY
    if not stat.S_ISFIFO(os.fstat(descriptor).st_mode) or access == wrong_end:
        raise Fault("usage", f"Descriptor {address} is not the end of a pipe to {role}: pass one.")
    adopt(descriptor)
    return DescriptorStream(descriptor)


def adopt_socket(address: str) -> SocketStream:
    """Takes over an inherited end of a socket pair."""
    descriptor = inherited_descriptor(address)
    if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        inherited = socket.socket(fileno=descriptor)
        if inherited.type == socket.SOCK_STREAM:
            adopt(descriptor)
            return SocketStream(inherited)
        inherited.detach()  # Not ours: it stays open.
    raise Fault("usage", f"Descriptor {address} is no stream socket: pass one of a socket pair.")
