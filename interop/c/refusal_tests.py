"""What an endpoint refuses, and that its refusals fit into a line."""

from __future__ import annotations

import os
import socket
import stat
import unittest

from harness import LINE_LIMIT, NOBODY, EndpointCase


class RefusalTests(EndpointCase):
    def test_a_number_is_decimal_without_sign_and_leading_zeros(self) -> None:
        opening = self.listener("unix", "line")
        for number in ("05", "00000000005", "+5", "-5", "%205", "5%20", "5.0", "0x5", "5e0", "%d9%a5", "5%00"):
            with self.subTest(number):
                self.expect_error("usage", f"{opening} limit={number}")
                self.assertEqual(os.listdir(self.folder), [])
                tcp = "open channel=c transport=tcp role=listen framing=line address=127.0.0.1:"
                self.expect_error("usage", f"{tcp}{number}")
                pipe = "open channel=c transport=pipe role=read framing=line address="
                self.expect_error("usage", f"{pipe}{number}")
        for port in ("+0", "00", "-0", "%2B0"):
            self.expect_error("usage", f"{tcp}{port}")
        self.expect(f"{opening} limit=%35")
        self.expect_error("usage", "echo channel=c count=01")
        self.expect_error("usage", "ping channel=c count=1 size=00")

    def test_a_descriptor_is_missing_or_no_number_at_all(self) -> None:
        for transport in ("pipe", "socketpair"):
            opening = f"open channel=c transport={transport} role=read framing=line address="
            for number in (999, 2147483647):
                self.expect_error("missing", f"{opening}{number}")
            for number in (2147483648, 4294967299, 1 << 64):
                self.expect_error("usage", f"{opening}{number}")

    def test_a_role_comes_before_the_address(self) -> None:
        for transport, role in (("pipe", "listen"), ("fifo", "connect"), ("unix", "read"), ("tcp", "write")):
            for address in ("", "999", "x%00", self.folder, "%ff"):
                opening = f"open channel=c transport={transport} role={role} address={address} framing=line"
                self.expect_error("unsupported", opening)

    def test_the_reply_to_the_longest_address_fits_into_a_line(self) -> None:
        for address in ("%ff" * 80_000, "/" + "%20" * 80_000, "127.0.0.1:" + "%25" * 80_000):
            for transport in self.transports:
                mapped = transport in ("unix-seqpacket", "unix-datagram", "file-slot", "file-cell", "shared-memory")
                role = "connect" if transport.startswith(("unix", "tcp", "dotnet")) else "read"
                framing = "none" if mapped else "line"
                with self.subTest(transport=transport, address=address[:9]):
                    self.endpoint.tell(
                        f"open channel=c transport={transport} role={role} address={address} framing={framing}"
                    )
                    reply = self.endpoint.raw_reply()
                    self.assertTrue(reply.startswith("error kind=usage "), reply[:99])
                    self.assertLessEqual(len(reply), LINE_LIMIT)

    @unittest.skipIf(os.getuid() != 0, "only root can be two users")
    def test_a_stale_socket_of_somebody_else_is_denied(self) -> None:
        self.endpoint = self.start(user=NOBODY, group=NOBODY, extra_groups=[])
        os.chmod(self.folder, 0o777 | stat.S_ISVTX)
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(self.path)
        os.chmod(self.path, 0o777)
        for transport, framing in self.path_listeners:
            with self.subTest(transport):
                self.expect_error("denied", self.listener(transport, framing))
        self.assertTrue(os.path.exists(self.path))
