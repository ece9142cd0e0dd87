#!/usr/bin/env python3
"""Drives one of the programs from outside, as a user would, and checks what it promises.

    drive_programs.py PROGRAM [EMULATOR...]

PROGRAM is an echo server (NAME_echo, NAME_server) or a copy (NAME_copy). On Linux EMULATOR is what
starts a Windows program, cmake/wine-run. One line is printed for each check; the exit code is 0
when none failed. Every wait has a deadline, and the deadline only ends a failure.
"""

import contextlib
import os
import pathlib
import queue
import random
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import traces

WINDOWS = os.name == "nt"
DEADLINE = 60  # seconds; the first start under Wine may have to make a prefix
BLOCK = 256 * 1024


class Failure(Exception):
    """A check has failed."""


class Skip(Exception):
    """A check cannot be made here."""


def require(condition, text):
    if not condition:
        raise Failure(text)


def random_bytes(size, seed=0):
    return random.Random(f"{size} {seed}").randbytes(size)


def wait_for(condition, what):
    """Looks again and again until `condition` holds."""
    end = time.monotonic() + DEADLINE
    while not condition():
        require(time.monotonic() < end, f"waited {DEADLINE} s for {what}")
        time.sleep(0.005)


# --- Processes ------------------------------------------------------------------------------------


class Program:
    """The program under test, as a command."""

    def __init__(self, path, emulator):
        self.path = pathlib.Path(path).resolve()
        self.name = self.path.stem
        # They are started in many folders, so no path may be relative.
        starter = [str(pathlib.Path(emulator[0]).resolve()), *emulator[1:]] if emulator else []
        self.command = [*starter, str(self.path)]

    def run(self, *arguments, folder=None, **options):
        """Runs it to its end."""
        result = subprocess.run(
            [*self.command, *map(str, arguments)], cwd=folder, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=DEADLINE, check=False, **options)
        return Result(result.returncode, result.stdout, result.stderr)

    def start(self, *arguments, **options):
        """Starts it in a process group of its own, where Ctrl+C reaches nobody else."""
        if WINDOWS:
            options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([*self.command, *map(str, arguments)], **options)


class Result:
    """How a run ended."""

    def __init__(self, code, out, error):
        self.code = code
        self.out = decode(out, "stdout")
        self.error = decode(error, "stderr")

    def __str__(self):
        return f"exit {self.code}, stdout {self.out!r}, stderr {self.error!r}"


def decode(data, what):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Failure(f"{what} is not UTF-8: {data!r}") from error


def interrupt(process):
    """Ctrl+C. On Windows a single process can be sent Ctrl+Break only."""
    process.send_signal(signal.CTRL_BREAK_EVENT if WINDOWS else signal.SIGINT)


def expect_failure(result, *parts):
    """Exit 1, and on stderr one line with all `parts` and a reason; nothing on stdout."""
    require(result.code == 1, f"wanted exit 1: {result}")
    require(result.out == "", f"wanted nothing on stdout: {result}")
    lines = result.error.splitlines()
    require(len(lines) == 1 and result.error.endswith("\n"), f"wanted one line: {result}")
    for part in parts:
        require(part in lines[0], f"wanted {part!r} in the line: {result}")
    # What is left when the names are taken out has to say why.
    reason = lines[0]
    for part in parts:
        reason = reason.replace(part, "")
    require(len(re.findall(r"[A-Za-z]{2,}", reason)) >= 3, f"wanted a reason: {result}")


def expect_usage(result, *parts):
    """Exit 2, and on stderr how to use the program; nothing on stdout."""
    require(result.code == 2, f"wanted exit 2: {result}")
    require(result.out == "", f"wanted nothing on stdout: {result}")
    # From 2.5 on CLI11 leaves the word "Usage" out before the program's name.
    for part in ("[options]", *parts):
        require(part.lower() in result.error.lower(), f"wanted {part!r} on stderr: {result}")


def expect_range(program, option, least, most, *other_arguments):
    """The option takes whole numbers from `least` to `most`, in decimal, and the refusal of any other
    names it. (What else is no such number, support/program/tests/numbers_test.cpp knows.)"""
    for text in ("0x50", "-1", "1 ", str(most + 1), str(2 ** 32 + least)):
        # As one argument: "-1" by itself would be another option.
        result = program.run(*other_arguments, f"{option}={text}")
        expect_usage(result, f"{option}: ", f"{least} to {most}")


def expect_seconds(program, option, *other_arguments):
    """The same for an option that takes seconds."""
    for text in ("0x1p3", "nan", "1000001"):
        expect_usage(program.run(*other_arguments, f"{option}={text}"), f"{option}: ",
                     "0 to 1000000")


def check_help(program, *parts):
    result = program.run("--help")
    require(result.code == 0, f"wanted exit 0: {result}")
    require(result.error == "", f"wanted nothing on stderr: {result}")
    for part in parts:
        require(part in result.out, f"wanted {part!r} in the help: {result}")


def unwritable_outputs():
    """Files to be a program's stdout, which takes nothing: a pipe that nobody reads, a full disk."""
    reader, writer = os.pipe()
    os.close(reader)
    yield open(writer, "wb", buffering=0)
    if not WINDOWS:
        yield open("/dev/full", "wb", buffering=0)


def check_unwritable_output(program, *arguments):
    """What cannot be printed is a failure: exit 1, and a line on stderr."""
    for output in unwritable_outputs():
        with output:
            process = program.start(*arguments, stdout=output)
            try:
                error = process.communicate(timeout=DEADLINE)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        expect_failure(Result(process.returncode, b"", error), "the standard output")


