"""Thousands of clients that connect at once, stay, and leave."""

import time
from dataclasses import dataclass

import load

# So many may be connected and not served yet: enough that the server never waits for a client, and
# fewer than the system keeps for a listener, which would let the next one wait a second.
MOST_UNSERVED = 512

PATIENCE = 60  # seconds for the server to notice that all have gone


@dataclass
class Arrivals:
    """What came of them."""

    clients: int
    seconds: float  # from the first connect to the last reply
    threads: int  # of the server, when all were there
    kib_each: float  # resident memory that an idle client costs
    mib_left: float  # resident memory above what it was, when all had gone
    sockets_left: int  # connections that the server had not closed by then

    def clients_per_second(self):
        return self.clients / self.seconds


def settled(look, wanted=lambda value: True):
    """The value of `look` when it no longer changes and is `wanted`; at the latest after a while."""
    end = time.monotonic() + PATIENCE
    last = look()
    while time.monotonic() < end:
        time.sleep(0.2)
        now = look()
        if now == last and wanted(now):
            break
        last = now
    return last


def arrive_and_leave(server, clients):
    """Has `clients` clients served once, and looks at the server before, meanwhile and after."""
    with load.Crowd() as one:
        one.send(one.add(server.port))
        one.collect_all()
    settled(server.sockets, lambda count: count == 0)
    before = server.resident_kib()

    with load.Crowd(reset=False) as crowd:
        begin = time.perf_counter()
        while len(crowd.clients) < clients:
            crowd.send(crowd.add(server.port))
            crowd.collect(again=False, wait=crowd.under_way >= MOST_UNSERVED)
        crowd.collect_all()
        seconds = time.perf_counter() - begin
        with_all = settled(server.resident_kib)
        threads = len(server.unix_threads())

    sockets = settled(server.sockets, lambda count: count == 0)
    after = settled(server.resident_kib)
    return Arrivals(clients, seconds, threads, (with_all - before) / clients,
                    (after - before) / 1024, sockets)
