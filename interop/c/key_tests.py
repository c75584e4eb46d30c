"""The handshake of Python's multiprocessing.connection: each digest, and peers that do not keep to it."""

from __future__ import annotations

import hmac
import multiprocessing
import os
import socket
from multiprocessing import connection

from harness import DEADLINE, EndpointCase, frame

KEY = b"secret"
DIGESTS = ("md5", "sha256", "sha384", "sha3_256", "sha3_384")


def framed(*words: bytes) -> bytes:
    return b"".join(frame("multiprocessing", word) for word in words)


class KeyTests(EndpointCase):
    def opening(self, role: str, key: str = KEY.hex()) -> str:
        return f"open channel=c transport=unix role={role} address={self.path} framing=multiprocessing authkey={key}"

    def converse(self, sent: bytes) -> tuple[dict[str, str], bytes]:
        """What the connecting endpoint replies, and what it writes, when its peer writes this and no more."""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path)
            listener.listen()
            self.endpoint.tell(self.opening("connect"))
            with listener.accept()[0] as peer:
                os.unlink(self.path)
                peer.settimeout(DEADLINE)
                peer.sendall(sent)
                peer.shutdown(socket.SHUT_WR)
                return self.endpoint.reply(), peer.recv(1000)

    def test_each_digest_is_the_one_that_python_has(self) -> None:
        for name, challenge in (("md5", bytes(20)), *((name, f"{{{name}}}".encode() + bytes(40)) for name in DIGESTS)):
            with self.subTest(name, length=len(challenge)):
                answer = challenge[:-40] + hmac.new(KEY, challenge, name).digest()
                reply, written = self.converse(framed(b"#CHALLENGE#" + challenge))
                self.assertEqual(written, framed(answer))
                self.assertEqual(reply, {"error": "authentication"})  # No welcome came.

    def test_each_answer_that_python_may_give_is_taken(self) -> None:
        for name in ("", *DIGESTS):
            for is_right in (True, False):
                with self.subTest(name, is_right=is_right):
                    self.expect(self.opening("listen"))
                    self.endpoint.tell("accept channel=c")
                    with socket.socket(socket.AF_UNIX) as peer:
                        peer.settimeout(DEADLINE)
                        peer.connect(self.path)
                        challenge = peer.recv(1000)[4:].removeprefix(b"#CHALLENGE#")
                        digest = bytearray(hmac.new(KEY, challenge, name or "md5").digest())
                        digest[-1] ^= not is_right
                        peer.sendall(framed((f"{{{name}}}".encode() if name else b"") + digest))
                        self.assertEqual(peer.recv(13), framed(b"#WELCOME#" if is_right else b"#FAILURE#"))
                    self.assertEqual(self.endpoint.reply(), {"error": "authentication"})
                    self.expect("close channel=c")

    def test_nothing_of_a_refused_peer_stays(self) -> None:
        self.expect(self.opening("listen"))
        for _ in range(2):
            self.endpoint.tell("accept channel=c")
            with self.assertRaises(multiprocessing.AuthenticationError):
                connection.Client(self.path, authkey=b"wrong")
            self.assertEqual(self.endpoint.reply(), {"error": "authentication"})
            self.expect_error("usage", "receive channel=c")
            self.endpoint.tell("accept channel=c timeout=100")
            with socket.socket(socket.AF_UNIX) as silent:
                silent.connect(self.path)
                silent.sendall(b"\0\0")
                self.assertEqual(self.endpoint.reply(), {"error": "timeout"})
        self.endpoint.tell("accept channel=c")
        with connection.Client(self.path, authkey=KEY) as client:
            self.assertEqual(self.endpoint.reply(), {})
            client.send_bytes(b"x" * 300)
            self.expect("receive channel=c", payload="78" * 300)

    def test_a_broken_handshake_is_authentication(self) -> None:
        challenge = framed(b"#CHALLENGE#" + bytes(20))
        for sent, kind in (
            (b"", "authentication"),
            (b"\0\0", "authentication"),
            (b"\0\0\0\0", "authentication"),
            (b"\xff\xff\xff\xfe", "authentication"),
            (framed(b"hello"), "authentication"),
            (framed(b"#CHALLENGE#" + bytes(19)), "authentication"),
            (framed(b"#CHALLENGE#{sha512}" + bytes(40)), "authentication"),
            (framed(b"#CHALLENGE#{md5}" + bytes(245 - 5)), "authentication"),
            (challenge + framed(b"#FAILURE#"), "authentication"),
            (challenge + framed(b"#WELCOME#", b"#WELCOME#"), "authentication"),
            (framed(bytes(257)), "too-large"),
        ):
            with self.subTest(sent):
                self.assertEqual(self.converse(sent)[0], {"error": kind})

    def test_keys_that_cannot_be_are_usage(self) -> None:
        for key in ("", "6", "6G", "FF"):
            self.expect_error("usage", self.opening("listen", key))
        self.expect_error("usage", self.opening("listen").replace("multiprocessing", "line"))
        self.assertEqual(os.listdir(self.folder), [])