def check_trace_onto_others(program, *arguments):
    """A file that is no recording is refused at the start, and an earlier recording stays until the
    end. `arguments` are those of a run that ends by itself, with a failure or not."""
    with tempfile.TemporaryDirectory(prefix="drive trace ") as place:
        folder = pathlib.Path(place)
        for content in (b"", b"mine", b'{"traceEvents":[]}', random_bytes(BLOCK)):
            file = folder / "기록.json"
            file.write_bytes(content)
            with unchanged(folder):
                expect_failure(program.run(*arguments, "--trace", file), str(file),
                               "--trace-overwrite")
            program.run(*arguments, "--trace", file, "--trace-overwrite")
            first = traces.Trace(file).whole["otherData"]
            require(first == {"program": program.name, "dropped": 0}, f"otherData: {first}")
            recording = file.read_bytes()
            program.run(*arguments, "--trace", file)
            traces.Trace(file)
            require(file.read_bytes() != recording, "the earlier recording was not replaced")
            if not WINDOWS:
                check_trace_size_limit(program, arguments, file)
            require(list(folder.iterdir()) == [file], "something is left")


def check_trace_size_limit(program, arguments, file):
    """A recording that does not fit leaves the earlier one."""
    import resource  # pylint: disable=import-outside-toplevel
    with unchanged(file.parent):
        # Python ignores SIGXFSZ, and the program inherits that; or else the signal would end it.
        result = program.run(
            *arguments, "--trace", file, restore_signals=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
        require(result.code == 1 and str(file) in result.error, f"wanted exit 1: {result}")
        require("~" not in result.error, f"the temporary file is named: {result}")


def check_manifest(program):
    """Under Wine long paths need nothing. On Windows they do, and it does not say so."""
    require(b"<longPathAware " in program.path.read_bytes(), "it does not ask for long paths")


# --- Echo servers ---------------------------------------------------------------------------------


class Server:
    """A running echo server; left with Ctrl+C, after which it must have kept its manners."""

    def __init__(self, program, *arguments, summary=False, folder=None, place="127.0.0.1"):
        self.process = program.start(*arguments, cwd=folder)
        self.place = place  # where it says that it listens; None: anywhere
        self.summary = summary
        self.lines = queue.Queue()
        self.output = []
        self.errors = []
        self.readers = [threading.Thread(target=self.read_output, daemon=True),
                        threading.Thread(target=self.read_errors, daemon=True)]
        for reader in self.readers:
            reader.start()
        self.port = 0

    def read_output(self):
        for line in self.process.stdout:
            self.output.append(line)
            self.lines.put(line)
        self.lines.put(None)

    def read_errors(self):
        self.errors.append(self.process.stderr.read())

    def __enter__(self):
        try:
            line = self.lines.get(timeout=DEADLINE)
            if line is None:
                raise Failure(f"it ended at once: exit {self.process.wait(DEADLINE)}")
            match = re.fullmatch(rb"listening on (\S+):(\d+)\r?\n", line)
            require(match and self.place in (None, match[1].decode()),
                    f"its first line is {line!r}")
            self.port = int(match[2])
            require(0 < self.port < 65536, f"its port is {self.port}")
        except queue.Empty:
            self.end()
            raise Failure(f"no line within {DEADLINE} s") from None
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

    def stop(self):
        """Ctrl+C: it ends with 0 and has printed nothing but its one line (and a summary)."""
        if self.process.poll() is None:
            interrupt(self.process)
        try:
            code = self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.end()
            raise Failure(f"it still ran {DEADLINE} s after Ctrl+C") from None
        for reader in self.readers:
            reader.join(DEADLINE)
        require(code == 0, f"it ended with {code}, not 0; stderr {self.errors}")
        require(self.errors == [b""], f"it wrote to stderr: {self.errors}")
        require(self.summary or len(self.output) == 1,
                f"it printed more than its one line: {self.output}")

    def connect(self, host="127.0.0.1"):
        return socket.create_connection((host, self.port), timeout=DEADLINE)


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


def fill(client):
    """Sends and never reads, until nothing more is taken. Returns how much was."""
    client.setblocking(False)
    piece = bytes(65536)
    sent = 0
    while sent <= 256 << 20 and select.select([], [client], [], 0.5)[1]:
        with contextlib.suppress(BlockingIOError):
            sent += client.send(piece)
    require(sent <= 256 << 20, f"{sent} bytes were taken from a client that never reads")
    return sent


@contextlib.contextmanager
def held_port():
    """A free port that no other test takes in the block, as held_port.hpp has it: a UDP socket holds
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
    raise Failure("no free port")


def echo_help(program, options):
    check_help(program, "--address", "--port", "127.0.0.1", "--trace", *options)


def echo_bad_arguments(program, options):
    for arguments in (["--port", "99999"], ["--port", "65536"], ["--port", "x"], ["--port", "-1"],
                      ["--port"], ["--nonsense"], ["stray"], ["--address"], ["--trace"]):
        expect_usage(program.run(*arguments), "--port", "--address", *options)


# Of each program: the options that take a whole number, and their ranges.
ECHO_RANGES = {
    "01_blocking_echo": {"--threads": (0, 1024), "--max-threads": (1, 20000)},
    "05_iocp_echo": {"--threads": (0, 1024)},
    "05_iocp_server": {"--threads": (0, 1024), "--concurrency": (0, 1024),
                       "--max-connections": (1, 1000000)},
    "peer_asio_echo": {"--threads": (0, 1024)},
}


def echo_numbers(program):
    for option, (least, most) in ECHO_RANGES.get(program.name, {}).items():
        expect_range(program, option, least, most)
    expect_range(program, "--port", 0, 65535)
    if program.name == "05_iocp_server":
        for option in ("--idle-timeout", "--first-bytes-timeout", "--drain-timeout"):
            expect_seconds(program, option)


def echo_leading_zero(program):
    """No octal number."""
    with held_port() as port, Server(program, "--port", f"0{port}") as server:
        require(server.port == port, f"it listens on {server.port}, not on {port}")


# --- Addresses, of all servers: `arguments` are what else the program needs -----------------------


def address_refused(program, *arguments):
    # None of them is looked up in the network: no name has a part of 64 letters.
    for address in ("127.0.0.1.1", "256.0.0.1", "127.1", "127.0.0.1:80", "1::2::3", "", "주소:80",
                    "x" * 64):
        expect_failure(program.run(*arguments, "--address", address), address)
    # Nobody's, RFC 5737 and RFC 3849.
    for address in ("198.51.100.1", *(["2001:db8::1"] if has_ipv6() else [])):
        expect_failure(program.run(*arguments, "--address", address), address)


def address_out_of_reach(program, *arguments):
    """Where few can connect, or nobody: it is refused, or ends at Ctrl+C."""
    for address in ("255.255.255.255", "224.0.0.1", "127.255.255.255", "fe80::1%1", "ff02::1%1",
                    "::ffff:127.0.0.1"):
        server = Server(program, *arguments, "--address", address)
        try:
            if server.lines.get(timeout=DEADLINE) is not None:
                server.stop()
                continue
            for reader in server.readers:
                reader.join(DEADLINE)
            code = server.process.wait(DEADLINE)
            expect_failure(Result(code, b"", b"".join(server.errors)), address)
        except queue.Empty:
            raise Failure(f"{address}: no line within {DEADLINE} s") from None
        except Failure as error:
            raise Failure(f"{address}: {error}") from None
        finally:
            server.end()


def has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def address_ipv6(program, talk, *arguments):
    if not has_ipv6():
        raise Skip("this machine has no address ::1")
    with Server(program, *arguments, "--address", "::1", place="[::1]") as server:
        talk(server, "::1")
        expect_failure(program.run(*arguments, "--address", "::1", "--port", server.port),
                       f"[::1]:{server.port}")
        talk(server, "::1")
    with Server(program, *arguments, "--address", "::", place="[::]") as server:
        talk(server, "::1")
        talk(server, "127.0.0.1")


def address_name(program, talk, *arguments):
    with Server(program, *arguments, "--address", "localhost", place=None) as server:
        talk(server, "localhost")


def address_checks(program, check, talk, *arguments):
    """`talk(server, host)` is a client that is served."""
    check("no address, or not one of this machine: one line, exit 1", address_refused, program,
          *arguments)
    check("an address to which nobody can connect: refused, or Ctrl+C ends it",
          address_out_of_reach, program, *arguments)
    check("--address ::1, and :: for IPv4 too", address_ipv6, program, talk, *arguments)
    check("--address localhost", address_name, program, talk, *arguments)


def echo_talk(server, host):
    with server.connect(host) as client:
        exchange(client, random_bytes(1000), 100, finish=True)


def echo_taken_port(program):
    with socket.socket() as taken:
        if WINDOWS:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        expect_failure(program.run("--port", port), f"127.0.0.1:{port}")
    with Server(program) as server:
        expect_failure(program.run("--port", server.port), f"127.0.0.1:{server.port}")
        with server.connect() as client:
            exchange(client, b"still served", 5)


def echo_sizes(server):
    with server.connect() as client:
        for size, split in ((1, 1), (2, 1), (1000, 1), (4096, 4096), (16383, 1021), (16384, 16384),
                            (16385, 4093), (70001, 7919), (1 << 20, 8191), (1 << 20, 1 << 20)):
            exchange(client, random_bytes(size), split)


def echo_half_close(server):
    for size, split in ((0, 1), (1, 1), (16384, 16384), (300001, 65536), (1 << 20, 4099)):
        with server.connect() as client:
            exchange(client, random_bytes(size), split, finish=True)


def echo_many_clients(server):
    failures = []

    def client_main(number):
        try:
            with server.connect() as client:
                for turn in range(10):
                    # Nobody's turn ends while one of the others has not been served.
                    together.wait(DEADLINE)
                    data = random_bytes(5003 * (number + 1), turn)
                    exchange(client, data, 997 * (number + 1), finish=turn == 9)
        except Exception as error:  # noqa: BLE001 (whatever it is, the check has failed)
            failures.append(f"client {number}: {error!r}")
            together.abort()

    together = threading.Barrier(8)
    threads = [threading.Thread(target=client_main, args=(n,), daemon=True) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * DEADLINE)
        require(not thread.is_alive(), "a client hangs")
    require(not failures, "; ".join(failures))


def echo_resets(server):
    with server.connect() as other:
        for turn in range(20):
            client = server.connect()
            client.sendall(random_bytes(20000, turn))
            if turn % 2:
                require(client.recv(1), "closed before the reset")
            reset(client)
            exchange(other, random_bytes(3000, turn), 701)


def echo_client_that_never_reads(server):
    with server.connect() as deaf, server.connect() as other:
        exchange(other, random_bytes(100), 100)
        fill(deaf)
        exchange(other, random_bytes(100000), 3001)
        reset(deaf)
    with server.connect() as client:
        exchange(client, random_bytes(1000), 100, finish=True)


def echo_ctrl_c(program):
    """With clients in every state; then the port is taken again at once."""
    with held_port() as port, contextlib.ExitStack() as stack:
        with Server(program, "--port", port) as server:
            require(server.port == port, f"it listens on {server.port}, not on {port}")
            idle = stack.enter_context(server.connect())
            used = stack.enter_context(server.connect())
            half = stack.enter_context(server.connect())
            deaf = stack.enter_context(server.connect())
            exchange(used, random_bytes(1000), 10)
            exchange(half, random_bytes(1000), 10, finish=True)
            fill(deaf)
        # Its clients are still there, and some of their connections not quite closed.
        with Server(program, "--port", port) as server:
            with server.connect() as client:
                exchange(client, random_bytes(1000), 10)
            for client in (idle, used):
                client.settimeout(DEADLINE)
                try:
                    require(client.recv(1) == b"", "a client of the old server gets bytes")
                except ConnectionError:
                    pass
        stack.close()
        with Server(program, "--port", port):
            pass


def echo_one_thread(program):
    with Server(program, "--threads", 1) as server:
        with server.connect() as first, server.connect() as second:
            exchange(first, b"served", 3)
            second.sendall(b"waits")
            # The only thread is busy with the first client, however often that client asks.
            for turn in range(20):
                exchange(first, random_bytes(1000, turn), 100)
            require(not select.select([second], [], [], 0)[0], "the second client was served too")
            first.close()
            require(second.recv(5, socket.MSG_WAITALL) == b"waits", "the second client got others")
            exchange(second, b"served now", 3)


def echo_thread_limit(program):
    with Server(program, "--max-threads", 1) as server:
        with server.connect() as first:
            exchange(first, b"served", 3)
            with server.connect() as second:
                text = b""
                while piece := second.recv(100):
                    text += piece
                require(text == b"server is full, goodbye\n", f"it was told {text!r}")
            exchange(first, b"served still", 3)


def echo_trace(program):
    """The recording of a server with clients in several states, against their own count."""
    with tempfile.TemporaryDirectory(prefix="drive trace ") as folder:
        path = pathlib.Path(folder) / "기록.json"
        sent = 0
        with contextlib.ExitStack() as stack:
            with Server(program, "--trace", path) as server:
                stack.enter_context(server.connect())  # sends nothing
                clients = [stack.enter_context(server.connect()) for _ in range(3)]
                for turn in range(5):
                    for number, client in enumerate(clients):
                        data = random_bytes(1 + 4003 * number * turn, turn)
                        exchange(client, data, 1021, finish=number == 0 and turn == 4)
                        sent += len(data)
        trace = traces.Trace(path)
        require([entry.name for entry in path.parent.iterdir()] == [path.name], "something is left")
    require(trace.whole["otherData"] == {"program": program.name, "dropped": 0},
            f"otherData: {trace.whole['otherData']}")
    received = trace.bytes(traces.RECEIVES)
    require(received == sent, f"the clients have sent {sent} bytes, it received {received}")
    require(not trace.cancelled(), f"left in flight: {trace.cancelled()}")
    require(bool(trace.operations) == (program.name[:2] not in ("01", "02")),
            f"{len(trace.operations)} operations")


def echo_trace_summary(program):
    with Server(program, "--trace", "-", summary=True) as server:
        with server.connect() as client:
            for turn in range(10):
                exchange(client, random_bytes(100, turn), 100)
    text = decode(b"".join(server.output[1:]), "stdout")
    for part in ("call", "count", "total ms", "longest ms", "thread", "waiting", "main"):
        require(part in text, f"wanted {part!r} in the summary: {text}")
    receives = re.search(r"^(recv|WSARecv) +(\d+) +[\d.]+ +[\d.]+\r?$", text, re.MULTILINE)
    require(receives and int(receives[2]) >= 10, f"10 receives at least: {text}")
    require(re.search(r"^\d+ requests, [\d.]+ calls each\r?$", text, re.MULTILINE), text)


def echo_wait_mode(program, mode):
    with Server(program, "--wait", mode) as server:
        echo_half_close(server)
        with server.connect() as client:
            exchange(client, random_bytes(100000), 4099)


def echo_checks(program, check):
    chapter = program.name[:2]
    options = {"01": ["--threads", "--max-threads"], "02": ["--wait"]}.get(chapter, [])
    check("--help names every option", echo_help, program, options)
    check("its manifest asks for long paths", check_manifest, program)
    check("bad arguments: usage, exit 2", echo_bad_arguments, program, options)
    check("a number beyond its range, or not in decimal: usage, exit 2", echo_numbers, program)
    check("--port with a leading zero is decimal", echo_leading_zero, program)
    address_checks(program, check, echo_talk)
    check("a taken port: one line, exit 1", echo_taken_port, program)
    # One server for all of these, so that what one client does to it would harm the next.
    servers = []
    check("prints where it listens, one line, through a pipe",
          lambda: servers.append(Server(program).__enter__()))
    for server in servers:
        try:
            check("echoes 1 B to 1 MiB in odd splits", echo_sizes, server)
            check("half-close: all comes back, then the server closes", echo_half_close, server)
            check("8 clients at once", echo_many_clients, server)
            check("20 resets harm nobody else", echo_resets, server)
            check("a client that never reads holds nobody up", echo_client_that_never_reads, server)
            check("Ctrl+C: exit 0, nothing else printed", server.stop)
        finally:
            server.end()
    check("--port, Ctrl+C with clients connected, the port again at once", echo_ctrl_c, program)
    check("--trace FILE: the bytes are what the clients sent", echo_trace, program)
    check("--trace -: a summary at the end", echo_trace_summary, program)
    check("--trace into no folder: one line, exit 1", lambda: expect_failure(
        program.run("--trace", "없는 폴더/a.json"), "없는 폴더/a.json"))
    check("--trace replaces recordings only", check_trace_onto_others, program,
          "--address", "192.0.2.1")
    for arguments in ([], ["--help"]):
        check(f"a stdout that takes nothing: {arguments}", check_unwritable_output, program,
              *arguments)
    if chapter == "01":
        check("--threads 1: the second client waits", echo_one_thread, program)
        check("--max-threads: one too many is told goodbye", echo_thread_limit, program)
        check("--threads with nonsense: exit 2", lambda: expect_usage(
            program.run("--threads", "many"), "--threads"))
    if chapter == "02":
        for mode in ("poll", "select", "spin"):
            check(f"--wait {mode}", echo_wait_mode, program, mode)
        check("--wait nonsense: exit 2", lambda: expect_usage(
            program.run("--wait", "nonsense"), "--wait", "select", "spin", "poll"))


# --- Copies ---------------------------------------------------------------------------------------


def look(folder):
    """Everything in the folder: names and contents, and of folders and pipes only the kind."""
    return {str(path.relative_to(folder)):
            path.read_bytes() if path.is_file() else "pipe" if path.is_fifo() else "folder"
            for path in folder.rglob("*")}


class Folder:
    """A folder with a source of some blocks, and an old file."""

    def __enter__(self):
        self.holder = tempfile.TemporaryDirectory(prefix="drive copy ")
        self.path = pathlib.Path(self.holder.name).resolve()
        self.source = self.path / "source"
        self.old = self.path / "old"
        self.data = random_bytes(5 * BLOCK + 77)
        self.source.write_bytes(self.data)
        self.old.write_bytes(random_bytes(6 * BLOCK + 1, "old"))
        return self

    def __exit__(self, *_):
        for path in self.path.rglob("*"):
            if path.is_file():
                path.chmod(0o600)
        self.holder.cleanup()


@contextlib.contextmanager
def unchanged(*folders):
    """Whatever is tried in the block leaves the folders as they were."""
    before = [look(folder) for folder in folders]
    yield
    for folder, old in zip(folders, before):
        new = look(folder)
        require(new.keys() == old.keys(), f"names before {sorted(old)}, after {sorted(new)}")
        require(new == old, f"changed: {[name for name in new if new[name] != old[name]]}")


def expect_copied(result, destination, data):
    require(result.code == 0, f"wanted exit 0: {result}")
    require(result.out == "" and result.error == "", f"wanted no output: {result}")
    require(destination.is_file(),
            f"{destination} is not there, but {sorted(look(destination.parent))}")
    require(destination.read_bytes() == data, f"{destination} is no exact copy")


def copy_help(program):
    check_help(program, "--overwrite", "--trace", "SOURCE", "DESTINATION", "attributes", "streams")


def copy_bad_arguments(program):
    with Folder() as folder, unchanged(folder.path):
        for arguments in ([], ["source"], ["source", "new", "third"],
                          ["source", "new", "--nonsense"], ["--overwrite"],
                          ["--overwrite", "source"], ["-x", "source", "new"]):
            result = program.run(*arguments, folder=folder.path)
            expect_usage(result, "SOURCE", "DESTINATION", "--overwrite")


def copy_sizes(program):
    with Folder() as folder:
        for size in (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 40 * BLOCK + 4099):
            data = random_bytes(size)
            folder.source.write_bytes(data)
            new = folder.path / f"new {size}"
            expect_copied(program.run(folder.source, new), new, data)
            require(folder.source.read_bytes() == data, "the source has changed")
        require(len(look(folder.path)) == 8, f"left over: {sorted(look(folder.path))}")


def copy_paths(program):
    with Folder() as folder:
        deeper = folder.path / "deeper" / "still"
        deeper.mkdir(parents=True)
        for here, source, destination in (
                (folder.path, "source", "plain"),
                (folder.path, "./source", "./deeper/dot"),
                (deeper, "../../source", "up"),
                (deeper, folder.source, "absolute to relative"),
                (deeper, "../../source", folder.path / "relative to absolute"),
                (folder.path, "source", "./-dash"),
                (folder.path, "deeper/../source", r"deeper\still\backslash")):
            result = program.run(source, destination, folder=here)
            expect_copied(result, here / str(destination).replace("\\", "/"), folder.data)


def copy_names(program):
    with Folder() as folder:
        # Windows takes no path beyond 260 characters as it stands. Wine 8 cuts a path of more than
        # 256 bytes of UTF-8 in silence, unless it is ASCII: hence no more Korean.
        for name in ("한국어 이름.txt", "日本語.bin", "файл с пробелами", "ملف", "😀 🎉", "a;b & $c",
                     "é", "d" * (100 if WINDOWS else 255), "한" * 60):
            source = folder.path / ("from " + name[:50])
            source.write_bytes(folder.data)
            result = program.run(source, folder.path / name)
            expect_copied(result, folder.path / name, folder.data)
            with unchanged(folder.path):
                expect_failure(program.run(source.name, name, folder=folder.path), name)


def copy_existing(program):
    with Folder() as folder:
        for arguments in ([folder.source, folder.old], ["source", "old"]):
            with unchanged(folder.path):
                result = program.run(*arguments, folder=folder.path)
                expect_failure(result, str(arguments[1]))


def copy_overwrite(program):
    with Folder() as folder:
        expect_copied(program.run(folder.source, folder.old, "--overwrite"), folder.old,
                      folder.data)
        short = folder.path / "short"
        short.write_bytes(b"short")
        expect_copied(program.run("--overwrite", short, folder.old), folder.old, b"short")
        new = folder.path / "new"
        expect_copied(program.run(short, "--overwrite", new), new, b"short")
        require(len(look(folder.path)) == 4, f"left over: {sorted(look(folder.path))}")


def copy_failing(program, source, destination, *names):
    """Fails with and without --overwrite, names one of `names`, and changes nothing."""
    with Folder() as folder:
        (folder.path / "a folder").mkdir()
        (folder.path / "a folder" / "in it").write_bytes(b"in it")
        if not WINDOWS:
            os.link(folder.source, folder.path / "hard link")
        with unchanged(folder.path):
            for overwrite in ([], ["--overwrite"]):
                result = program.run(source, destination, *overwrite, folder=folder.path)
                expect_failure(result, *names)


def copy_read_only(program):
    with Folder() as folder:
        folder.old.chmod(0o400)
        with unchanged(folder.path):
            expect_failure(program.run("source", "old", "--overwrite", folder=folder.path), "old")


def make_link(link, target):
    try:
        link.symlink_to(target)
    except OSError as error:
        raise Skip(f"may not make symbolic links: {error}") from error


def copy_onto_a_link(program):
    """The link stays, and what it leads to is replaced, with its own folder for the temporary."""
    with Folder() as folder:
        place = folder.path / "there"
        place.mkdir()
        folder.old.rename(place / "old")
        make_link(folder.path / "link", pathlib.Path("there") / "old")
        with unchanged(folder.path):
            expect_failure(program.run("source", "link", folder=folder.path), "link")
        result = program.run("source", "link", "--overwrite", folder=folder.path)
        expect_copied(result, place / "old", folder.data)
        require((folder.path / "link").is_symlink(), "the link has become a file")
        require(len(look(folder.path)) == 4, f"left over: {sorted(look(folder.path))}")


def copy_onto_a_link_to_nothing(program):
    with Folder() as folder:
        link = folder.path / "link"
        make_link(link, "nothing")
        expect_failure(program.run("source", "link", folder=folder.path), "link")
        require(link.is_symlink() and not link.exists(), "the link has been replaced")
        require(len(list(folder.path.iterdir())) == 3, f"left over: {sorted(look(folder.path))}")


def copy_permissions(program):
    """What others may not read before, they may not read after. (Wine knows the bits of a mode only
    roughly: those of the owner and the group are one to it.)"""
    if WINDOWS:
        raise Skip("no modes on Windows; the contract looks at the DACL")
    with Folder() as folder:
        folder.old.chmod(0o600)
        expect_copied(program.run("source", "old", "--overwrite", folder=folder.path), folder.old,
                      folder.data)
        mode = folder.old.stat().st_mode & 0o777
        require(mode & 0o027 == 0, f"its mode was 600, and is {mode:o}")
        folder.old.chmod(0o644)
        expect_copied(program.run("source", "old", "--overwrite", folder=folder.path), folder.old,
                      folder.data)
        mode = folder.old.stat().st_mode & 0o777
        require(mode == 0o644, f"its mode was 644, and is {mode:o}")


def copy_time(program):
    with Folder() as folder:
        os.utime(folder.source, (10**9, 10**9))
        new = folder.path / "new"
        expect_copied(program.run(folder.source, new), new, folder.data)
        require(new.stat().st_mtime == 10**9, "the time of the last write is not kept")


def copy_to_a_device(program):
    with Folder() as folder, unchanged(folder.path):
        for name in ("NUL", "con", "COM1", *([] if WINDOWS else ["con.txt", "/dev/null"])):
            for overwrite in ([], ["--overwrite"]):
                result = program.run("source", name, *overwrite, folder=folder.path)
                expect_failure(result, name)
    require(WINDOWS or pathlib.Path("/dev/null").is_char_device(), "/dev/null is gone")


def copy_to_a_name_that_is_none(program):
    """Names that would become others: bytes that are no UTF-8, and more of them than Linux has room
    for."""
    if WINDOWS:
        raise Skip("each name is UTF-16 there")
    with Folder() as folder, unchanged(folder.path):
        for name in (os.fsdecode(b"caf\xe9"), os.fsdecode(b"\xed\xa0\x80 half"), "다" * 90):
            for overwrite in ([], ["--overwrite"]):
                expect_failure(program.run("source", name, *overwrite, folder=folder.path))


def copy_unwritable(program):
    if WINDOWS:
        raise Skip("no place on Windows that is sure to refuse an administrator")
    with Folder() as folder, unchanged(folder.path):
        for place in ("/proc/a copy", "/proc/self/a copy", "/dev/null/a copy"):
            expect_failure(program.run(folder.source, place), place)
        if os.geteuid() != 0:
            locked = folder.path / "locked"
            locked.mkdir(mode=0o500)
            expect_failure(program.run("source", "locked/new", folder=folder.path), "locked/new")
            locked.rmdir()


@contextlib.contextmanager
def small_disk():
    """A folder on a file system of 1 MiB."""
    with tempfile.TemporaryDirectory(prefix="drive disk ") as place:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            raise Skip("may not mount: " + decode(mounted.stderr, "mount").strip())
        try:
            yield pathlib.Path(place)
        finally:
            subprocess.run(["umount", place], check=True)


def copy_full_disk(program):
    if WINDOWS:
        raise Skip("no small file system can be made here")
    if os.geteuid() != 0:
        raise Skip("only root may mount a small file system")
    with Folder() as folder, small_disk() as disk:
        old = disk / "old"
        old.write_bytes(b"old")
        # More than the disk; and less than the disk, but more than what is left of it.
        for size, filling in ((5 * BLOCK, 0), (2 * BLOCK + 5, 3 * BLOCK)):
            folder.source.write_bytes(random_bytes(size))
            if filling:
                (disk / "filling").write_bytes(bytes(filling))
            with unchanged(folder.path, disk):
                expect_failure(program.run(folder.source, disk / "new"), str(disk / "new"))
                expect_failure(program.run(folder.source, old, "--overwrite"), str(old))


def copy_file_size_limit(program):
    """A second kind of write that fails in mid-copy, for which one need not be root."""
    if WINDOWS:
        raise Skip("Windows has no limit on a file's size")
    import resource  # pylint: disable=import-outside-toplevel
    with Folder() as folder, unchanged(folder.path):
        # Python ignores SIGXFSZ, and the program inherits that; or else the signal would end it.
        result = program.run(
            "source", "new", folder=folder.path, restore_signals=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3 * BLOCK, 3 * BLOCK)))
        expect_failure(result, "new")


class SlowCopy:
    """A copy that is in its middle for as long as the block lasts: its source is a pipe, from which
    it has had some blocks and waits for more."""

    def __init__(self, program, folder, destination, *arguments, **options):
        self.folder = folder
        self.fifo = folder.path / "pipe"
        os.mkfifo(self.fifo)
        # Opened for both, this end never waits for the other.
        self.pipe = os.open(self.fifo, os.O_RDWR)
        self.before = look(folder.path)
        self.process = program.start(self.fifo, destination, "--overwrite", *arguments,
                                     **options)

    def __enter__(self):
        try:
            self.feed(bytes(3 * BLOCK))
            wait_for(lambda: look(self.folder.path) != self.before or self.ended(),
                     "the beginning of the copy")
            require(not self.ended(), f"the copy has ended, {self.process.poll()}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def ended(self):
        return self.process.poll() is not None

    def feed_some(self, data):
        """Writes to the copy's source what the pipe takes at once, and returns the rest."""
        os.set_blocking(self.pipe, False)
        if select.select([], [self.pipe], [], 0.1)[1]:
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(self.pipe, data):]
        return data

    def feed(self, data):
        """Writes to the copy's source. It returns when all is in the pipe or read."""
        end = time.monotonic() + DEADLINE
        while data:
            require(not self.ended(), f"the copy has ended, {self.process.poll()}")
            require(time.monotonic() < end, "the copy does not read its source")
            data = self.feed_some(data)

    def finish(self):
        """The end of the source."""
        os.close(self.pipe)
        self.pipe = None

    def __exit__(self, *_):
        if not self.ended():
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        if self.pipe is not None:
            os.close(self.pipe)


