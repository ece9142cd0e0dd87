"""What the full server is to reach, and whether it has.

A figure of a peer is compared with the server's of the same round, since what else the machine does
meets both; what counts is the median of the rounds."""

import enum
from dataclasses import dataclass, field
from statistics import median

SERVER, ASIO, GO = "05_iocp_server", "Asio", "Go"


class Clients(enum.Enum):
    """Where they are."""

    OUTSIDE = "outside Wine"
    UNDER_WINE = "under Wine"
    ON_ONE_PROCESSOR = "on one processor"  # outside; the server and Wine's server share it


@dataclass(frozen=True)
class Load:
    """Clients that send on and on."""

    connections: int
    clients: Clients = Clients.OUTSIDE

    def __str__(self):
        outside = self.clients is Clients.OUTSIDE
        return str(self.connections) if outside else f"{self.connections} {self.clients.value}"


ONE, SOME, MANY = Load(1), Load(64), Load(512)
ONE_UNDER_WINE, ONE_ON_ONE = Load(1, Clients.UNDER_WINE), Load(1, Clients.ON_ONE_PROCESSOR)
LOADS = (ONE, ONE_UNDER_WINE, ONE_ON_ONE, SOME, MANY)


@dataclass
class Results:
    """All that was measured. A list has an entry for each round."""

    echo: dict = field(default_factory=dict)  # (server, Load): [load.Window]
    downloads: dict = field(default_factory=dict)  # server: [downloads.Download]
    arrivals: dict = field(default_factory=dict)  # server: [arrivals.Arrivals]
    messages: dict = field(default_factory=dict)  # (server, Load): {request: an echo}
    download_messages: dict = field(default_factory=dict)  # server: {request: a MiB}
    arrival_messages: dict = field(default_factory=dict)  # server: {request: a client}


@dataclass
class Goal:
    what: str
    values: list  # one a round; none when it could not be measured
    at_least: bool  # else: at most
    limit: float

    def value(self):
        return median(self.values)

    def met(self):
        """None: not measured."""
        if not self.values:
            return None
        return self.value() >= self.limit if self.at_least else self.value() <= self.limit

    def verdict(self):
        return {None: "not measured", True: "met", False: "MISSED"}[self.met()]

    def text(self):
        """The goal itself: `>= 0.95`."""
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"


def _ratios(mine, theirs, figure):
    return [figure(one) / figure(other) for one, other in zip(mine, theirs) if figure(other)]


def _echo_goals(results):
    def of(server, what):
        return results.echo.get((server, what), [])

    def ratios(peer, what, figure):
        return _ratios(of(SERVER, what), of(peer, what), figure)

    def rate(window):
        return window.requests_per_second()

    for each in LOADS:
        yield Goal(f"requests/s at {each}, of Asio's", ratios(ASIO, each, rate), True,
                   1.0 if each == MANY else 0.95)
    for each in LOADS:
        yield Goal(f"requests/s at {each}, of Go's", ratios(GO, each, rate), True, 1.0)
    for each in (SOME, MANY):
        yield Goal(f"p99 at {each}, of Asio's", ratios(ASIO, each, lambda w: w.percentile(0.99)),
                   False, 1.3)
    for each in (SOME, MANY):
        yield Goal(f"fairness at {each}", [w.fairness() for w in of(SERVER, each)], True, 0.9)


def _message_goals(results):
    for each in (ONE, SOME):
        counted = results.messages.get((SERVER, each))
        yield Goal(f"messages an echo at {each}", [sum(counted.values())] if counted else [], False,
                   8.5)


def _arrival_goals(results):
    mine = results.arrivals.get(SERVER, [])
    clients = f"{mine[0].clients:,} clients" if mine else "clients at once"
    yield Goal(f"{clients}: connected a second, of Asio's",
               _ratios(mine, results.arrivals.get(ASIO, []), lambda a: a.clients_per_second()),
               True, 1.5)
    yield Goal(f"{clients}: threads", [each.threads for each in mine], False, 16)
    yield Goal(f"{clients}: KiB for each", [each.kib_each for each in mine], False, 2.0)
    yield Goal(f"{clients}: sockets left", [each.sockets_left for each in mine], False, 0)
    yield Goal(f"{clients}: MiB left", [each.mib_left for each in mine], False, 2.0)


def _download_goals(results):
    yield Goal("MB/s of a large file, of Go's",
               _ratios(results.downloads.get(SERVER, []), results.downloads.get(GO, []),
                       lambda d: d.megabytes_per_second()), True, 1.0)
    counted = results.download_messages.get(SERVER)
    yield Goal("messages a MiB of it", [sum(counted.values())] if counted else [], False, 32)


def goals(results):
    """Every goal, in the order in which it is printed."""
    return [*_echo_goals(results), *_download_goals(results), *_message_goals(results), *_arrival_goals(results)]


def all_met(results):
    return all(goal.met() for goal in goals(results))
