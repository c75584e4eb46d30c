"""What the C# endpoint shares with Python: queues, memory and locks. None of it stays when the endpoint ends."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import resource
import signal
import socket
import threading
import time
import unittest
import uuid
from collections.abc import Iterator
from multiprocessing import managers
from pathlib import Path

from runtimes import Dotnet, Mono, shared

KEY = b"secret"
ENDS = ((None, 0), (signal.SIGTERM, 128 + signal.SIGTERM))


class Manager(managers.BaseManager):
    pass


Manager.register("get_queue")


class SharedTests(shared.EndpointCase):
    """Mixed into one test case for each runtime."""

    def manager(self, role: str, channel: str = "c") -> str:
        return (
            f"open channel={channel} transport=manager-queue role={role} address={self.path}"
            f" framing=multiprocessing authkey={KEY.hex()}"
        )

    def client(self) -> managers.BaseProxy:
        manager = Manager(self.path, KEY)
        manager.connect()
        return manager.get_queue()

    def end(self, endpoint: shared.Endpoint, how: signal.Signals | None) -> int:
        if how is None:
            endpoint.process.stdin.close()
        else:
            endpoint.process.send_signal(how)
        return endpoint.process.wait(shared.DEADLINE)

    @contextlib.contextmanager
    def another(self, *commands: str) -> Iterator[shared.Endpoint]:
        """One more endpoint, which has obeyed all these commands but the last."""
        endpoint = shared.Endpoint([*self.command])
        try:
            for command in commands[:-1]:
                self.assertEqual(endpoint.ask(command), {}, command)
            endpoint.tell(commands[-1])
            yield endpoint
        finally:
            endpoint.kill()

    # Queues of managers

    def test_pythons_own_client_is_a_client(self) -> None:
        self.expect(self.manager("listen"))
        # In a scope of its own: a proxy that is gone tells its server so, while there is one.
        self.converse(self.client())

    def converse(self, client: managers.BaseProxy) -> None:
        value = {"k": [1, 2.5, None, True, "h\u00e9"]}
        client.put(value)
        client.put(item=b"\xff", block=True, timeout=None)
        self.assertEqual((client.qsize(), client.empty(), client.full()), (2, False, False))
        self.assertEqual(client.get(timeout=5), value)
        self.expect("receive channel=c", payload="ff")
        self.assertRaises(queue.Empty, client.get_nowait)
        self.assertRaises(queue.Empty, client.get, True, 0.01)
        self.assertRaises(queue.Empty, client.get, block=False)
        self.assertRaises(managers.RemoteError, client.put, object())
        self.assertRaises(managers.RemoteError, client.get, True, -1)
        self.expect("send channel=c codec=pickle value=tuple:1,int:1")
        self.assertEqual(client.get(), (1,))

    def test_a_client_that_is_gone_while_it_waits_takes_nothing(self) -> None:
        self.expect(self.manager("listen"))
        with self.another(self.manager("connect"), "receive channel=c") as waiting:
            waiting.wait_until_blocked()
        self.expect("send channel=c payload=61")
        self.expect("receive channel=c timeout=5000", payload="61")

    def test_closing_the_server_ends_its_clients_waits(self) -> None:
        self.endpoint.ask("hello")
        before = self.endpoint.descriptors()
        self.expect(self.manager("listen"))
        with self.another(self.manager("connect"), "receive channel=c") as waiting:
            waiting.wait_until_blocked()
            self.expect("close channel=c")
            self.assertEqual(waiting.reply(), {"error": "closed"})
        self.assertFalse(os.path.exists(self.path))
        self.assertEqual(self.endpoint.descriptors(), before)

    def test_a_server_that_had_no_descriptors_left_goes_on_when_it_has_some(self) -> None:
        self.expect(self.manager("listen"))
        limits = resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE)
        # One that it accepts, and then .NET cannot start a thread for it.
        limit = max(map(int, self.endpoint.descriptors())) + 2
        resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE, (limit, limits[1]))
        for _ in range(5):
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.connect(self.path)
                self.expect("receive channel=c timeout=20", empty="true")
        resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE, limits)
        self.client().put(1)
        self.expect("receive channel=c codec=pickle", value="int:1")

    def test_both_sides_end_while_they_wait(self) -> None:
        for how, status in ENDS:
            with self.another(self.manager("listen"), "receive channel=c") as server:
                server.wait_until_blocked()
                with self.another(self.manager("connect"), "receive channel=c") as client:
                    client.wait_until_blocked()
                    self.assertEqual(self.end(client, how), status)
                self.assertEqual(self.end(server, how), status)
                self.assertFalse(os.path.exists(self.path))

    def test_a_server_in_python_calls_nothing_here(self) -> None:
        class Odd(managers.BaseManager):
            pass

        objects: queue.Queue = queue.Queue()
        objects.put(os.system)
        Odd.register("get_queue", callable=lambda: objects)
        server = Odd(self.path, KEY).get_server()
        thread = threading.Thread(target=lambda: self.assertRaises(SystemExit, server.serve_forever), daemon=True)
        thread.start()
        self.expect(self.manager("connect"))
        self.expect("receive channel=c codec=pickle", value=f"object:{b'posix.system'.hex()},null,null")
        self.expect_error("internal", "call channel=c method=nothing")
        self.expect_error("missing", self.manager("connect", "d") + " queue=nothing")
        self.expect("call channel=c method=qsize", value="int:0")
        self.expect("close channel=c")
        server.stop_event.set()
        thread.join()
        server.listener.close()

    # Memory

    def memory(self, name: str, options: str = "", channel: str = "c") -> str:
        return f"open channel={channel} transport=shared-memory role=write address=/{name} framing=none{options}"

    def test_new_memory_goes_with_the_endpoint_unless_it_is_anothers_by_then(self) -> None:
        for how, status in ENDS:
            name = f"parley-{uuid.uuid4().hex}"
            path = Path("/dev/shm", name)
            with self.another(self.memory(name, " size=5000"), "receive channel=none") as endpoint:
                self.assertEqual(endpoint.reply(), {"error": "usage"})
                self.assertEqual(path.read_bytes(), bytes(5000))
                self.assertEqual(self.end(endpoint, how), status)
            self.assertFalse(path.exists())
            self.expect(self.memory(name, " size=10"))
            path.unlink()
            path.write_bytes(b"mine")
            self.expect("close channel=c")
            self.assertEqual(path.read_bytes(), b"mine")
            self.expect_error("exists", self.memory(name, " size=10"))
            path.unlink()
        left = set(Path("/dev/shm").glob(".parley-*"))
        deadline = time.monotonic() + 30
        while left and time.monotonic() < deadline:  # What another run made goes away again.
            os.sched_yield()
            left = {path for path in left if path.exists()}
        self.assertEqual(left, set())

    def test_a_lock_is_waited_for_and_given_back(self) -> None:
        lock = multiprocessing.get_context("spawn").Lock()
        name = lock._semlock.name
        memory = f"parley-{uuid.uuid4().hex}"
        self.expect(self.memory(memory, f" size=4 lock={name}"))
        with lock:
            self.expect_error("timeout", "send channel=c payload=61")
        self.expect("send channel=c payload=61")
        self.expect_error("too-large", "send channel=c payload=6162636465")
        self.assertTrue(lock.acquire(timeout=shared.DEADLINE))
        lock.release()

    # Queues of the spawn context

    def test_the_lock_of_a_queue_is_given_back_in_the_middle_of_a_message(self) -> None:
        for how, status in ENDS:
            objects = multiprocessing.get_context("spawn").SimpleQueue()
            self.addCleanup(objects.close)
            lock, reader = objects._rlock, objects._reader.fileno()
            opening = (
                f"open channel=c transport=spawn-queue role=read address=/proc/{os.getpid()}/fd/{reader}"
                f" framing=multiprocessing lock={lock._semlock.name}"
            )
            os.write(objects._writer.fileno(), b"\0\0\0\5ab")
            with self.another(opening, "receive channel=c timeout=1") as endpoint:
                self.assertEqual(endpoint.reply(), {"error": "timeout"})
                endpoint.tell("receive channel=c")
                endpoint.wait_until_blocked()
                self.assertFalse(lock.acquire(block=False), "another reader would take the rest for a message")
                self.assertEqual(self.end(endpoint, how), status)
            self.assertTrue(lock.acquire(timeout=shared.DEADLINE))


class MonoSharedTests(SharedTests, Mono):
    pass


class DotnetSharedTests(SharedTests, Dotnet):
    pass


if __name__ == "__main__":
    unittest.main()