def copy_ctrl_c(program):
    if WINDOWS:
        raise Skip("no named pipes in the file system")
    with Folder() as folder:
        for destination in (folder.old, folder.path / "new"):
            with SlowCopy(program, folder, destination) as copy:

                def ends():
                    # It may look for Ctrl+C between two blocks.
                    copy.feed_some(bytes(BLOCK))
                    return copy.ended()

                interrupt(copy.process)
                wait_for(ends, "the end after Ctrl+C")
                after = look(folder.path)
                require(after == copy.before,
                        f"names before {sorted(copy.before)}, after {sorted(after)}")
                require(copy.process.returncode != 0, "it says that all is copied: exit 0")
            copy.fifo.unlink()


def copy_trace(program):
    with Folder() as folder:
        trace_path = folder.path / "기록.json"
        result = program.run(folder.source, folder.path / "new", "--trace", trace_path)
        expect_copied(result, folder.path / "new", folder.data)
        trace = traces.Trace(trace_path)
        require(len(look(folder.path)) == 4, f"left over: {sorted(look(folder.path))}")
    size = len(folder.data)
    moved = trace.bytes(traces.RECEIVES), trace.bytes(traces.WRITES)
    require(moved == (size, size), f"of {size} bytes it read and wrote {moved}")
    require(not trace.cancelled(), f"left in flight: {trace.cancelled()}")


