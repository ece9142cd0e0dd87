#!/usr/bin/env python3
"""Drives first_echo from outside, as a reader of the lesson would, and checks what it promises.

    drive_first_echo.py PROGRAM [EMULATOR...]

Exit code: 0 no case failed, 1 some did, 2 wrong usage.
"""

import contextlib
import pathlib
import select
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support" / "testing"))
from drive.cases import ProgramCase, main  # noqa: E402
from drive.program import expect_failure, random_bytes, require  # noqa: E402
from drive.servers import Server, exchange, held_port, reset  # noqa: E402


class FirstEcho(ProgramCase):
    programs = ("first_echo",)

    @contextlib.contextmanager
    def server(self):
        with held_port() as port, Server(self.program, port) as server:
            self.assertEqual(server.port, port)
            yield server

    def test_bad_arguments(self):
        """bad arguments: usage, exit 2"""
        for arguments in ([], ["x"], ["0"], ["65536"], ["5000", "5001"]):
            with self.subTest(arguments=arguments):
                result = self.program.run(*arguments)
                require(result.code == 2 and result.out == "", f"wanted exit 2: {result}")
                self.assertEqual(result.error.splitlines(), ["usage: first_echo PORT"])

    def test_taken_port(self):
        """a taken port: one line with the call and the error, exit 1"""
        with self.server() as server:
            expect_failure(self.program.run(server.port), "bind", "10048")
            with server.connect() as client:
                exchange(client, b"still served", 5)

    def test_echo(self):
        """every byte comes back, then the end of the stream; Ctrl+C ends the program with 0"""
        with self.server() as server:
            for size, split in ((0, 1), (1, 1), (4096, 4096), (4097, 1000), (300001, 65536)):
                with server.connect() as client:
                    exchange(client, random_bytes(size), split, finish=True)

    def test_one_client_at_a_time(self):
        """the second client is connected and sends, and is served when the first has left"""
        with self.server() as server, server.connect() as first, server.connect() as second:
            exchange(first, b"first", 5)
            second.sendall(b"second")
            for _ in range(20):
                exchange(first, b"first again", 11)
            require(not select.select([second], [], [], 0)[0], "the second client is served")
            first.close()
            back = b""
            while len(back) < len(b"second") and (piece := second.recv(1024)):
                back += piece
            self.assertEqual(back, b"second")
            exchange(second, b"second again", 12, finish=True)

    def test_lost_client(self):
        """a client that resets its connection is left, and the next one is served"""
        with held_port() as port:
            server = Server(self.program, port).__enter__()
            try:
                lost = server.connect()
                exchange(lost, b"hello", 5)
                reset(lost)
                with server.connect() as client:
                    exchange(client, random_bytes(1000), 100, finish=True)
            finally:
                server.end()


if __name__ == "__main__":
    sys.exit(main(__doc__, sys.modules[__name__]))
