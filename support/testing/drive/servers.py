"""Servers: one that runs, its clients, and the promises of all of them about addresses."""

import contextlib
import os
import pathlib
import queue
import re
import select
import socket
import struct
import subprocess
import threading
import time
import unittest

from drive.program import (
    DEADLINE, WINDOWS, Result, expect_failure, interrupt, require, wait_for, without_wines_words)


class Server:
    """A running server; left with Ctrl+C, after which it must have kept its manners."""

    def __init__(self, program, *arguments, summary=False, folder=None, place="127.0.0.1"):
        self.process = program.start(*arguments, cwd=folder)
        self.place = place  # where it says that it listens; None: anywhere
        self.summary = summary
        self.lines = queue.Queue()
        self.output = []
        self.errors = []
        self.readers = [threading.Thread(target=self.read_output, daemon=True),
                        threading.Thread(daemon=True, target=lambda: self.errors.append(
                            without_wines_words(self.process.stderr.read())))]
        for reader in self.readers:
            reader.start()
        self.port = 0

    def read_output(self):
        for line in self.process.stdout:
            self.output.append(line)
            self.lines.put(line)
        self.lines.put(None)

    def __enter__(self):
        try:
            line = self.lines.get(timeout=DEADLINE)
            if line is None:
                raise AssertionError(f"it ended at once: exit {self.process.wait(DEADLINE)}")
            match = re.fullmatch(rb"listening on (\S+):(\d+)\r?\n", line)
            require(match and self.place in (None, match[1].decode()),
                    f"its first line is {line!r}")
            self.port = int(match[2])
            require(0 < self.port < 65536, f"its port is {self.port}")
        except queue.Empty:
            self.end()
            raise AssertionError(f"no line within {DEADLINE} s") from None
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None:
            self.end()
            return
        self.stop()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.close()

    def end_at_rest(self):
        """end(), when none of its threads has run for a moment. Wine's server keeps the sockets of
        a program that is killed in the middle of a call, and its clients would wait for ever."""
        last = None

        def rests():
            nonlocal last
            before = last
            last = [(task / "status").read_text() for task in tasks.iterdir()]  # with its switches
            return last == before and not any("State:\tR" in each for each in last)

        if not WINDOWS:
            tasks = pathlib.Path(f"/proc/{self.process.pid}/task")
            wait_for(rests, "the server's rest")
        self.end()

    def wait(self):
        """Waits for its end. The end of its streams shows at once; Popen.wait() with a time limit
        looks again and again, up to 50 ms late."""
        end = time.monotonic() + DEADLINE
        for reader in self.readers:
            reader.join(max(0, end - time.monotonic()))
        return self.process.wait(max(0, end - time.monotonic()))

    def close(self):
        for reader in self.readers:
            reader.join(DEADLINE)
        self.process.stdout.close()
        self.process.stderr.close()

    def stop(self):
        """Ctrl+C: it ends with 0 and has printed nothing but its one line (and a summary)."""
        if self.process.poll() is None:
            interrupt(self.process)
        try:
            code = self.wait()
        except subprocess.TimeoutExpired:
            self.end()
            raise AssertionError(f"it still ran {DEADLINE} s after Ctrl+C") from None
        self.close()
        require(code == 0, f"it ended with {code}, not 0; stderr {self.errors}")
        require(self.errors == [b""], f"it wrote to stderr: {self.errors}")
        require(self.summary or len(self.output) == 1,
                f"it printed more than its one line: {self.output}")

    def connect(self, host="127.0.0.1"):
        return socket.create_connection((host, self.port), timeout=DEADLINE)


# --- Clients --------------------------------------------------------------------------------------


def exchange(client, data, split, finish=False):
    """Sends `data` in pieces of `split` bytes, reading meanwhile, and checks what comes back. With
    `finish` it half-closes, and wants the server to close after the last byte."""
    client.setblocking(False)
    sent = 0
    back = bytearray()
    ended = False
    half_closed = False
    end = time.monotonic() + DEADLINE
    while len(back) < len(data) or (finish and not ended):
        if finish and sent == len(data) and not half_closed:
            client.shutdown(socket.SHUT_WR)
            half_closed = True
        readable, writable, _ = select.select(
            [client], [client] if sent < len(data) else [], [], max(0, end - time.monotonic()))
        require(readable or writable,
                f"after {DEADLINE} s {sent} of {len(data)} bytes are sent, {len(back)} back")
        if writable:
            with contextlib.suppress(BlockingIOError):
                sent += client.send(data[sent:sent + split])
        if readable:
            with contextlib.suppress(BlockingIOError):
                piece = client.recv(65536)
                back += piece
                if not piece:
                    ended = True
                    require(finish and sent == len(data) and len(back) == len(data),
                            f"the server closed with {sent} of {len(data)} bytes sent, "
                            f"{len(back)} back")
    client.settimeout(DEADLINE)
    require(bytes(back) == data, f"other bytes came back ({len(back)} for {len(data)})")


