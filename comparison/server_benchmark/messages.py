"""Messages to Wine's server process, counted in the log that it writes.

Every call that Wine cannot do alone is a request to its server, and the server handles one at a
time. So their number is what a design costs under Wine, and it is the same however busy the machine
is."""

import os
import re
import time
from collections import Counter

import downloads
import load

# A request: `0024: recv_socket( oob=0, ... )`; not its reply, `0024: recv_socket() = 0 { ... }`.
_REQUEST = re.compile(rb"^([0-9a-f]{4,8}): ([a-z_0-9]+)\((?!\) = )", re.MULTILINE)
_THREAD = re.compile(rb"^([0-9a-f]{4,8}): init_(?:first_)?thread\( .*?unix_tid=(-?\d+)",
                     re.MULTILINE)


def requests_in(log, threads):
    """How many requests of each kind these threads have made in a piece of the log."""
    return Counter(name.decode() for thread, name in _REQUEST.findall(log) if thread in threads)


def threads_in(log, unix_ids):
    """Wine's names of those threads that Linux knows by `unix_ids`. Each says so when it begins."""
    latest = dict(_THREAD.findall(log))  # a name is used again when its thread has ended
    return {name for name, unix_id in latest.items() if int(unix_id) in unix_ids}


class Log:
    """What the server process `server` asks of Wine's server from now on."""

    def __init__(self, path, server):
        self._path = path
        self._server = server
        self._begin = self._size_at_rest()

    def _size_at_rest(self):
        # The work after the last reply counts too. In the time of rest each
        # thread of a server may look at the clock once: a few requests among thousands.
        time.sleep(0.3)
        return os.path.getsize(self._path)

    def requests(self):
        """By their kind. Wine's own processes are left out."""
        end = self._size_at_rest()
        with open(self._path, "rb") as log:
            whole = log.read(end)
        threads = threads_in(whole, self._server.unix_threads())
        return requests_in(whole[self._begin:], threads)


def per_echo(server, path, connections, echoes):
    """The requests for one echo, by kind, of a server that is loaded by so many connections."""
    with load.Crowd() as crowd:
        for _ in range(connections):
            crowd.send(crowd.add(server.port))
            crowd.collect_all()
        log = Log(path, server)
        for each in crowd.clients.values():
            crowd.send(each)
        replies = 0
        while replies < echoes:
            replies += len(crowd.collect(again=True))
        replies += len(crowd.collect_all())
        return {name: count / replies for name, count in log.requests().items()}


def per_client(server, path, clients):
    """The requests for one client that connects and is served once, by kind."""
    log = Log(path, server)
    with load.Crowd(reset=False) as crowd:
        for _ in range(clients):
            crowd.send(crowd.add(server.port))
        crowd.collect_all()
        return {name: count / clients for name, count in log.requests().items()}


def per_mib(server, path, size, seconds):
    """The requests for a MiB of a large file, by kind."""
    log = Log(path, server)
    received = downloads.fetch(server.port, size, seconds).received
    return {name: count / received * 2**20 for name, count in log.requests().items()}
