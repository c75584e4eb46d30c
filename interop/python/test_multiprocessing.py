"""Tests of keys, manager queues and spawn queues, with Python's own multiprocessing as the peer.

python3 -m unittest discover -s interop/python
"""

from __future__ import annotations

import hmac
import multiprocessing
import os
import queue
import socket
import struct
import subprocess
import sys
import unittest
from multiprocessing import connection, managers

from test_endpoint import Child, EndpointTests

KEY = b"secret"
HEX = KEY.hex()


class KeyTests(EndpointTests):
    def listening(self, key: str = HEX) -> Child:
        child = self.child()
        command = f"open channel=c transport=unix role=listen address={self.path('s')}"
        self.assertEqual(child.ask(f"{command} framing=multiprocessing authkey={key}"), "ok")
        return child

    def connecting(self, child: Child, key: str = HEX) -> None:
        command = f"open channel=c transport=unix role=connect address={self.path('s')}"
        child.tell(f"{command} framing=multiprocessing authkey={key}")

    def test_two_endpoints_with_the_same_key(self):
        for transport, address in (
            ("unix", self.path("u")),
            ("unix-abstract", f"@parley-key-{os.getpid()}"),
            ("dotnet-pipe", self.path("d")),
            ("tcp", "127.0.0.1:0"),
        ):
            left, right = self.child(), self.child()
            command = f"open channel=c transport={transport} framing=multiprocessing authkey={HEX}"
            reply = left.ask(f"{command} role=listen address={address}")
            if transport == "tcp":
                address = reply.split("=")[1]
            right.tell(f"{command} role=connect address={address}")
            self.assertEqual(left.ask("accept channel=c"), "ok")
            self.assertEqual(right.hear(), "ok")
            for sender, receiver in ((left, right), (right, left)):
                # Above what a message of the handshake may have.
                self.assertEqual(sender.ask("send channel=c payload=" + "61" * 300), "ok")
                self.assertEqual(receiver.ask("receive channel=c"), "ok payload=" + "61" * 300)

    def test_python_itself_connects_and_listens(self):
        child = self.listening()
        child.tell("accept channel=c")
        with connection.Client(self.path("s"), authkey=KEY) as client:
            self.assertEqual(child.hear(), "ok")
            client.send({"a": [1, None]})
            value = "map:1,text:61,list:2,int:1,null"
            self.assertEqual(child.ask("receive channel=c codec=pickle"), "ok value=" + value)
            self.assertEqual(child.ask(f"send channel=c codec=pickle value={value}"), "ok")
            self.assertEqual(client.recv(), {"a": [1, None]})
        self.assertEqual(child.ask("reset"), "ok")
        with connection.Listener(self.path("s"), authkey=KEY) as listener:
            self.connecting(child)
            with listener.accept() as accepted:
                self.assertEqual(child.hear(), "ok")
                accepted.send_bytes(b"hi")
                self.assertEqual(child.ask("receive channel=c"), "ok payload=6869")

    def test_the_accepting_side_offers_sha256_and_takes_what_the_peer_has(self):
        listener = self.listening()
        for name in (None, "md5", "sha256", "sha384", "sha3_256", "sha512", "sha1"):
            listener.tell("accept channel=c")
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(self.path("s"))
                message = peer.recv(4 + 11 + 8 + 40, socket.MSG_WAITALL)
                self.assertEqual(message[:23], b"\0\0\0\x3b#CHALLENGE#{sha256}")
                # Whoever is older than 3.12 takes all of it for the challenge, and knows one digest.
                code = hmac.new(KEY, message[15:], name or "md5").digest()
                reply = code if name is None else b"{%b}" % name.encode() + code
                peer.sendall(struct.pack(">i", len(reply)) + reply)
                if name in ("sha512", "sha1"):
                    self.assertEqual(peer.recv(13), b"\0\0\0\x09#FAILURE#")
                    self.assert_kind(listener.hear(), "authentication")
                    continue
                self.assertEqual(peer.recv(13), b"\0\0\0\x09#WELCOME#", name)
                challenge = b"{sha256}" + bytes(40)
                peer.sendall(b"\0\0\0\x3b#CHALLENGE#" + challenge)
                expected = b"{sha256}" + hmac.new(KEY, challenge, "sha256").digest()
                self.assertEqual(peer.recv(44, socket.MSG_WAITALL), b"\0\0\0\x28" + expected)
                peer.sendall(b"\0\0\0\x09#WELCOME#")
                self.assertEqual(listener.hear(), "ok")
            self.assertEqual(listener.ask("close channel=c"), "ok")
            listener = self.listening()

    def test_a_wrong_key_is_authentication_on_both_sides_and_the_next_may_come(self):
        child = self.listening()
        child.tell("accept channel=c")
        with self.assertRaises(multiprocessing.AuthenticationError):
            connection.Client(self.path("s"), authkey=b"wrong")
        self.assert_kind(child.hear(), "authentication")
        self.assert_kind(child.ask("send channel=c payload=61"), "usage")
        child.tell("accept channel=c")
        with connection.Client(self.path("s"), authkey=KEY):
            self.assertEqual(child.hear(), "ok")
        child.ask("reset")
        with connection.Listener(self.path("s"), authkey=b"other") as listener:
            self.connecting(child)
            with self.assertRaises(multiprocessing.AuthenticationError):
                listener.accept()
            self.assert_kind(child.hear(), "authentication")

    def test_a_peer_that_breaks_the_handshake(self):
        child = self.child()
        welcome = b"\0\0\0\x09#WELCOME#"
        digest = hmac.new(KEY, bytes(range(20)), "md5").digest()
        self.assertEqual(digest.hex(), "7defa9cc46abc3583325d17ccda75190")
        for sent, kind in (
            (b"", "authentication"),
            (b"\0\0", "authentication"),
            (b"\0\0\0\x05hello", "authentication"),
            (b"\0\0\0\0", "authentication"),
            (b"\xff\xff\xff\xfe", "authentication"),
            (b"\0\0\x01\x01" + b"x" * 257, "too-large"),
            (b"\x7f\xff\xff\xff", "too-large"),
            (b"\0\0\0\x0b#CHALLENGE#", "authentication"),
            (b"\0\0\0\x1e#CHALLENGE#" + b"x" * 19, "authentication"),
            (b"\0\0\0\x3b#CHALLENGE#{sha512}" + b"x" * 40, "authentication"),
            (b"\0\0\0\x1f#CHALLENGE#" + bytes(range(20)), "authentication"),
            (
                b"\0\0\0\x1f#CHALLENGE#" + bytes(range(20)) + b"\0\0\0\x09#FAILURE#",
                "authentication",
            ),
            (b"\0\0\0\x1f#CHALLENGE#" + bytes(range(20)) + welcome, "authentication"),
            (
                b"\0\0\0\x1f#CHALLENGE#" + bytes(range(20)) + welcome + b"\0\0\0\x10" + b"x" * 16,
                "authentication",
            ),
        ):
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(self.path("s"))
                listener.listen()
                before = child.descriptors() if sent else []
                self.connecting(child)
                peer, _ = listener.accept()
                with peer:
                    peer.sendall(sent)
                    peer.shutdown(socket.SHUT_WR)
                    self.assert_kind(child.hear(), kind)
                    if b"\x1f#CHALLENGE#" in sent:
                        self.assertEqual(peer.recv(20), b"\0\0\0\x10" + digest)
            os.unlink(self.path("s"))
            if before:
                self.assertEqual(child.descriptors(), before)
            self.assert_kind(child.ask("close channel=c"), "usage")

    def test_a_silent_peer_is_timeout(self):
        listener = self.listening()
        connector, dribbled = self.child(), self.child()
        listener.tell("accept channel=c")
        silent = socket.socket(socket.AF_UNIX)
        self.addCleanup(silent.close)
        silent.connect(self.path("s"))
        for child, name in ((connector, "never"), (dribbled, "slowly")):
            server = socket.socket(socket.AF_UNIX)
            self.addCleanup(server.close)
            server.bind(self.path(name))
            server.listen()
            command = f"open channel=c transport=unix role=connect address={self.path(name)}"
            child.tell(f"{command} framing=multiprocessing authkey={HEX}")
        peer, _ = server.accept()
        self.addCleanup(peer.close)
        peer.sendall(b"\0\0\0\x1f#CHALL")
        for child in (listener, connector, dribbled):
            self.assert_kind(child.hear(), "timeout")

    def test_keys_that_cannot_be(self):
        child = self.child()
        command = f"open channel=c transport=unix role=listen address={self.path('s')}"
        for options in (
            "framing=multiprocessing authkey=",
            "framing=multiprocessing authkey=6",
            "framing=multiprocessing authkey=6G",
            "framing=multiprocessing authkey=FF",
            "framing=line authkey=61",
            "framing=multiprocessing queue=x",
            "framing=multiprocessing lock=/x",
        ):
            self.assert_kind(child.ask(f"{command} {options}"), "usage")
        os.mkfifo(self.path("fifo"))
        fifo = f"open channel=c transport=fifo role=read address={self.path('fifo')}"
        self.assert_kind(child.ask(f"{fifo} framing=multiprocessing authkey=61"), "usage")
        self.assertEqual(os.listdir(self.folder), ["fifo"])