def copy_trace_summary(program):
    with Folder() as folder:
        result = program.run(folder.source, folder.path / "new", "--trace", "-")
        require(result.code == 0 and result.error == "", f"wanted exit 0: {result}")
        require((folder.path / "new").read_bytes() == folder.data, "no exact copy")
    for part in ("ReadFile", "WriteFile", "calls each", "main"):
        require(part in result.out, f"wanted {part!r} in the summary: {result}")


def copy_trace_unwritable(program):
    with Folder() as folder, unchanged(folder.path):
        for place in ("없는 폴더/a.json", "old/a.json", "."):
            result = program.run("source", "new", "--trace", place, folder=folder.path)
            expect_failure(result, place)


def copy_trace_ctrl_c(program):
    if WINDOWS:
        raise Skip("no named pipes in the file system")
    with Folder() as folder, tempfile.TemporaryDirectory(prefix="drive trace ") as other:
        trace_path = pathlib.Path(other) / "a.json"
        with SlowCopy(program, folder, folder.path / "new", "--trace", trace_path) as copy:

            def ends():
                copy.feed_some(bytes(BLOCK))
                return copy.ended()

            interrupt(copy.process)
            wait_for(ends, "the end after Ctrl+C")
            require(copy.process.returncode != 0, "it says that all is copied: exit 0")
        trace = traces.Trace(trace_path)
    # Three blocks were fed; the end may still have been in the pipe, which holds less than one.
    require(trace.bytes(traces.RECEIVES) >= 2 * BLOCK, "what it had read is not there")
    require(not trace.cancelled(), f"left in flight: {trace.cancelled()}")


