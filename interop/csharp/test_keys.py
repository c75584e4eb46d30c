"""The handshake of Python's multiprocessing.connection, as the C# endpoint holds it."""

from __future__ import annotations

import hmac
import multiprocessing
import os
import socket
import unittest
from multiprocessing import connection

from runtimes import Dotnet, Mono, shared

KEY = b"secret"


class KeyTests(shared.EndpointCase):
    """Mixed into one test case for each runtime."""

    def opening(self, role: str, transport: str = "unix", key: str = KEY.hex()) -> str:
        return (
            f"open channel=c transport={transport} role={role} address={self.path}"
            f" framing=multiprocessing authkey={key}"
        )

    def test_python_is_a_peer_with_a_key(self) -> None:
        for transport in ("unix", "dotnet-pipe"):
            self.expect(self.opening("listen", transport))
            self.endpoint.tell("accept channel=c")
            with connection.Client(self.path, authkey=KEY) as client:
                self.assertEqual(self.endpoint.reply(), {})
                client.send_bytes(b"x" * 300)
                self.expect("receive channel=c", payload="78" * 300)
                self.expect("send channel=c payload=" + "79" * 300)
                self.assertEqual(client.recv_bytes(), b"y" * 300)
            self.expect("close channel=c")
            with connection.Listener(self.path, authkey=KEY) as listener:
                self.endpoint.tell(self.opening("connect", transport))
                with listener.accept() as accepted:
                    self.assertEqual(self.endpoint.reply(), {})
                    accepted.send_bytes(b"hi")
                    self.expect("receive channel=c", payload="6869")
            self.expect("reset")

    def test_a_wrong_key_is_authentication_and_the_next_may_come(self) -> None:
        self.expect(self.opening("listen"))
        self.endpoint.tell("accept channel=c")
        with self.assertRaises(multiprocessing.AuthenticationError):
            connection.Client(self.path, authkey=b"wrong")
        self.assertEqual(self.endpoint.reply(), {"error": "authentication"})
        self.endpoint.tell("accept channel=c")
        with connection.Client(self.path, authkey=KEY):
            self.assertEqual(self.endpoint.reply(), {})
        self.expect("reset")
        with connection.Listener(self.path, authkey=b"other") as listener:
            self.endpoint.tell(self.opening("connect"))
            with self.assertRaises(multiprocessing.AuthenticationError):
                listener.accept()
        self.assertEqual(self.endpoint.reply(), {"error": "authentication"})

    def converse(self, sent: bytes) -> tuple[dict[str, str], bytes]:
        """What the connecting endpoint says, and writes, when its peer writes this and no more."""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path)
            listener.listen()
            self.endpoint.tell(self.opening("connect"))
            with listener.accept()[0] as peer:
                os.unlink(self.path)
                peer.settimeout(shared.DEADLINE)
                peer.sendall(sent)
                peer.shutdown(socket.SHUT_WR)
                answer = peer.recv(1000)
                return self.endpoint.reply(), answer

    def test_each_digest_is_the_one_that_python_has(self) -> None:
        count = bytes(range(40))
        for challenge, answer in (
            (count[:20], "7defa9cc46abc3583325d17ccda75190"),
            (b"{sha256}" + count, "fc57fbe650d6124b98215e7b5d197d5807ad69982d275a9735ea2d56f1fa6989"),
            (
                b"{sha384}" + count,
                "bae78a3376369f7b803a8473318a9b7062495b47434159ac84fc92ddb33c51b277c44c3edd9a5f9cb7d628f21abe2665",
            ),
            (
                b"{sha3_256}" + count,
                "82e8fa62f363295b6655abecf0e98e510224c559e9745af9741c357aec358f90",
            ),
            (b"{md5}" + count, hmac.new(KEY, b"{md5}" + count, "md5").hexdigest()),
        ):
            prefix = challenge[:-40]
            message = prefix + bytes.fromhex(answer)
            reply, answered = self.converse(shared.frame("multiprocessing", b"#CHALLENGE#" + challenge))
            self.assertEqual(answered, shared.frame("multiprocessing", message))
            self.assertEqual(reply, {"error": "authentication"})  # No welcome came.

    def test_a_broken_handshake_is_authentication(self) -> None:
        challenge = shared.frame("multiprocessing", b"#CHALLENGE#" + bytes(20))
        for sent, kind in (
            (b"", "authentication"),
            (b"\0\0", "authentication"),
            (b"\0\0\0\0", "authentication"),
            (b"\xff\xff\xff\xfe", "authentication"),
            (shared.frame("multiprocessing", b"hello"), "authentication"),
            (shared.frame("multiprocessing", b"#CHALLENGE#" + bytes(19)), "authentication"),
            (shared.frame("multiprocessing", b"#CHALLENGE#" + bytes(40)), "authentication"),
            (shared.frame("multiprocessing", b"#CHALLENGE#{sha512}" + bytes(40)), "authentication"),
            (challenge + shared.frame("multiprocessing", b"#FAILURE#"), "authentication"),
            (challenge + shared.frame("multiprocessing", b"#WELCOME#"), "authentication"),
            (challenge + shared.frame("multiprocessing", b"#WELCOME#") * 2, "authentication"),
            (shared.frame("multiprocessing", bytes(257)), "too-large"),
            (b"\x7f\xff\xff\xff", "too-large"),
        ):
            self.assertEqual(self.converse(sent)[0], {"error": kind}, sent)
            self.expect_error("usage", "close channel=c")

    def test_a_silent_peer_is_timeout(self) -> None:
        for transport in ("unix", "dotnet-pipe"):
            self.expect(self.opening("listen", transport))
            self.endpoint.tell("accept channel=c")
            with socket.socket(socket.AF_UNIX) as silent:
                silent.connect(self.path)
                silent.sendall(b"\0\0")
                self.assertEqual(self.endpoint.reply(), {"error": "timeout"})
            self.expect("reset")

    def test_keys_that_cannot_be_are_usage(self) -> None:
        for key in ("", "6", "6G", "FF"):
            self.expect_error("usage", self.opening("listen", key=key))
        self.expect_error("usage", self.opening("listen").replace("multiprocessing", "line"))
        self.expect_error("usage", self.opening("read", "fifo"))
        self.assertEqual(os.listdir(self.folder), [])


class MonoKeyTests(KeyTests, Mono):
    pass


class DotnetKeyTests(KeyTests, Dotnet):
    """.NET Core 3.1's own digests end the process where OpenSSL 1.1 is missing: these are not used."""


if __name__ == "__main__":
    unittest.main()
