"""Clients outside Wine: each fetches a large file over HTTP, again and again."""

import select
import socket
import time
from dataclasses import dataclass

from load import PATIENCE, Broken

CONNECTIONS = 4
NAME = "large"
REQUEST = f"GET /{NAME} HTTP/1.1\r\nHost: benchmark\r\n\r\n".encode()
PIECE = 1 << 20  # bytes that are taken at once
LONGEST_HEAD = 4096


@dataclass
class Download:
    """What came in a measured time."""

    received: int  # bytes
    seconds: float

    def megabytes_per_second(self):
        return self.received / self.seconds / 1e6


class Client:
    """One connection, and how much of the file is still to come: None before its head has come."""

    def __init__(self, port, size):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setblocking(False)
        self._size = size
        self._head = b""
        self._left = None
        self._ask()

    def _ask(self):
        if self.socket.send(REQUEST) != len(REQUEST):
            raise Broken("a request of a few bytes did not fit into an empty connection")
        self._head, self._left = b"", None

    def receive(self, buffer):
        """Takes what is there, and asks anew when the file is whole. Returns how many bytes came."""
        room = LONGEST_HEAD if self._left is None else min(len(buffer), self._left)
        try:
            size = self.socket.recv_into(buffer, room)
        except OSError as error:
            raise Broken(f"a connection broke: {error}") from error
        if not size:
            raise Broken("the server closed a connection")
        if self._left is None:
            self._read_head(bytes(buffer[:size]))
        else:
            self._left -= size
        if self._left == 0:
            self._ask()
        return size

    def _read_head(self, part):
        self._head += part
        head, end, body = self._head.partition(b"\r\n\r\n")
        if not end:
            return
        length = f"\r\nContent-Length: {self._size}\r\n".encode()
        if not head.startswith(b"HTTP/1.1 200 ") or length not in head + b"\r\n":
            raise Broken(f"another answer than the file: {head[:200]!r}")
        self._left = self._size - len(body)


def fetch(port, size, seconds):
    """Fetches the file of `size` bytes for so long. The measured time begins when each client has
    got something."""
    clients = {}
    buffer = memoryview(bytearray(PIECE))
    with select.epoll() as poll:
        try:
            for _ in range(CONNECTIONS):
                client = Client(port, size)
                clients[client.socket.fileno()] = client
                poll.register(client.socket, select.EPOLLIN)

            def collect():
                events = poll.poll(PATIENCE)
                if not events:
                    raise Broken(f"nothing came for {PATIENCE} s")
                return {each: clients[each].receive(buffer) for each, _ in events}

            silent = set(clients)
            while silent:
                silent -= set(collect())
            begin = time.perf_counter()
            received = 0
            while (passed := time.perf_counter() - begin) < seconds:
                received += sum(collect().values())
            return Download(received, passed)
        finally:
            for each in clients.values():
                each.socket.close()