def copy_trace_own_files(program):
    """A recording takes the place of no file that the copy reads or writes."""
    with Folder() as folder, unchanged(folder.path):
        for name in ("source", "new"):
            expect_usage(program.run("source", "new", "--trace", name, folder=folder.path),
                         "--trace")
        for name in ("./source", "old"):
            expect_failure(program.run("source", "new", "--trace", name, folder=folder.path), name)
    with Folder() as folder:
        # Another spelling of a name that is not there yet: the copy stays, the recording goes.
        result = program.run("source", "new", "--trace", "./new", folder=folder.path)
        expect_failure(result, "./new")
        require((folder.path / "new").read_bytes() == folder.data, "no exact copy")
        require(len(look(folder.path)) == 3, f"left over: {sorted(look(folder.path))}")


def copy_trace_full_disk(program):
    if WINDOWS:
        raise Skip("no small file system can be made here")
    if os.geteuid() != 0:
        raise Skip("only root may mount a small file system")
    with Folder() as folder, small_disk() as disk:
        program.run("none", "new", "--trace", disk / "trace", folder=folder.path)
        traces.Trace(disk / "trace")
        with open(disk / "filling", "wb", buffering=0) as filling, contextlib.suppress(OSError):
            while filling.write(bytes(1024)):
                pass
        with unchanged(disk):
            for trace in (disk / "trace", disk / "another"):
                result = program.run("source", "new", "--overwrite", "--trace", trace,
                                     folder=folder.path)
                expect_failure(result, str(trace))
                require((folder.path / "new").read_bytes() == folder.data, "no exact copy")


