"""Messages to Wine's server process, counted in the log that it writes.

Every call that Wine cannot do alone is a request to its server, and the server handles one at a
time. So their number is what a design costs under Wine, and it is the same however busy the machine
is."""

import os
import re
import time
from collections import Counter

import load

# A request: `0024: recv_socket( oob=0, ... )`; not its reply, `0024: recv_socket() = 0 { ... }`.
_REQUEST = re.compile(rb"^[0-9a-f]{4,8}: ([a-z_0-9]+)\((?!\) = )", re.MULTILINE)


def requests_in(log):
    """How many requests of each kind there are in a piece of the log."""
    return Counter(name.decode() for name in _REQUEST.findall(log))


class Log:
    """The part of a log that is written from now on."""

    def __init__(self, path):
        self._path = path
        self._begin = self._settled_size()

    def _settled_size(self):
        size = os.path.getsize(self._path)
        while True:
            time.sleep(0.1)  # what the server does after the last reply is part of the work
            now = os.path.getsize(self._path)
            if now == size:
                return size
            size = now

    def requests(self):
        end = self._settled_size()
        with open(self._path, "rb") as log:
            log.seek(self._begin)
            return requests_in(log.read(end - self._begin))


def per_echo(server, path, connections, echoes):
    """The requests for one echo, by kind, of a server that is loaded by so many connections."""
    with load.Crowd() as crowd:
        for _ in range(connections):
            crowd.send(crowd.add(server.port))
            crowd.collect_all()
        log = Log(path)
        for each in crowd.clients.values():
            crowd.send(each)
        replies = 0
        while replies < echoes:
            replies += len(crowd.collect(again=True))
        replies += len(crowd.collect_all())
        return {name: count / replies for name, count in log.requests().items()}


def per_client(server, path, clients):
    """The requests for one client that connects, is served once, and leaves, by kind."""
    log = Log(path)
    with load.Crowd(reset=False) as crowd:
        for _ in range(clients):
            crowd.send(crowd.add(server.port))
        crowd.collect_all()
    return {name: count / clients for name, count in log.requests().items()}
