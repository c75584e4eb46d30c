"""A channel of the endpoint: which transport, framing and role it has, and so what can be done with it."""

from __future__ import annotations

import socket
from collections.abc import Callable

import datagrams
import descriptors
import slots
import transports
from deadlines import Deadline
from framings import FRAMINGS
from lines import bytes_of_hexadecimal, usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    import manager_queue
    import shared
    import spawn_queue

    Connection = Union[
        transports.MessageStream,
        transports.PacketSocket,
        datagrams.DatagramSender,
        datagrams.DatagramReceiver,
        slots.FileSlot,
        shared.FileCell,
        shared.SharedMemory,
        spawn_queue.SpawnQueue,
        manager_queue.SharedQueue,
    ]


def key_bytes(options: dict[str, str]) -> bytes:
    key = bytes_of_hexadecimal(options["authkey"], "key")
    if not key:
        raise usage("A key has at least one byte: give authkey=HEX, or leave it out.")
    return key


class Channel:
    """An open channel: a listener, a connection, or a listener and the one that it accepted."""

    def __init__(self, transport: str, role: str, framing: str, limit: int, options: dict[str, str]) -> None:
        self.transport = transport
        self.options = options
        self.framing = framing
        self.limit = limit
        self.is_one_way = transport in transports.ONE_WAY
        self.can_half_close = transport not in transports.NO_HALF_CLOSE
        self.can_send = not self.is_one_way or role in transports.SENDS
        self.can_receive = not self.is_one_way or role not in transports.SENDS
        self.listener: transports.Listener | None = None
        self.connection: Connection | None = None
        # A queue of a manager carries objects, which may be bytes; everything else carries bytes.
        self.carries_objects = transport == "manager-queue"
        # A message that was received but could not be handed over; the next receive gets it.
        self.kept: list[object] = []

    def open(self, role: str, address: str) -> None:
        transport, options = self.transport, self.options
        if transport == "manager-queue":
            self.open_manager_queue(role, address)
        elif transport == "unix-datagram" and role == "listen":
            self.connection = datagrams.listen(address, self.limit)
        elif role == "listen":
            self.listener = transports.listen(transport, address)
        elif role == "connect":
            self.use_socket(transports.connect(transport, address), is_accepting=False)
        elif transport == "fifo":
            self.use_stream(descriptors.open_fifo(address, role))
        elif transport == "pipe":
            self.use_stream(descriptors.adopt_pipe(address, role))
        elif transport == "socketpair":
            self.use_stream(descriptors.adopt_socket(address))
        elif transport == "file-slot":
            self.connection = slots.open_slot(address, role, self.limit)
        elif transport == "spawn-queue":
            import spawn_queue  # like those below, costs time at the start

            self.connection = spawn_queue.open_queue(address, role, self.limit, options["lock"], options.get("slots"))
        else:
            self.open_shared(role, address)

    def open_manager_queue(self, role: str, address: str) -> None:
        import manager_queue

        key, name = key_bytes(self.options), self.options.get("queue", "get_queue")
        self.connection = manager_queue.open_queue(address, role, key, name, self.limit)

    def open_shared(self, role: str, address: str) -> None:
        import shared

        if self.transport == "file-cell":
            self.connection = shared.open_cell(address, role, self.limit)
            return
        options = self.options
        self.connection = shared.open_memory(
            address,
            role,
            self.limit,
            size=int(options["size"]) if "size" in options else None,
            offset=int(options.get("offset", 0)),
            length=int(options["length"]) if "length" in options else None,
            lock=options.get("lock"),
        )

    def use_socket(self, connected: socket.socket, is_accepting: bool) -> None:
        if self.transport == "unix-datagram":
            self.connection = datagrams.DatagramSender(connected, self.limit)
            return
        if self.transport == "unix-seqpacket":
            self.connection = transports.PacketSocket(connected, self.limit)
            return
        self.use_stream(transports.SocketStream(connected))
        if "authkey" not in self.options:
            return
        import handshake

        stream, self.connection = self.connection, None
        try:
            key = key_bytes(self.options)
            handshake.authenticate(stream, key, is_accepting)
        except BaseException:
            connected.close()
            raise
        self.connection = stream

    def use_stream(self, stream: transports.SocketStream | transports.DescriptorStream) -> None:
        self.connection = transports.MessageStream(stream, FRAMINGS[self.framing], self.limit)

    def peer(self) -> Connection:
        if self.connection is None:
            raise usage("This channel has no peer yet: accept one first.")
        return self.connection

    def sender(self) -> Callable[[bytes | bytearray], None]:
        peer = self.peer()
        if not self.can_send:
            raise usage("This channel only receives: send on one with the other role.")
        return peer.send

    def receiver(self) -> Callable[..., bytes | bytearray | None]:
        peer = self.peer()
        if not self.can_receive:
            raise usage("This channel only sends: receive on one with the other role.")
        return peer.receive

    def take(self, milliseconds: int | None) -> object:
        """The next message or object, None at the end, or ``NOTHING`` when the time is over."""
        if self.kept:
            return self.kept.pop()
        if self.carries_objects:
            return self.peer().get(milliseconds)
        return self.receiver()(None if milliseconds is None else Deadline(milliseconds / 1000))

    def close(self) -> None:
        try:
            if self.connection is not None:
                self.connection.close()
        finally:
            if self.listener is not None:
                self.listener.close()