class Row:
    """What a terminal shows in its lowest row: as much of a terminal as Wine's console needs."""

    def __init__(self):
        self.cells = {}
        self.column = 0

    def __str__(self):
        return "".join(self.cells.get(n, " ") for n in range(max(self.cells, default=-1) + 1))

    def write(self, text):
        for sequence, character in re.findall(r"\x1b\[([?\d;]*[A-Za-z])|([^\x1b])", text):
            if sequence.endswith("C"):
                self.column += int(sequence[:-1] or 1)
            elif sequence == "K":
                self.cells = {n: cell for n, cell in self.cells.items() if n < self.column}
            elif character == "\r":
                self.column = 0
            elif character == "\b":
                self.column -= 1
            elif character:
                require(character != "\n", f"progress of more than one line: {text!r}")
                self.cells[self.column] = character
                self.column += 1


def copy_progress(program):
    if WINDOWS:
        raise Skip("no pseudo-terminal for Python on Windows")
    import pty  # pylint: disable=import-outside-toplevel
    with Folder() as folder:
        ours, theirs = pty.openpty()
        row = Row()

        def read_terminal():
            while select.select([ours], [], [], 0.02)[0]:
                row.write(os.read(ours, 4096).decode())

        try:
            with SlowCopy(program, folder, folder.path / "new", stderr=theirs) as copy:

                def shows_progress():
                    copy.feed(bytes(BLOCK))
                    read_terminal()
                    return re.search(r"\d+ MiB", str(row))

                wait_for(shows_progress, "progress on a terminal")
                copy.finish()
                require(copy.process.wait(DEADLINE) == 0, "the copy failed")

                def is_wiped():
                    read_terminal()
                    return str(row).strip() == ""

                wait_for(is_wiped, f"the line of progress to go: {row}")
        finally:
            os.close(ours)
            os.close(theirs)


