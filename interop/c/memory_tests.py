"""Shared memory: what the matrix cannot show, which is how it goes when something goes wrong."""

from __future__ import annotations

import multiprocessing
import os
import signal
import uuid
from multiprocessing.synchronize import Lock
from pathlib import Path

from harness import DEADLINE, Endpoint, EndpointCase


class MemoryTests(EndpointCase):
    def setUp(self) -> None:
        super().setUp()
        self.name = f"parley-{uuid.uuid4().hex}"
        self.object = Path("/dev/shm", self.name)
        self.addCleanup(self.object.unlink, missing_ok=True)

    def memory(self, options: str) -> str:
        return f"open channel=c transport=shared-memory role=write address=/{self.name} framing=none{options}"

    def lock(self) -> Lock:
        return multiprocessing.get_context("spawn").Lock()

    def test_what_was_made_goes_with_the_channel(self) -> None:
        ways = {
            "close": lambda endpoint: endpoint.ask("close channel=c"),
            "reset": lambda endpoint: endpoint.ask("reset"),
            "end": Endpoint.end,
            "SIGTERM": lambda endpoint: (endpoint.process.terminate(), endpoint.process.wait(DEADLINE)),
        }
        for name, go in ways.items():
            for is_anothers in (False, True):
                with self.subTest(name, is_anothers=is_anothers):
                    endpoint = Endpoint([*self.command])
                    self.addCleanup(endpoint.kill)
                    self.assertEqual(endpoint.ask(self.memory(" size=5000")), {})
                    self.assertEqual(self.object.read_bytes(), bytes(5000))
                    self.assertEqual(self.object.stat().st_mode & 0o777, 0o600)
                    if is_anothers:
                        self.object.unlink()
                        self.object.write_bytes(b"anything")
                    go(endpoint)
                    self.assertEqual(self.object.exists(), is_anothers)
                    self.object.unlink(missing_ok=True)

    def test_what_could_not_be_opened_goes_too(self) -> None:
        self.expect_error("malformed", self.memory(" size=10 offset=11"))
        self.expect_error("missing", self.memory(f" size=10 lock=/{self.name}"))
        self.assertFalse(self.object.exists())

    def test_a_lock_is_given_back_whatever_happens(self) -> None:
        lock = self.lock()
        self.expect(self.memory(f" size=5000 lock={lock._semlock.name}"))
        self.expect("send channel=c payload=61")
        os.truncate(self.object, 4999)
        self.expect_error("truncated", "send channel=c payload=61")
        self.assertTrue(lock.acquire(timeout=DEADLINE))
        # Waited for, and then free again.
        os.truncate(self.object, 5000)
        self.endpoint.tell("send channel=c payload=62")
        self.endpoint.wait_until_blocked()
        lock.release()
        self.assertEqual(self.endpoint.reply(), {})
        self.assertTrue(lock.acquire(timeout=DEADLINE))

    def test_who_waits_for_a_lock_ends(self) -> None:
        lock = self.lock()
        for is_terminated in (False, True):
            with self.subTest(is_terminated=is_terminated), lock:
                endpoint = Endpoint([*self.command])
                self.addCleanup(endpoint.kill)
                self.assertEqual(endpoint.ask(self.memory(f" size=1 lock={lock._semlock.name}")), {})
                endpoint.tell("send channel=c payload=61")
                endpoint.wait_until_blocked()
                if is_terminated:
                    endpoint.process.terminate()
                    self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
                else:
                    self.assertEqual(endpoint.end(), (0, ""))
                self.assertFalse(self.object.exists())
            self.assertEqual(lock._semlock._get_value(), 1)
