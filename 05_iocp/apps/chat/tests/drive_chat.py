#!/usr/bin/env python3
"""Drives the chat's two programs from outside, as users would, and checks what they promise.

    drive_chat.py SERVER [EMULATOR...]

The client, SERVER_client, lies beside SERVER. On Linux EMULATOR is what starts a Windows program,
cmake/wine-run. Exit code: 0 no case failed, 1 some did, 2 wrong usage.
"""

import contextlib
import pathlib
import queue
import struct
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "support" / "testing"))
from drive.cases import ProgramCase, main  # noqa: E402
from drive.program import (  # noqa: E402
    DEADLINE, decode, expect_failure, expect_help, expect_range, expect_seconds, expect_usage,
    interrupt, require)
from drive.servers import Addresses, Server, has_ipv6, reset  # noqa: E402

JOIN, LEAVE, SAY = 1, 2, 3
WELCOME, JOINED, LEFT, SAID, REFUSED = 16, 17, 18, 19, 20


# --- A client outside Wine, after wire/protocol.hpp -----------------------------------------------


def frame(kind, body=b""):
    return struct.pack(">HB", 1 + len(body), kind) + body


def name(text):
    data = text.encode()
    return bytes([len(data)]) + data


class Talker:
    """Speaks the protocol over a socket of this system's own."""

    def __init__(self, server, host="127.0.0.1"):
        self.socket = server.connect(host)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, kind, body=b""):
        self.socket.sendall(frame(kind, body))

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            require(piece, f"the server closed after {data!r}, {count} bytes were wanted")
            data += piece
        return data

    def next(self):
        """The next frame, as its type and its body."""
        data = self.exactly(struct.unpack(">H", self.exactly(2))[0])
        return data[0], data[1:]

    def expect(self, kind, body):
        got = self.next()
        require(got == (kind, body), f"wanted {kind} {body!r}, got {got}")

    def enter(self, room, who, others=()):
        self.send(JOIN, name(room) + name(who))
        kind, body = self.next()
        require((kind, body[2:]) == (WELCOME, b"".join(map(name, others))), f"got {kind} {body!r}")

    def say(self, text):
        self.send(SAY, text.encode())


# --- The client program ---------------------------------------------------------------------------