def copy_no_progress(program):
    if WINDOWS:
        raise Skip("no named pipes in the file system")
    with Folder() as folder:
        with SlowCopy(program, folder, folder.path / "new") as copy:
            # Longer than the half second after which a terminal would see progress.
            end = time.monotonic() + 0.8
            fed = 3 * BLOCK
            while time.monotonic() < end:
                copy.feed(bytes(BLOCK))
                fed += BLOCK
                select.select([], [], [], 0.02)
            copy.finish()
            out, error = copy.process.communicate(timeout=DEADLINE)
            require(copy.process.returncode == 0, f"exit {copy.process.returncode}: {error!r}")
            require(out == b"" and error == b"", f"wanted no output: {out!r} {error!r}")
        require((folder.path / "new").stat().st_size == fed, "bytes are missing")


def copy_checks(program, check):
    check("--help names every option", copy_help, program)
    check("its manifest asks for long paths", check_manifest, program)
    check("bad arguments: usage, exit 2", copy_bad_arguments, program)
    check("sizes around a block", copy_sizes, program)
    check("relative and absolute paths", copy_paths, program)
    check("names in Korean and other scripts, long names", copy_names, program)
    check("an existing file stays", copy_existing, program)
    check("--overwrite replaces it wholly", copy_overwrite, program)
    check("a missing source", copy_failing, program, "없는 파일", "new", "없는 파일")
    check("a missing source does not cost the old file", copy_failing, program, "none", "old",
          "none")
    check("a missing folder as place", copy_failing, program, "source", "없는 폴더/new",
          "없는 폴더/new")
    check("a folder as source", copy_failing, program, "a folder", "new", "a folder")
    check("a folder as destination", copy_failing, program, "source", "a folder", "a folder")
    check("a file as place", copy_failing, program, "source", "old/new", "old/new")
    check("a file onto itself", copy_failing, program, "source", "source", "source")
    check("a file onto itself, otherwise spelt", copy_failing, program, "source",
          "a folder/../source", "source")
    if not WINDOWS:
        check("a file onto its hard link", copy_failing, program, "source", "hard link",
              "hard link")
    check("an unwritable place", copy_unwritable, program)
    check("the time of the last write is kept", copy_time, program)
    check("--trace into no folder: nothing is copied", copy_trace_unwritable, program)
    check("--trace onto the copy's own files", copy_trace_own_files, program)
    check("--trace replaces recordings only", check_trace_onto_others, program, "none", "new")
    check("a stdout that takes nothing: --help", check_unwritable_output, program, "--help")
    if program.name == "peer_copyfileex_copy":
        # The system copies. Under Wine it replaces a read-only file, and leaves half a copy when
        # the disk is full; it takes no pipe, with which the others are held in mid-copy; and its
        # reads and writes are no calls of the program, to be recorded.
        return
    check("a read-only file is not replaced", copy_read_only, program)
    check("a link is followed, and stays", copy_onto_a_link, program)
    check("a link to nothing is not replaced", copy_onto_a_link_to_nothing, program)
    check("a replaced file keeps its permissions", copy_permissions, program)
    check("a device is not replaced", copy_to_a_device, program)
    check("a name that cannot be kept is refused", copy_to_a_name_that_is_none, program)
    check("a full disk", copy_full_disk, program)
    check("a write that fails in mid-copy", copy_file_size_limit, program)
    check("Ctrl+C in mid-copy leaves nothing behind", copy_ctrl_c, program)
    check("--trace FILE: as many bytes as the file has", copy_trace, program)
    check("--trace -: a summary", copy_trace_summary, program)
    check("--trace on a full disk", copy_trace_full_disk, program)
    check("--trace: Ctrl+C in mid-copy", copy_trace_ctrl_c, program)
    check("progress on a terminal, wiped at the end", copy_progress, program)
    check("no progress when stderr is no terminal", copy_no_progress, program)


