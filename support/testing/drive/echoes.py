"""Cases of the echo servers."""

import contextlib
import pathlib
import re
import select
import socket
import tempfile
import threading

from drive import traces
from drive.cases import (
    LongPaths, ProgramCase, expect_output_to_matter, expect_trace_to_spare_other_files)
from drive.program import (
    DEADLINE, WINDOWS, decode, expect_failure, expect_help, expect_range, expect_seconds,
    expect_usage, random_bytes, require)
from drive.servers import Addresses, Server, exchange, fill, held_port, reset

ALL = ("*_echo", "*_server")

# Of each program: the options that take a whole number, and their ranges.
RANGES = {
    "01_blocking_echo": {"--threads": (0, 1024), "--max-threads": (1, 20000)},
    "05_iocp_coroutine_echo": {"--threads": (0, 1024)},
    "05_iocp_echo": {"--threads": (0, 1024)},
    "05_iocp_server": {"--threads": (0, 1024), "--concurrency": (0, 1024),
                       "--max-connections": (1, 1000000)},
    "05_iocp_threadpool_echo": {"--threads": (0, 1024)},
    "peer_asio_echo": {"--threads": (0, 1024)},
}
# The options that its help and its usage name.
OPTIONS = {"01_blocking_echo": ["--threads", "--max-threads"], "02_nonblocking_echo": ["--wait"]}


def half_close(server):
    for size, split in ((0, 1), (1, 1), (16384, 16384), (300001, 65536), (1 << 20, 4099)):
        with server.connect() as client:
            exchange(client, random_bytes(size), split, finish=True)


class CommandLine(LongPaths, ProgramCase):
    programs = ALL

    def test_help(self):
        """--help names every option"""
        expect_help(self.program, "--address", "--port", "127.0.0.1", "--trace",
                    *OPTIONS.get(self.program.name, []))

    def test_bad_arguments(self):
        """bad arguments: usage, exit 2"""
        for arguments in (["--port", "99999"], ["--port", "65536"], ["--port", "x"],
                          ["--port", "-1"], ["--port"], ["--nonsense"], ["stray"], ["--address"],
                          ["--trace"]):
            with self.subTest(arguments=arguments):
                expect_usage(self.program.run(*arguments), "--port", "--address",
                             *OPTIONS.get(self.program.name, []))

    def test_numbers(self):
        """a number beyond its range, or not in decimal: usage, exit 2"""
        for option, (least, most) in RANGES.get(self.program.name, {}).items():
            expect_range(self.program, option, least, most)
        expect_range(self.program, "--port", 0, 65535)

    def test_leading_zero(self):
        """--port with a leading zero is decimal"""
        with held_port() as port, Server(self.program, "--port", f"0{port}") as server:
            self.assertEqual(server.port, port)

    def test_taken_port(self):
        """a taken port: one line, exit 1"""
        with socket.socket() as taken:
            if WINDOWS:
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            expect_failure(self.program.run("--port", port), f"127.0.0.1:{port}")
        with Server(self.program) as server:
            expect_failure(self.program.run("--port", server.port), f"127.0.0.1:{server.port}")
            with server.connect() as client:
                exchange(client, b"still served", 5)

    def test_unwritable_output(self):
        """a stdout that takes nothing"""
        for arguments in ([], ["--help"]):
            with self.subTest(arguments=arguments):
                expect_output_to_matter(self.program, *arguments)


class EchoAddresses(Addresses, ProgramCase):
    programs = ALL

    def talk(self, server, host):
        with server.connect(host) as client:
            exchange(client, random_bytes(1000), 100, finish=True)


class OneServer(ProgramCase):
    """One server for all of these, so that harm from one client would show with the next. It prints
    where it listens, one line, through a pipe; at Ctrl+C it ends with 0, and has printed nothing
    else."""
    programs = ALL

    @classmethod
    def setUpClass(cls):
        cls.server = Server(cls.program).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_sizes(self):
        """echoes 1 B to 1 MiB in odd splits"""
        with self.server.connect() as client:
            for size, split in ((1, 1), (2, 1), (1000, 1), (4096, 4096), (16383, 1021),
                                (16384, 16384), (16385, 4093), (70001, 7919), (1 << 20, 8191),
                                (1 << 20, 1 << 20)):
                exchange(client, random_bytes(size), split)

    def test_half_close(self):
        """half-close: all comes back, then the server closes"""
        half_close(self.server)

    def test_many_clients(self):
        """8 clients at once"""
        failures = []

        def client_main(number):
            try:
                with self.server.connect() as client:
                    for turn in range(10):
                        # Nobody's turn ends while one of the others has not been served.
                        together.wait(DEADLINE)
                        data = random_bytes(5003 * (number + 1), turn)
                        exchange(client, data, 997 * (number + 1), finish=turn == 9)
            except Exception as error:  # noqa: BLE001 (whatever it is, the case has failed)
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

    def test_resets(self):
        """20 resets harm nobody else"""
        with self.server.connect() as other:
            for turn in range(20):
                client = self.server.connect()
                client.sendall(random_bytes(20000, turn))
                if turn % 2:
                    require(client.recv(1), "closed before the reset")
                reset(client)
                exchange(other, random_bytes(3000, turn), 701)

    def test_client_that_never_reads(self):
        """a client that never reads holds nobody up"""
        with self.server.connect() as deaf, self.server.connect() as other:
            exchange(other, random_bytes(100), 100)
            fill(deaf, other)
            exchange(other, random_bytes(100000), 3001)
            reset(deaf)
        with self.server.connect() as client:
            exchange(client, random_bytes(1000), 100, finish=True)