class NotPlain:
    """Unmodified Python may put objects of its own classes."""

    def __init__(self) -> None:
        self.x = 1


def serve(address: str, ready: connection.Connection) -> None:
    """A manager as the documentation has it."""
    shared: queue.Queue = queue.Queue()
    table: dict = {}

    class Manager(managers.BaseManager):
        pass

    Manager.register("get_queue", callable=lambda: shared)
    Manager.register("get_table", callable=lambda: table, proxytype=managers.DictProxy)
    Manager.register("Iterator", proxytype=managers.IteratorProxy, create_method=False)
    server = Manager(address, KEY).get_server()
    ready.send(True)
    server.serve_forever()


class ManagerQueueTests(EndpointTests):
    def command(self, role: str, address: str = "m", name: str = "c", key: str = HEX) -> str:
        return (
            f"open channel={name} transport=manager-queue role={role} framing=multiprocessing"
            f" authkey={key} address={self.path(address)}"
        )

    def manager(self) -> multiprocessing.process.BaseProcess:
        context = multiprocessing.get_context("fork")
        ready, says_ready = context.Pipe(duplex=False)
        process = context.Process(target=serve, args=(self.path("m"), says_ready))
        process.start()

        def stop() -> None:
            process.kill()
            process.join()
            process.close()

        self.addCleanup(stop)
        says_ready.close()
        self.assertTrue(ready.recv())
        ready.close()
        return process

    def children(self, child: Child) -> str:
        process = child.process.pid
        with open(f"/proc/{process}/task/{process}/children") as file:
            return file.read().strip()

    def test_endpoints_share_a_queue(self):
        server, client = self.child(), self.child()
        self.assertEqual(server.ask(self.command("listen")), "ok")
        self.assertEqual(client.ask(self.command("connect")), "ok")
        for sender, receiver in (
            (server, client),
            (client, server),
            (client, client),
            (server, server),
        ):
            self.assertEqual(sender.ask("send channel=c payload=6869"), "ok")
            self.assertEqual(receiver.ask("receive channel=c"), "ok payload=6869")
            for value in ("null", "map:1,text:61,set:1,int:1", "bytes:6869"):
                self.assertEqual(sender.ask(f"send channel=c codec=pickle value={value}"), "ok")
                self.assertEqual(receiver.ask("receive channel=c codec=pickle"), f"ok value={value}")
        self.assertEqual(client.ask("receive channel=c timeout=0"), "ok empty=true")
        self.assertEqual(server.ask("receive channel=c timeout=30"), "ok empty=true")
        client.tell("receive channel=c timeout=86400000")
        self.assertEqual(server.ask("send channel=c codec=json value=list:0"), "ok")
        self.assertEqual(client.hear(), "ok payload=" + b"[]".hex())
        self.assertEqual(server.ask("send channel=c codec=pickle value=text:6869"), "ok")
        self.assert_kind(client.ask("receive channel=c"), "malformed")
        with open(self.path("large"), "wb") as file:
            file.write(b"x" * 1_000_000)
        self.assertEqual(client.ask(f"send channel=c file={self.path('large')}"), "ok")
        self.assert_kind(server.ask("receive channel=c"), "usage")
        self.assertEqual(server.ask(f"receive channel=c file={self.path('copy')}"), "ok length=1000000")
        for verb in (
            "accept channel=c",
            "receive channel=c timeout=-1",
            "call channel=c method=qsize",
        ):
            self.assert_kind(server.ask(verb), "usage")
        self.assert_kind(client.ask("close channel=c how=write"), "unsupported")

    def test_an_object_too_long_for_a_reply_is_kept(self):
        server, client = self.child(), self.child()
        self.assertEqual(server.ask(self.command("listen")), "ok")
        self.assertEqual(client.ask(self.command("connect")), "ok")

        class Manager(managers.BaseManager):
            pass

        Manager.register("get_queue")
        manager = Manager(self.path("m"), KEY)
        manager.connect()
        queue = manager.get_queue()
        content = bytes(300_000)
        for number, value in enumerate((content, [None] * 3_000_000, ["a" * 200_000])):
            queue.put(value)
            for _ in range(2):
                self.assert_kind(client.ask("receive channel=c codec=pickle"), "usage")
            reply = client.ask(f"receive channel=c file={self.path('kept')}")
            if number == 0:
                self.assertEqual(reply, "ok length=300000")
            else:
                self.assert_kind(reply, "malformed")
        queue.put(7)
        self.assertEqual(client.ask("receive channel=c codec=pickle"), "ok value=int:7")
        del queue, manager

    def test_nothing_is_left_after_close_and_reset_and_at_the_end(self):
        server = self.child()
        server.ask("hello")
        before = server.descriptors()
        for ending in ("close channel=c", "reset"):
            self.assertEqual(server.ask(self.command("listen")), "ok")
            self.assertNotEqual(self.children(server), "")
            self.assertEqual(server.ask(self.command("connect", name="d")), "ok")
            self.assertEqual(server.ask("close channel=d"), "ok")
            self.assertEqual(server.ask(ending), "ok")
            self.assertEqual(self.children(server), "")
            self.assertEqual(server.descriptors(), before)
            self.assertEqual(os.listdir(self.folder), [])
        self.assertEqual(server.ask(self.command("listen")), "ok")
        process = int(self.children(server))
        self.assertEqual(server.end(), 0)
        self.assertFalse(os.path.exists(f"/proc/{process}"))
        self.assertEqual(os.listdir(self.folder), [])

    def test_the_server_dies_with_an_endpoint_that_is_killed(self):
        server = self.child()
        self.assertEqual(server.ask(self.command("listen")), "ok")
        client = self.child()
        self.assertEqual(client.ask(self.command("connect")), "ok")
        # Once there and back: a proxy connects when it is first used, and then has a handshake.
        self.assertEqual(client.ask("send channel=c payload=61"), "ok")
        self.assertEqual(client.ask("receive channel=c"), "ok payload=61")
        client.tell("receive channel=c")
        server.process.kill()
        self.assert_kind(client.hear(), "closed")  # The child has ended, not only its parent.
        self.assert_kind(client.ask("send channel=c payload=61"), "closed")
        self.assertEqual(client.ask("close channel=c"), "ok")

    def test_the_server_does_not_keep_other_channels_open(self):
        child, peer = self.accepted()
        self.assertEqual(child.ask(self.command("listen", name="m")), "ok")
        self.assertEqual(child.ask("close channel=c"), "ok")
        self.assertEqual(peer.recv(1), b"")

    def test_an_unmodified_manager_is_a_peer(self):
        process = self.manager()
        client = self.child()
        self.assertEqual(client.ask(self.command("connect")), "ok")

        class Manager(managers.BaseManager):
            pass

        Manager.register("get_queue")
        Manager.register("get_table")
        manager = Manager(self.path("m"), KEY)
        manager.connect()
        proxy = manager.get_queue()
        proxy.put(b"raw")
        self.assertEqual(client.ask("receive channel=c"), "ok payload=" + b"raw".hex())
        proxy.put(NotPlain())
        name = f"{NotPlain.__module__}.NotPlain".encode().hex()
        expected = f"ok value=object:{name},tuple:0,map:1,text:78,int:1"
        self.assertEqual(client.ask("receive channel=c codec=pickle"), expected)
        self.assertEqual(client.ask("call channel=c method=qsize"), "ok value=int:0")
        self.assertEqual(client.ask("send channel=c payload=61"), "ok")
        self.assertEqual(proxy.get(), b"a")
        self.assertEqual(client.ask("call channel=c method=put value=tuple:2,int:5,false"), "ok value=null")
        self.assertEqual(client.ask("call channel=c method=get_nowait"), "ok value=int:5")
        for method, told in (
            ("get_nowait", "Empty"),
            ("dance", "dance"),
            ("__class__", "__class__"),
        ):
            reply = client.ask(f"call channel=c method={method}")
            self.assert_kind(reply, "internal")
            self.assertIn(told, reply)
        self.assert_kind(client.ask("call channel=c method=put value=list:0"), "usage")
        self.assert_kind(client.ask("call channel=c method=put value=tuple:1,f32:00000000"), "malformed")
        table = self.command("connect", name="t") + " queue=get_table"
        self.assertEqual(client.ask(table), "ok")
        value = "tuple:2,text:61,list:1,int:1"
        self.assertEqual(client.ask(f"call channel=t method=__setitem__ value={value}"), "ok value=null")
        self.assertEqual(manager.get_table().get("a"), [1])
        self.assertEqual(client.ask("call channel=t method=keys"), "ok value=list:1,text:61")
        reply = client.ask("call channel=t method=__getitem__ value=tuple:1,null")
        self.assertIn("KeyError", reply)
        self.assert_kind(client.ask("call channel=t method=__iter__"), "malformed")
        del proxy
        process.kill()
        process.join()
        self.assert_kind(client.ask("receive channel=c timeout=1"), "closed")
        self.assertEqual(client.ask("reset"), "ok")

    def test_an_unmodified_client_is_a_peer(self):
        server = self.child()
        self.assertEqual(server.ask(self.command("listen") + " queue=get_tasks"), "ok")

        class Manager(managers.BaseManager):
            pass

        Manager.register("get_tasks")
        manager = Manager(self.path("m"), KEY)
        manager.connect()
        tasks = manager.get_tasks()
        tasks.put({"n": 1})
        self.assertEqual(server.ask("receive channel=c codec=pickle"), "ok value=map:1,text:6e,int:1")
        self.assertEqual(server.ask("send channel=c payload=6869"), "ok")
        self.assertEqual(tasks.get(timeout=5), b"hi")
        del tasks

    def test_faults_of_opening(self):
        child, other = self.child(), self.child()
        self.assert_kind(child.ask(self.command("connect")), "missing")
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(self.path("m"))
        self.assert_kind(child.ask(self.command("connect")), "refused")
        self.assertEqual(child.ask(self.command("listen")), "ok")
        self.assert_kind(other.ask(self.command("listen")), "exists")
        self.assert_kind(other.ask(self.command("connect", key="00")), "authentication")
        self.assert_kind(other.ask(self.command("connect") + " queue=none"), "missing")
        for name in ("", "connect", "__init__"):
            self.assert_kind(other.ask(self.command("connect") + f" queue={name}"), "usage")
        self.assert_kind(other.ask(self.command("connect").replace("authkey=", "lock=")), "usage")
        self.assert_kind(other.ask(self.command("connect").replace("multiprocessing", "line")), "unsupported")
        self.assert_kind(other.ask(self.command("read")), "unsupported")
        self.assert_kind(other.ask(self.command("listen", "none/m")), "missing")
        self.assert_kind(other.ask(self.command("listen", "x" * 100)), "usage")
        self.assertEqual(other.ask(self.command("connect") + " limit=10"), "ok")
        self.assert_kind(other.ask("send channel=c payload=" + "61" * 11), "too-large")
        self.assert_kind(other.ask("send channel=c codec=pickle value=text:" + "61" * 11), "too-large")
        self.assertEqual(child.ask("send channel=c payload=" + "61" * 11), "ok")
        self.assert_kind(other.ask("receive channel=c"), "too-large")
        self.assertEqual(child.ask("send channel=c payload=" + "61" * 9999), "ok")
        self.assert_kind(other.ask("receive channel=c"), "too-large")

    def test_a_silent_manager_is_timeout(self):
        child = self.child()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path("m"))
            listener.listen()
            self.assert_kind(child.ask(self.command("connect")), "timeout")

    def test_a_hostile_manager_makes_the_endpoint_execute_nothing(self):
        child = self.child()
        marker = self.path("marker")
        attacks = (
            b"cos\nsystem\n(X%c\0\0\0touch %b\ntR." % (len(marker) + 6, marker.encode()),
            b"\x80\x02X\x07\0\0\0#RETURNcos\nsystem\n(X%c\0\0\0touch %btR\x86." % (len(marker) + 6, marker.encode()),
        )
        for attack in attacks:
            with connection.Listener(self.path("m"), authkey=KEY) as listener:
                child.tell(self.command("connect"))
                with listener.accept() as accepted:
                    accepted.recv()
                    accepted.send_bytes(attack)
                    if b"#RETURN" in attack:  # It is an answer that dummy may have; then comes create.
                        with listener.accept() as second:
                            second.recv()
                            second.send(
                                (
                                    "#RETURN",
                                    ("1", (f"x(): pass\nimport os; os.mkdir({marker!r})\ndef y",)),
                                )
                            )
                        for _ in range(2):
                            with listener.accept() as further:
                                further.recv()
                                further.send(("#RETURN", None))
                        self.assertEqual(child.hear(), "ok")
                        child.tell("close channel=c")
                        with listener.accept() as last:
                            last.recv()
                        self.assertEqual(child.hear(), "ok")
                    else:
                        self.assert_kind(child.hear(), "malformed")
            self.assertFalse(os.path.exists(marker))


