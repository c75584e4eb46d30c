"""The protocol's lines: what is obeyed, and which refusal comes first."""

from __future__ import annotations

import os

from harness import FRAMINGS, LINE_LIMIT, Endpoint, EndpointCase, frame, received

# interop/vectors/layouts.yml, by hand: the standard library has no YAML.
LAYOUTS = {
    "mixed": {"size": "32", "alignment": "8", "offsets": "a:0,b:4,c:8,d:16,e:24"},
    "mixed-packed": {"size": "16", "alignment": "1", "offsets": "a:0,b:1,c:5,d:6,e:14"},
    "arrays": {"size": "20", "alignment": "4", "offsets": "tag:0,values:4,name:12"},
    "bools": {"size": "12", "alignment": "4", "offsets": "first:0,count:4,second:8,third:9"},
    "point": {"size": "8", "alignment": "4", "offsets": "x:0,y:4"},
    "nested": {
        "size": "56",
        "alignment": "8",
        "offsets": "id:0,position:4,detail:16,last:48",
    },
}


class LineTests(EndpointCase):
    def test_hello_declares_everything(self) -> None:
        values = self.endpoint.ask("hello")
        self.assertRegex(values.pop("runtime"), f"^{self.runtime}$")
        expected = {
            "protocol": "1",
            "language": self.language,
            "transports": ",".join(self.transports),
            "framings": ",".join((*FRAMINGS, "none")),
            "codecs": self.codecs,
            "features": self.features,
        }
        self.assertEqual(values, expected)

    def test_bad_lines_are_usage(self) -> None:
        opening = f"open channel=c transport=unix role=listen address={self.path} framing=line"
        lines = [
            "",
            " ",
            "dance",
            "HELLO",
            "hello ",
            "hello  ",
            " hello",
            "hello\r",
            "hello x=1",
            "hello x",
            "hello =1",
            "hello X=1",
            b"hello\0",
            b"\0",
            b"\xff",
            b"reset \xc3\xa9=1",
            "accept",
            "accept channel=c",
            "accept channel=",
            "open",
            f"{opening} framing=line",
            f"{opening} color=red",
            f"{opening} codec=json",
            f"{opening} limit=0",
            f"{opening} limit=2147483648",
            f"{opening} limit=-1",
            f"{opening} limit=",
            f"{opening} limit=1x",
            f"{opening} limit=99999999999999999999",
            f"{opening}\r",
            opening.replace("=c ", "=C "),
            opening.replace("=c ", "= "),
            opening.replace("=c ", "=abcdefghijklmnopq "),
            opening.replace("=c ", "=%00 "),
            opening.replace(self.path, f"{self.path}%00"),
            opening.replace(self.path, ""),
            opening.replace(self.path, "/" + "x" * 120),
            opening.replace(self.path, f"{self.path}%4"),
            opening.replace(self.path, f"{self.path}%zz"),
            opening.replace(self.path, self.path + "\xe9"),
            opening.replace(self.path, f'{self.path}"'),
            opening.encode() + b"\0",
            "close channel=c",
            "close channel=c how=read",
            "send channel=c payload=00",
            "receive channel=c",
            "ping channel=c count=1 size=1",
        ]
        for line in lines:
            with self.subTest(line):
                self.expect_error("usage", line)
        self.assertEqual(os.listdir(self.folder), [])
        self.expect("reset")

    def test_bad_values_on_an_open_channel_are_usage(self) -> None:
        with self.peer("line") as peer:
            for rest in (
                "payload=0",
                "payload=0g",
                "payload=AA",
                "payload=zz",
                "payload=00%00",
                "",
                "payload=00 file=/x",
                "payload=00 payload=00",
                "how=write",
                "payload",
                "payload=00=00",
                f"file={self.folder}",
                f"file={self.path}%00",
            ):
                with self.subTest(rest):
                    self.expect_error("usage", f"send channel=c {rest}".rstrip())
            for rest in (
                "echo channel=c",
                "echo channel=c count=0",
                "echo channel=c count=10000001",
                "ping channel=c count=1",
                "ping channel=c count=1 size=x",
                "accept channel=c",
                "close channel=c how=both",
                f"open channel=c transport=unix role=listen address={self.path} framing=line",
            ):
                with self.subTest(rest):
                    self.expect_error("usage", rest)
            self.expect("send channel=c payload=%36%31")
            self.assertEqual(peer.recv(9), b"a\n")

    def test_what_is_not_declared_is_unsupported(self) -> None:
        for transport, role, framing in (
            ("carrier-pigeon", "listen", "line"),
            ("unix", "listen", "morse"),
            ("unix", "juggle", "line"),
            ("unix", "read", "line"),
            ("tcp", "write", "line"),
            ("fifo", "listen", "line"),
            ("pipe", "connect", "line"),
            ("file-slot", "listen", "none"),
            ("file-cell", "listen", "none"),
            ("file-cell", "read", "line"),
            ("unix", "listen", "none"),
            ("pipe", "read", "none"),
            ("unix-seqpacket", "listen", "line"),
            ("file-slot", "read", "u32le"),
        ):
            with self.subTest(transport=transport, role=role, framing=framing):
                command = f"open channel=c transport={transport} role={role} address={self.path} framing={framing}"
                self.expect_error("unsupported", command)
        with self.peer("line"):
            self.expect_error("unsupported", "send channel=c codec=json value=null")
            self.expect_error("unsupported", "receive channel=c codec=json")

    def test_a_line_may_have_262144_bytes_and_no_more(self) -> None:
        with self.peer("netstring") as peer:
            start = "send channel=c payload="
            payload = b"\xab" * ((LINE_LIMIT - len(start)) // 2)
            whole = start + payload.hex()
            # One digit more fills the line, which is obeyed: it is the odd digit that is wrong.
            self.assertEqual(len(whole + "0"), LINE_LIMIT)
            self.endpoint.tell(whole + "0")
            self.assertIn("payload%20is%20not", self.endpoint.raw_reply())
            for filler in ("", "x" * 3_000_000):
                self.endpoint.tell(whole + "00" + filler, whole)
                self.assertIn("line%20has%20more", self.endpoint.raw_reply())
                expected = frame("netstring", payload)
                self.assertEqual(received(peer, len(expected)), expected)
                self.assertEqual(self.endpoint.reply(), {})

    def test_commands_of_one_write_are_answered_in_order(self) -> None:
        with self.peer("line") as peer:
            peer.sendall(b"".join(b"%d\n" % number for number in range(3000)))
            self.endpoint.tell(*["receive channel=c"] * 3000)
            for number in range(3000):
                self.assertEqual(self.endpoint.reply(), {"payload": (b"%d" % number).hex()})

    def test_an_unfinished_line_at_the_end_is_no_command(self) -> None:
        command = f"open channel=c transport=unix role=listen address={self.path} framing=line"
        for line in (command, "x" * (LINE_LIMIT + 1)):
            endpoint = Endpoint([*self.command])
            endpoint.process.stdin.write(line.encode())
            endpoint.process.stdin.close()
            self.assertEqual(endpoint.process.stdout.read(), b"")
            self.assertEqual(endpoint.end(), (0, ""))
            self.assertEqual(os.listdir(self.folder), [])

    def test_layouts_are_those_of_the_vectors(self) -> None:
        for name, expected in LAYOUTS.items():
            self.expect(f"layout record={name}", **expected)
        self.expect_error("unsupported", "layout record=none")
        self.expect_error("usage", "layout")

    def test_a_blank_or_carriage_return_too_many_is_usage_and_nothing_is_done(self) -> None:
        opening = f"open channel=c transport=unix role=listen address={self.path} framing=line"
        for line in (
            f"{opening}\r",
            f"{opening} ",
            f" {opening}",
            opening.replace("open ", "open  "),
            opening.replace(" role", "  role"),
            opening.replace(" role", "\trole"),
            opening.replace(" role", "\r role"),
            f"{opening} \r",
        ):
            with self.subTest(line):
                self.expect_error("usage", line)
                self.assertEqual(os.listdir(self.folder), [])
        self.expect(opening)
        for line in ("reset\r", "reset ", " reset", "close channel=c ", "close channel=c\r", "close  channel=c"):
            with self.subTest(line):
                self.expect_error("usage", line)
                self.assertEqual(os.listdir(self.folder), [os.path.basename(self.path)])

    def test_a_plus_sign_is_a_plus_sign(self) -> None:
        for plus in ("+", "%2B", "%2b"):
            with self.subTest(plus):
                self.expect(f"open channel=c transport=unix role=listen address={self.folder}/a{plus}b framing=line")
                self.assertEqual(os.listdir(self.folder), ["a+b"])
                self.expect("reset")

    def test_hexadecimal_is_lower_case(self) -> None:
        with self.peer("line") as peer:
            for payload in ("AB", "aB", "Ab", "abcdeF", "%41%42", "0X61", "6"):
                with self.subTest(payload):
                    self.expect_error("usage", f"send channel=c payload={payload}")
            self.expect("send channel=c payload=ab")
            self.assertEqual(peer.recv(9), b"\xab\n")

    def test_which_refusal_comes_first(self) -> None:
        self.expect(f"open channel=l transport=unix role=listen address={self.path}l framing=line")
        self.expect(self.slot("write", "w"))
        self.expect(self.slot("read", "r"))
        with self.peer("line", limit=2) as peer:
            for kind, line in (
                # The grammar, then the verb.
                ("usage", "call channel=c method=x "),
                ("usage", "call channel=c channel=c"),
                ("usage", "call channel=%zz method=x"),
                ("unsupported", "call"),
                ("unsupported", "call channel=C colour=blue"),
                # Keys and the forms of their values, before the channel and before words that are not declared.
                ("usage", "layout record=none colour=blue"),
                ("usage", "open channel=d transport=pigeon role=listen address=/x"),
                ("usage", "open channel=d transport=pigeon role=listen address=/x framing=line limit=0"),
                ("usage", "open channel=d transport=pigeon role=listen address=/x framing=line colour=blue"),
                ("usage", "open channel=D transport=pigeon role=listen address=/x framing=line"),
                ("usage", "send channel=c codec=none"),
                ("usage", "send channel=c codec=none value=null payload=00"),
                ("usage", "receive channel=c codec=none file=/x"),
                ("usage", "receive channel=c codec=none timeout=x"),
                # The channel, before such words.
                ("usage", "open channel=l transport=pigeon role=listen address=/x framing=line"),
                ("usage", "send channel=none codec=none value=null"),
                ("usage", "receive channel=none codec=none"),
                # Such words, before the address and before what the channel cannot do.
                ("unsupported", "open channel=d transport=pigeon role=sing address=/x framing=smoke"),
                ("unsupported", "open channel=d transport=unix role=sing address= framing=line"),
                ("unsupported", "open channel=d transport=unix role=listen address= framing=smoke"),
                ("unsupported", "open channel=d transport=unix role=listen address= framing=none"),
                ("unsupported", "open channel=d transport=fifo role=listen address= framing=line"),
                ("unsupported", "open channel=d transport=tcp role=read address=nowhere framing=line"),
                ("unsupported", "send channel=l codec=none value=null"),
                ("unsupported", "send channel=r codec=none value=null"),
                ("unsupported", "receive channel=l codec=none"),
                # The address, before what the system says.
                ("usage", "open channel=d transport=tcp role=connect address=127.0.0.1:0 framing=line"),
                # What the channel cannot do, before the message.
                ("usage", f"send channel=r payload={'61' * 1025}"),
                ("usage", "send channel=l payload=610a61"),
                ("usage", "send channel=l file=/none"),
                ("usage", "ping channel=w count=1 size=2000000000"),
                # The message: its digits, its length, then what the framing carries.
                ("usage", "send channel=c payload=610a6"),
                ("too-large", "send channel=c payload=610a62"),
                ("malformed", "send channel=c payload=610a"),
                ("too-large", f"send channel=w payload={'00' * 1025}"),
                ("malformed", f"send channel=w payload={'00' * 1024}"),
                ("usage", "ping channel=c count=0 size=3"),
                ("too-large", "ping channel=c count=1 size=3"),
            ):
                with self.subTest(line[:100]):
                    self.expect_error(kind, line)
            self.expect("send channel=c payload=6162")
            self.assertEqual(peer.recv(9), b"ab\n")