def reset(client):
    """Closes so that the other side sees a reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                      struct.pack("HH" if WINDOWS else "ii", 1, 0))
    client.close()


def fill(client, bystander):
    """Sends and never reads, until nothing more is taken: not one byte while `bystander` has had 20
    messages echoed, which shows that the server was alive and had its chances to read."""
    client.setblocking(False)
    piece = bytes(65536)
    sent = rounds_in_vain = 0
    while rounds_in_vain < 20:
        try:
            sent += client.send(piece)
            rounds_in_vain = 0
        except BlockingIOError:
            rounds_in_vain += 1
            exchange(bystander, b"still served", 12)
        require(sent <= 256 << 20, f"{sent} bytes were taken from a client that never reads")


@contextlib.contextmanager
def held_port():
    """A free port that no other test takes in the block, as in held_port.hpp: a UDP socket holds
    its number, and systems do not pick it by themselves."""
    def bind(kind, port):
        one = socket.socket(type=kind)
        if WINDOWS:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            one.close()
            return None
        return one

    for i in range(10000):
        port = 20000 + (os.getpid() + i) % 10000
        holder = bind(socket.SOCK_DGRAM, port)
        probe = holder and bind(socket.SOCK_STREAM, port)
        if probe:
            probe.close()
            with holder:
                yield port
            return
        if holder:
            holder.close()
    raise AssertionError("no free port")


# --- Addresses ------------------------------------------------------------------------------------


def has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = unittest.skipUnless(has_ipv6(), "this machine has no address ::1")


class Addresses:
    """The promises of every server about --address. A case that derives from it has talk()."""

    arguments = ()  # what else the program needs

    def talk(self, server, host):
        """Is a client that is served."""
        raise NotImplementedError

    def server(self, address, place):
        return Server(self.program, *self.arguments, "--address", address, place=place)

    def run_at(self, address, *more):
        return self.program.run(*self.arguments, "--address", address, *more)

    def test_address_refused(self):
        """no address, or not one of this machine: one line, exit 1"""
        # None of them is looked up in the network: no name has a part of 64 letters.
        for address in ("127.0.0.1.1", "256.0.0.1", "127.1", "127.0.0.1:80", "1::2::3", "",
                        "주소:80", "x" * 64):
            with self.subTest(address=address):
                expect_failure(self.run_at(address), address)
        # Nobody's, RFC 5737 and RFC 3849.
        for address in ("198.51.100.1", *(["2001:db8::1"] if has_ipv6() else [])):
            with self.subTest(address=address):
                expect_failure(self.run_at(address), address)

    def test_address_out_of_reach(self):
        """an address to which few can connect, or nobody: refused, or Ctrl+C ends it"""
        for address in ("255.255.255.255", "224.0.0.1", "127.255.255.255", "fe80::1%1", "ff02::1%1",
                        "::ffff:127.0.0.1"):
            with self.subTest(address=address):
                server = self.server(address, None)
                try:
                    if server.lines.get(timeout=DEADLINE) is not None:
                        server.stop()
                        continue
                    code = server.wait()
                    server.close()
                    expect_failure(Result(code, b"", b"".join(server.errors)), address)
                except queue.Empty:
                    raise AssertionError(f"no line within {DEADLINE} s") from None
                finally:
                    server.end()

    @needs_ipv6
    def test_address_ipv6(self):
        """--address ::1, and :: for IPv4 too"""
        with self.server("::1", "[::1]") as server:
            self.talk(server, "::1")
            expect_failure(self.run_at("::1", "--port", server.port), f"[::1]:{server.port}")
            self.talk(server, "::1")
        with self.server("::", "[::]") as server:
            self.talk(server, "::1")
            self.talk(server, "127.0.0.1")

    def test_address_name(self):
        """--address localhost"""
        with self.server("localhost", None) as server:
            self.talk(server, "localhost")