class Client:
    """The client program in a room, with pipes."""

    def __init__(self, program, port, room, who):
        self.process = program.start("--port", port, "--room", room, "--name", who,
                                     stdin=subprocess.PIPE)
        self.lines = queue.Queue()
        self.errors = []
        self.readers = [threading.Thread(target=self.read_lines, daemon=True),
                        threading.Thread(target=self.read_errors, daemon=True)]
        for reader in self.readers:
            reader.start()

    def read_lines(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def read_errors(self):
        self.errors.append(self.process.stderr.read())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        # Bytes that were not written yet are lost with the program. Windows has another error for that.
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        for reader in self.readers:
            reader.join(DEADLINE)
        self.process.stdout.close()
        self.process.stderr.close()

    def type(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def next(self):
        """The next line that it prints; None at the end."""
        try:
            line = self.lines.get(timeout=DEADLINE)
        except queue.Empty:
            raise AssertionError(f"no line within {DEADLINE} s") from None
        return None if line is None else decode(line, "stdout").rstrip("\r\n")

    def expect(self, *lines):
        for line in lines:
            got = self.next()
            require(got == line, f"wanted the line {line!r}, got {got!r}")

    def ends(self, code, *parts):
        """It ends so, and says so on stderr."""
        result = self.process.wait(DEADLINE)
        for reader in self.readers:
            reader.join(DEADLINE)
        error = decode(b"".join(self.errors), "stderr")
        require(result == code, f"wanted exit {code}, got {result}; stderr {error!r}")
        require(bool(error) == (code != 0), f"stderr {error!r}")
        for part in parts:
            require(part in error, f"wanted {part!r} on stderr: {error!r}")


# --- Cases ----------------------------------------------------------------------------------------


class ChatCase(ProgramCase):
    programs = ("05_iocp_chat",)

    @classmethod
    def setUpClass(cls):
        cls.client = cls.program.sibling(cls.program.name + "_client")


class CommandLine(ChatCase):
    def test_help_and_misuse(self):
        """--help, bad arguments, bad addresses"""
        expect_help(self.program, "--port", "--max-frame", "--max-members", "--send-limit",
                    "--join-timeout", "--stall-timeout", "--idle-timeout", "--threads", "--stats",
                    "1 to 64 bytes")
        expect_help(self.client, "--room", "--name", "--port", "--address")
        for arguments in (["--port", "x"], ["--max-frame", "255"], ["--max-frame", "65001"],
                          ["--max-members", "0"], ["--max-members", "1001"],
                          ["--send-limit", "262143"], ["--join-timeout", "-1"], ["stray"]):
            with self.subTest(arguments=arguments):
                expect_usage(self.program.run(*arguments), "--max-frame")
        for option, least, most in (("--port", 0, 65535), ("--threads", 0, 1024),
                                    ("--concurrency", 0, 1024), ("--max-connections", 1, 1000000),
                                    ("--max-frame", 256, 65000), ("--max-members", 1, 1000),
                                    ("--send-limit", 256 << 10, 1 << 30)):
            expect_range(self.program, option, least, most)
        for option in ("--join-timeout", "--idle-timeout", "--drain-timeout"):
            expect_seconds(self.program, option)
        expect_range(self.client, "--port", 1, 65535, "--room", "r", "--name", "n")
        good = {"--room": "r", "--name": "n", "--port": "1"}
        for wrong in ({"--room": ""}, {"--name": ""}, {"--name": "x" * 65}, {"--name": "가" * 22},
                      {"--room": "a\tb"}, {"--name": "Ann Lee"}, {"--name": "*"},
                      {"--name": "a\u202Eb"}, {"--room": "\u3164"}, {"--port": "0"},
                      {"--port": "65536"}):
            with self.subTest(wrong=wrong):
                arguments = [each for pair in {**good, **wrong}.items() for each in pair]
                expect_usage(self.client.run(*arguments), "--room", "--name")
        expect_usage(self.client.run("--port", 1, "--room", "r"), "--name")
        expect_failure(self.client.run("--port", 1, "--room", "r", "--name", "n"), "127.0.0.1:1")

    def test_client_addresses(self):
        """the client takes an address of either family, or a name"""
        for address, hosts in (("127.0.0.1", ["127.0.0.1"]), ("localhost", ["localhost"]),
                               *([("::1", ["::1"]), ("::", ["::1", "127.0.0.1", "localhost"])]
                                 if has_ipv6() else [])):
            with Server(self.program, "--address", address, place=None) as running:
                for host in hosts:
                    result = self.client.run("--address", host, "--port", running.port,
                                             "--room", "r", "--name", "Ann")
                    require(result.code == 0 and result.error == ""
                            and "you are in r" in result.out, f"{host}: {result}")
        for host, place in (("127.1", "127.1"), ("x" * 64, "x" * 64), ("localhost", "localhost:1"),
                            ("::1", "[::1]:1")):
            expect_failure(self.client.run("--address", host, "--port", 1, "--room", "r",
                                           "--name", "n"), place)


class ChatAddresses(Addresses, ChatCase):
    def talk(self, server, host):
        with Talker(server, host) as talker:
            talker.enter("방", "Ann")
            talker.send(LEAVE)  # or the next one would meet a member of that name
            talker.expect(LEFT, name("Ann"))


class Talk(ChatCase):
    def test_two_clients(self):
        """two clients talk through pipes"""
        with Server(self.program) as running, Client(self.client, running.port, "방", "Ann") as ann:
            ann.expect("* you are in 방")
            with Client(self.client, running.port, "방", "보") as bo:
                bo.expect("* you are in 방, with Ann")
                ann.expect("* 보 has joined")
                ann.type("안녕 😀\n\nsecond\tline\r\n")
                bo.expect("Ann: 안녕 😀", "Ann: second line")
                bo.type("and the last has no end")
                bo.process.stdin.close()
                ann.expect("보: and the last has no end", "* 보 has left")
                bo.expect(None)
                bo.ends(0)
            ann.process.stdin.close()
            ann.ends(0)

    def test_native_and_program(self):
        """a client and a program of this system talk"""
        with Server(self.program) as running, Talker(running) as native:
            native.enter("den", "native")
            with Client(self.client, running.port, "den", "Ann") as ann:
                ann.expect("* you are in den, with native")
                native.expect(JOINED, name("Ann"))
                native.say("from outside")
                native.expect(SAID, name("native") + b"from outside")
                ann.expect("native: from outside")
                ann.type("from inside\n")
                native.expect(SAID, name("Ann") + b"from inside")
                native.send(LEAVE)
                native.expect(LEFT, name("native"))
                ann.expect("* native has left")

    def test_forgeries(self):
        """nothing is said that the server says, or another one

        What one member says cannot be taken for what the server says, or for another's words."""
        with Server(self.program) as running, Talker(running) as native:
            for bad in ("* Ben", "a b", "a\u200B", "\u202Ea", "\u1107\u1169"):
                native.send(JOIN, name("den") + name(bad))
                kind, body = native.next()
                require((kind, body[0]) == (REFUSED, 7), f"{bad!r}: got {kind} {body!r}")
            native.enter("den", "native")
            # A name in another form than the server's is the same to a user.
            with Client(self.client, running.port, "den", "\u1107\u1169") as ann:
                ann.expect("* you are in den, with native")
                native.expect(JOINED, name("보"))
                for bad in ("a\u2028* Ben has left", "\u202Etfel sah neB *"):
                    native.say(bad)
                    kind, body = native.next()
                    require((kind, body[0]) == (REFUSED, 8), f"{bad!r}: got {kind} {body!r}")
                native.say("* Ben has left")
                ann.expect("native: * Ben has left")
                native.next()
                ann.type("a\u202Eb\n/quit\n")
                native.expect(SAID, name("보") + b"a\\u{202E}b")
                native.expect(SAID, name("보") + b"/quit")

    def test_long_input(self):
        """long input in long lines arrives whole

        More than any buffer holds, in lines longer than the server's frames."""
        with Server(self.program, "--max-frame", 256) as running, Talker(running) as native:
            native.enter("den", "native")
            with Client(self.client, running.port, "den", "Ann") as ann:
                native.expect(JOINED, name("Ann"))
                text = "가나다라 " * 40_000 + "\n" + "short lines\n" * 2_000
                writer = threading.Thread(
                    target=lambda: (ann.type(text), ann.process.stdin.close()))
                writer.start()
                said = ""
                while (got := native.next())[0] == SAID:
                    require(len(got[1]) <= len(name("Ann")) + 255,
                            f"{len(got[1])} bytes in a frame")
                    said += got[1][len(name("Ann")):].decode()
                writer.join(DEADLINE)
                require(got == (LEFT, name("Ann")), f"got {got}")
                require(said == text.replace("\n", ""), f"{len(said)} of {len(text)} characters")
                ann.ends(0)

    def test_refusals(self):
        """a taken name, a full room: exit 1"""
        with Server(self.program, "--max-members", 1) as running, Talker(running) as native:
            native.enter("den", "Ann")
            for who, why in (("Ann", "has this name"), ("Bo", "full")):
                with Client(self.client, running.port, "den", who) as refused:
                    refused.expect(None)
                    refused.ends(1, why)


class Ends(ChatCase):
    def test_client_ctrl_c(self):
        """Ctrl+C leaves in good order"""
        with Server(self.program) as running, Talker(running) as native:
            native.enter("den", "native")
            with Client(self.client, running.port, "den", "Ann") as ann:
                ann.expect("* you are in den, with native")
                native.expect(JOINED, name("Ann"))
                interrupt(ann.process)
                native.expect(LEFT, name("Ann"))
                ann.expect(None)
                ann.ends(0)

    def test_server_goes(self):
        """the server goes: the client says so, exit 1

        In good order, and otherwise; each time the client waits for its input."""
        with contextlib.ExitStack() as stack:
            with Server(self.program) as running:
                ann = stack.enter_context(Client(self.client, running.port, "den", "Ann"))
                ann.expect("* you are in den")
            # Ctrl+C has ended it.
            ann.expect(None)
            ann.ends(1, "the server has gone")
        running = Server(self.program).__enter__()
        try:
            with Client(self.client, running.port, "den", "Ann") as ann:
                ann.expect("* you are in den")
                running.end_at_rest()
                ann.expect(None)
                ann.ends(1)
        finally:
            running.end()

    def test_vanishing(self):
        """who vanishes is announced"""
        with Server(self.program) as running, Talker(running) as native:
            native.enter("den", "native")
            for _ in range(10):
                with Talker(running) as other:
                    other.enter("den", "other", ["native"])
                    native.expect(JOINED, name("other"))
                    other.say("one word")
                    native.expect(SAID, name("other") + b"one word")
                    reset(other.socket)
                    native.expect(LEFT, name("other"))


class BadMembers(ChatCase):
    def test_faults(self):
        """who sends nonsense is told and sent away"""
        with Server(self.program) as running, Talker(running) as native:
            native.enter("den", "native")
            for data, why in ((b"\0\0", 1), (b"\0\1\x63", 1), (b"\0\2\3\xff", 1), (b"\xff\xff", 2)):
                with Talker(running) as villain:
                    villain.enter("den", "villain", ["native"])
                    villain.socket.sendall(data)
                    villain.expect(LEFT, name("villain"))
                    kind, body = villain.next()
                    require((kind, body[0]) == (REFUSED, why), f"{data!r}: got {kind} {body!r}")
                    require(villain.socket.recv(1) == b"", "it is not closed")
                native.expect(JOINED, name("villain"))
                native.expect(LEFT, name("villain"))

    def test_deaf_member(self):
        """a deaf member is dropped, and counted"""
        with Server(self.program, "--send-limit", 262144, "--stall-timeout", 0.5, "--stats",
                    summary=True) as running:
            with Talker(running) as native, Talker(running) as deaf:
                native.enter("den", "native")
                deaf.enter("den", "deaf", ["native"])
                native.expect(JOINED, name("deaf"))
                with Client(self.client, running.port, "den", "Ann") as ann:
                    ann.expect("* you are in den, with deaf, native")
                    native.expect(JOINED, name("Ann"))
                    text = "x" * 4000
                    left = False
                    for _ in range(20_000):
                        native.say(text)
                        while (got := native.next())[0] != SAID:
                            require(got == (LEFT, name("deaf")), f"got {got}")
                            left = True
                        line = ann.next()
                        if line == "* deaf has left":
                            line = ann.next()
                        require(line == "native: " + text, f"got {line!r}")
                        if left:
                            break
                    require(left, "the deaf one was never dropped")
        text = decode(b"".join(running.output), "stdout").split()
        require(text[-4:] == ["slow", "readers", "reset", "1"], f"the figures: {text}")

    def test_join_timeout(self):
        """--join-timeout"""
        with Server(self.program, "--join-timeout", 0.2) as running, Talker(running) as silent:
            with contextlib.suppress(ConnectionError):
                require(silent.socket.recv(1) == b"", "it was sent something")


if __name__ == "__main__":
    sys.exit(main(__doc__, sys.modules[__name__]))
