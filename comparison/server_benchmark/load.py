"""Clients outside Wine: each sends a message, waits for the whole reply, and sends the next."""

import select
import socket
import struct
import time
from dataclasses import dataclass

MESSAGE_SIZE = 64
PATIENCE = 20  # seconds without any reply, after which the server is taken for stuck


class Broken(Exception):
    """The server has not done what an echo server does."""


@dataclass
class Window:
    """What came back in a measured time."""

    replies: int
    seconds: float
    fewest: int  # replies on the connection that had the fewest
    connections: int
    latencies: list  # seconds; also of what was sent in it and came back later

    def requests_per_second(self):
        return self.replies / self.seconds

    def fairness(self):
        """The slowest connection's share of the mean."""
        return self.fewest / (self.replies / self.connections) if self.replies else 0.0

    def percentile(self, share):
        """The latency in seconds that `share` of all messages did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Client:
    """One connection, and the message that it has under way."""

    __slots__ = ("socket", "number", "sent", "message", "reply", "sent_at", "replies")

    def __init__(self, port, number):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.number = number
        self.sent = 0
        self.replies = 0

    def send(self, now):
        # No two messages of a load are equal: a reply that belongs to another one is noticed.
        self.message = struct.pack("<QQ", self.number, self.sent) * (MESSAGE_SIZE // 16)
        self.sent += 1
        self.reply = b""
        self.sent_at = now
        if self.socket.send(self.message) != MESSAGE_SIZE:
            raise Broken("a message of a few bytes did not fit into an empty connection")

    def receive(self):
        """Takes what is there. True when the reply is whole."""
        try:
            part = self.socket.recv(MESSAGE_SIZE - len(self.reply))
        except OSError as error:
            raise Broken(f"a connection broke: {error}") from error
        if not part:
            raise Broken("the server closed a connection")
        self.reply += part
        if len(self.reply) < MESSAGE_SIZE:
            return False
        if self.reply != self.message:
            raise Broken("a reply is not the message that was sent")
        self.replies += 1
        return True

    def close(self, reset):
        """`reset`: at once and without a trace, so that thousands leave none behind."""
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Crowd:
    """Clients that are watched together. Leaving the context closes all: `reset` says how."""

    def __init__(self, reset=True):
        self.clients = {}  # by descriptor
        self.under_way = 0
        self._reset = reset
        self._poll = select.epoll()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self.clients.values():
            each.close(self._reset)
        self._poll.close()

    def add(self, port):
        client = Client(port, len(self.clients))
        self.clients[client.socket.fileno()] = client
        self._poll.register(client.socket, select.EPOLLIN)
        return client

    def send(self, client):
        client.send(time.perf_counter())
        self.under_way += 1

    def collect(self, again, wait=True):
        """Takes the replies that are there, after waiting for one. `again`: whoever has got a reply
        sends the next message at once. Returns the latencies in seconds."""
        events = self._poll.poll(PATIENCE if wait else 0)
        if wait and not events:
            raise Broken(f"no reply came for {PATIENCE} s")
        latencies = []
        for descriptor, _ in events:
            client = self.clients[descriptor]
            if client.receive():
                now = time.perf_counter()
                latencies.append(now - client.sent_at)
                if again:
                    client.send(now)
                else:
                    self.under_way -= 1
        return latencies

    def collect_all(self):
        """Waits until nothing is under way."""
        latencies = []
        while self.under_way:
            latencies += self.collect(again=False)
        return latencies


def closed_loop(port, connections, enough):
    """Loads the server until `enough(replies, seconds)`. The measured time begins when each client
    has been served at rest and once more when all were busy."""
    with Crowd() as crowd:
        for _ in range(connections):
            crowd.send(crowd.add(port))
            crowd.collect_all()
        clients = list(crowd.clients.values())
        for each in clients:
            each.replies = 0
            crowd.send(each)
        while not all(each.replies for each in clients):
            crowd.collect(again=True)

        for each in clients:
            each.replies = 0
        begin = time.perf_counter()
        latencies = []
        replies = 0
        while not enough(replies, time.perf_counter() - begin):
            came = crowd.collect(again=True)
            latencies += came
            replies += len(came)
        seconds = time.perf_counter() - begin
        fewest = min(each.replies for each in clients)
        latencies += crowd.collect_all()
        return Window(replies, seconds, fewest, connections, latencies)