class CtrlC(ProgramCase):
    programs = ALL

    def test_clients_in_every_state(self):
        """--port, Ctrl+C with clients connected, the port again at once"""
        with held_port() as port, contextlib.ExitStack() as stack:
            with Server(self.program, "--port", port) as server:
                self.assertEqual(server.port, port)
                idle = stack.enter_context(server.connect())
                used = stack.enter_context(server.connect())
                half = stack.enter_context(server.connect())
                deaf = stack.enter_context(server.connect())
                exchange(used, random_bytes(1000), 10)
                exchange(half, random_bytes(1000), 10, finish=True)
                fill(deaf, used)
            # Its clients are still there, and some of their connections not quite closed.
            with Server(self.program, "--port", port) as server:
                with server.connect() as client:
                    exchange(client, random_bytes(1000), 10)
                for client in (idle, used):
                    client.settimeout(DEADLINE)
                    try:
                        require(client.recv(1) == b"", "a client of the old server gets bytes")
                    except ConnectionError:
                        pass
            stack.close()
            with Server(self.program, "--port", port):
                pass


class Traces(ProgramCase):
    programs = ALL

    def test_bytes(self):
        """--trace FILE: the bytes are what the clients sent, who were in several states"""
        with tempfile.TemporaryDirectory(prefix="drive trace ") as folder:
            path = pathlib.Path(folder) / "기록.json"
            sent = 0
            with contextlib.ExitStack() as stack:
                with Server(self.program, "--trace", path) as server:
                    stack.enter_context(server.connect())  # sends nothing
                    clients = [stack.enter_context(server.connect()) for _ in range(3)]
                    for turn in range(5):
                        for number, client in enumerate(clients):
                            data = random_bytes(1 + 4003 * number * turn, turn)
                            exchange(client, data, 1021, finish=number == 0 and turn == 4)
                            sent += len(data)
            trace = traces.Trace(path)
            require([entry.name for entry in path.parent.iterdir()] == [path.name],
                    "something is left")
        self.assertEqual(trace.whole["otherData"], {"program": self.program.name, "dropped": 0})
        received = trace.bytes(traces.RECEIVES)
        require(received == sent, f"the clients have sent {sent} bytes, it received {received}")
        require(not trace.cancelled(), f"left in flight: {trace.cancelled()}")
        require(bool(trace.operations) == (self.program.name[:2] not in ("01", "02")),
                f"{len(trace.operations)} operations")

    def test_summary(self):
        """--trace -: a summary at the end"""
        with Server(self.program, "--trace", "-", summary=True) as server:
            with server.connect() as client:
                for turn in range(10):
                    exchange(client, random_bytes(100, turn), 100)
        text = decode(b"".join(server.output[1:]), "stdout")
        for part in ("call", "count", "total ms", "longest ms", "thread", "waiting", "main"):
            self.assertIn(part, text)
        receives = re.search(r"^(recv|WSARecv) +(\d+) +[\d.]+ +[\d.]+\r?$", text, re.MULTILINE)
        require(receives and int(receives[2]) >= 10, f"10 receives at least: {text}")
        require(re.search(r"^\d+ requests, [\d.]+ calls each\r?$", text, re.MULTILINE), text)

    def test_no_folder(self):
        """--trace into no folder: one line, exit 1"""
        expect_failure(self.program.run("--trace", "없는 폴더/a.json"), "없는 폴더/a.json")

    def test_other_files(self):
        """--trace replaces recordings only"""
        expect_trace_to_spare_other_files(self.program, "--address", "192.0.2.1")


class ThreadPerClient(ProgramCase):
    programs = ("01_blocking_echo",)

    def test_one_thread(self):
        """--threads 1: the second client waits"""
        with Server(self.program, "--threads", 1) as server:
            with server.connect() as first, server.connect() as second:
                exchange(first, b"served", 3)
                second.sendall(b"waits")
                # The only thread is busy with the first client, however often that client asks.
                for turn in range(20):
                    exchange(first, random_bytes(1000, turn), 100)
                require(not select.select([second], [], [], 0)[0],
                        "the second client was served too")
                first.close()
                require(second.recv(5, socket.MSG_WAITALL) == b"waits",
                        "the second client got others")
                exchange(second, b"served now", 3)

    def test_thread_limit(self):
        """--max-threads: one too many is told goodbye"""
        with Server(self.program, "--max-threads", 1) as server:
            with server.connect() as first:
                exchange(first, b"served", 3)
                with server.connect() as second:
                    text = b""
                    while piece := second.recv(100):
                        text += piece
                    self.assertEqual(text, b"server is full, goodbye\n")
                exchange(first, b"served still", 3)

    def test_nonsense(self):
        """--threads with nonsense: exit 2"""
        expect_usage(self.program.run("--threads", "many"), "--threads")


class WaysToWait(ProgramCase):
    programs = ("02_nonblocking_echo",)

    def test_modes(self):
        """--wait poll, select and spin"""
        for mode in ("poll", "select", "spin"):
            with self.subTest(mode=mode), Server(self.program, "--wait", mode) as server:
                half_close(server)
                with server.connect() as client:
                    exchange(client, random_bytes(100000), 4099)

    def test_nonsense(self):
        """--wait nonsense: exit 2"""
        expect_usage(self.program.run("--wait", "nonsense"), "--wait", "select", "spin", "poll")


class FullServer(ProgramCase):
    programs = ("05_iocp_server",)

    def test_seconds(self):
        """a time beyond its range, or not in decimal: usage, exit 2"""
        for option in ("--idle-timeout", "--first-bytes-timeout", "--drain-timeout"):
            expect_seconds(self.program, option)