# --- All of them ----------------------------------------------------------------------------------


class Checks:
    """Makes checks, prints a line for each, and counts."""

    def __init__(self):
        # The names that are printed are of any script, whatever the locale says.
        sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
        self.counts = {"ok": 0, "FAIL": 0, "skip": 0}

    def check(self, name, function, *arguments):
        begin = time.monotonic()
        outcome, text = "ok", ""
        try:
            function(*arguments)
        except Skip as reason:
            outcome, text = "skip", f": {reason}"
        except (Failure, traces.Fault, OSError, subprocess.SubprocessError) as error:
            outcome = "FAIL"
            text = f": {error}" if isinstance(error, (Failure, traces.Fault)) else f": {error!r}"
        self.counts[outcome] += 1
        print(f"{outcome:4} {name} ({time.monotonic() - begin:.1f} s){text}")

    def end(self, program):
        """The exit code, after a line that sums up."""
        counts = self.counts
        print(f"{program}: {counts['ok']} ok, {counts['FAIL']} failed, {counts['skip']} skipped")
        return 1 if counts["FAIL"] else 0


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    program = Program(sys.argv[1], sys.argv[2:])
    checks = Checks()
    if program.name.endswith(("_echo", "_server")):
        echo_checks(program, checks.check)
    elif program.name.endswith("_copy"):
        copy_checks(program, checks.check)
    else:
        print(f"{program.name} is neither an echo server nor a copy", file=sys.stderr)
        return 2
    return checks.end(program.name)


if __name__ == "__main__":
    sys.exit(main())