SPAWN_PROGRAM = """
import multiprocessing, sys
context = multiprocessing.get_context("spawn")
queue = context.SimpleQueue() if sys.argv[1] == "simple" else context.Queue(2)
slots = "" if sys.argv[1] == "simple" else queue._sem._semlock.name
print(queue._reader.fileno(), queue._writer.fileno(), queue._rlock._semlock.name, queue._wlock._semlock.name,
      slots, flush=True)
for line in sys.stdin:
    verb, _, argument = line.strip().partition(" ")
    if verb == "put":
        queue.put(eval(argument))
        print("done", flush=True)
    elif verb == "get":
        print(repr(queue.get()), flush=True)
    else:
        lock = queue._wlock if argument == "write" else queue._rlock
        getattr(lock, verb)()
        print("done", flush=True)
"""


class SpawnQueueCase(EndpointTests):
    """A Python program with a queue of a spawn context, which does what it is told."""

    def start(self, kind: str) -> list[str]:
        """Its pipe's two ends, its two locks and its slots."""
        self.python = subprocess.Popen(
            [sys.executable, "-c", SPAWN_PROGRAM, kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            universal_newlines=True,
        )
        self.addCleanup(self.stop, self.python)
        return self.python.stdout.readline().rstrip("\n").split(" ")

    def stop(self, python: subprocess.Popen) -> None:
        python.stdin.close()  # And not a kill, so that it removes its semaphores.
        python.wait()
        python.stdout.close()

    def python_does(self, line: str) -> str:
        self.python.stdin.write(line + "\n")
        self.python.stdin.flush()
        return self.python.stdout.readline().strip()


class SpawnQueueTests(SpawnQueueCase):
    def test_an_unmodified_queue_is_joined_from_outside(self):
        for kind in ("simple", "bounded"):
            reader, writer, read_lock, write_lock, slots = (word.strip() for word in self.start(kind))
            child = self.child()
            child.ask("hello")
            before = child.descriptors()
            folder = f"/proc/{self.python.pid}/fd"
            options = f" slots={slots}" if slots else ""
            command = "open framing=multiprocessing transport=spawn-queue"
            for name, role, number, lock in (
                ("r", "read", reader, read_lock),
                ("w", "write", writer, write_lock),
            ):
                reply = child.ask(
                    f"{command} channel={name} role={role} address={folder}/{number} lock={lock}{options}"
                )
                self.assertEqual(reply, "ok")
            # More often than the bounded queue has places: each is given back.
            for number in range(5):
                self.assertEqual(child.ask(f"send channel=w codec=pickle value=int:{number}"), "ok")
                self.assertEqual(self.python_does("get"), str(number))
                self.assertEqual(self.python_does(f"put [{number}, b'x']"), "done")
                reply = child.ask("receive channel=r codec=pickle")
                self.assertEqual(reply, f"ok value=list:2,int:{number},bytes:78")
            # Two at once: the second is left for whoever comes next.
            for number in range(2):
                self.assertEqual(self.python_does(f"put {number}"), "done")
            self.assertEqual(child.ask("receive channel=r codec=pickle"), "ok value=int:0")
            self.assertEqual(self.python_does("get"), "1")
            self.assert_kind(child.ask("receive channel=w"), "usage")
            self.assert_kind(child.ask("send channel=r payload=61"), "usage")
            self.assert_kind(child.ask("close channel=w how=write"), "unsupported")
            if kind == "bounded":
                for _ in range(2):
                    self.assertEqual(child.ask("send channel=w codec=pickle value=null"), "ok")
                self.assert_kind(child.ask("send channel=w codec=pickle value=null"), "timeout")
                for _ in range(2):
                    self.assertEqual(child.ask("receive channel=r codec=pickle"), "ok value=null")
            self.assertEqual(child.ask("reset"), "ok")
            self.assertEqual(child.descriptors(), before)
            with open(f"/proc/{child.process.pid}/maps") as maps:
                self.assertNotIn("sem.mp", maps.read())
            self.stop(self.python)

    def test_a_lock_that_is_held_is_timeout_and_loses_no_place(self):
        _, writer, _, write_lock, slots = (word.strip() for word in self.start("bounded"))
        child = self.child()
        address = f"/proc/{self.python.pid}/fd/{writer}"
        command = (
            "open channel=w framing=multiprocessing transport=spawn-queue role=write"
            f" address={address} lock={write_lock} slots={slots}"
        )
        self.assertEqual(child.ask(command), "ok")
        self.assertEqual(self.python_does("acquire write"), "done")
        self.assert_kind(child.ask("send channel=w codec=pickle value=null"), "timeout")
        self.assertEqual(self.python_does("release write"), "done")
        for _ in range(2):
            self.assertEqual(child.ask("send channel=w codec=pickle value=null"), "ok")

    def test_an_inherited_end_and_faults(self):
        _, _, lock, _, _ = (word.strip() for word in self.start("simple"))
        read_end, write_end = os.pipe()
        child = self.child(pass_fds=(read_end,))
        os.close(read_end)
        command = "open channel=c framing=multiprocessing transport=spawn-queue role=read"
        for address, name, kind in (
            (f"/proc/{os.getpid()}/fd/{write_end}", "/parley-none", "missing"),
            (self.folder, lock, "usage"),
            (self.path("none"), lock, "missing"),
            ("99", lock, "missing"),
            ("1", lock, "usage"),
            (read_end, "none", "usage"),
            (read_end, "/a/b", "usage"),
            (read_end, "/", "usage"),
        ):
            self.assert_kind(child.ask(f"{command} address={address} lock={name}"), kind)
        self.assert_kind(child.ask(f"{command} address={read_end}"), "usage")
        self.assertEqual(child.ask(f"{command} address={read_end} lock={lock} limit=5"), "ok")
        os.write(write_end, b"\0\0\0\x02hi\xff\xff\xff\xff\0\0\0\0\0\0\0\x01x\0\0\0\0")
        for payload in ("6869", "78", ""):
            self.assertEqual(child.ask("receive channel=c"), f"ok payload={payload}")
        os.write(write_end, b"\0\0\0\x06")
        self.assert_kind(child.ask("receive channel=c"), "too-large")
        os.write(write_end, b"\xff\xff\xff\xf0")
        self.assert_kind(child.ask("receive channel=c"), "malformed")
        os.write(write_end, b"\0\0\0\x02x")
        os.close(write_end)
        self.assert_kind(child.ask("receive channel=c"), "truncated")
        self.assertEqual(child.ask("receive channel=c"), "ok end=true")
        self.assertEqual(self.python_does("acquire read"), "done")  # Nothing holds it still.


if __name__ == "__main__":
    unittest.main()
