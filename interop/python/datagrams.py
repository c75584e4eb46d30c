"""Messages over Unix datagram sockets: one way, from any number of senders to one receiver.

Nobody accepts anybody here, and there is no end: a receiver does not learn who is there, nor who
has gone. On Linux such a datagram is neither lost nor overtaken. A sender waits while the receiver's
queue is full, which holds few (``net.unix.max_dgram_qlen``).
"""

from __future__ import annotations

import errno
import os
import socket

from addresses import socket_path
from deadlines import Deadline
from faults import Fault, too_large
from transports import SocketFile, bind_unix


class DatagramSender:
    """A socket that is connected to a receiver."""

    def __init__(self, connected: socket.socket, limit: int) -> None:
        self._socket = connected
        self._limit = limit
        self.close = connected.close

    def send(self, message: bytes | bytearray) -> None:
        """Sends one datagram, whole or not at all; an empty one is a message too."""
        if len(message) > self._limit:
            raise too_large(len(message), self._limit)
        try:
            self._socket.send(message)
        except OSError as error:
            # The first send to a receiver that is gone is ECONNREFUSED, and disconnects the socket:
            # every later one is another error, and the same fault.
            if error.errno == errno.ENOTCONN:
                raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED)) from error
            raise

    def end_writing(self) -> None:
        raise Fault("unsupported", "Datagrams have no end of stream: close the channel instead.")


class DatagramReceiver:
    """A socket with an address, and the file that it made."""

    def __init__(self, bound: socket.socket, file: SocketFile | None, limit: int) -> None:
        self._socket = bound
        self._file = file
        self._limit = limit
        self._one_byte = bytearray(1)

    def receive(self, deadline: Deadline | None = None) -> bytes:
        """Waits for a datagram. One above the limit is taken out of the queue all the same."""
        if deadline is not None:
            deadline.wait(self._socket)
        # What does not fit into the buffer is lost, silently. MSG_TRUNC makes the system tell the
        # real size, and MSG_PEEK leaves the datagram where it is until there is room for it.
        size = self._socket.recv_into(self._one_byte, 1, socket.MSG_PEEK | socket.MSG_TRUNC)
        if size > self._limit:
            self._socket.recv_into(self._one_byte)  # Or the next receive would meet it again.
            raise too_large(size, self._limit)
        # Python does not ask the system for no bytes, and an empty datagram would stay for ever.
        return self._socket.recv(max(size, 1))

    def end_writing(self) -> None:
        raise Fault("unsupported", "Datagrams have no end of stream: close the channel instead.")

    def close(self) -> None:
        """Closes the socket and removes its file."""
        # Remove first: a sender that comes now finds nothing, rather than a file that nobody holds.
        if self._file is not None:
            self._file.remove()
        self._socket.close()


def listen(address: str, limit: int) -> DatagramReceiver:
    """Takes an address, to which datagrams can be sent from then on."""
    bound, file = bind_unix(socket_path(address), socket.SOCK_DGRAM, has_file=True)
    return DatagramReceiver(bound, file, limit)
