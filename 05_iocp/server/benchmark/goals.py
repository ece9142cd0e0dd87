"""What the full server is to reach, and whether it has.

A figure of a peer is compared with the server's of the same round, since what else the machine does
meets both; what counts is the median of the rounds."""

from dataclasses import dataclass, field
from statistics import median

SERVER, ASIO, GO = "05_iocp_server", "Asio", "Go"
CONNECTIONS = (1, 64, 512)


@dataclass
class Results:
    """All that was measured. A list has an entry for each round."""

    echo: dict = field(default_factory=dict)  # (server, connections): [load.Window]
    arrivals: dict = field(default_factory=dict)  # server: [arrivals.Arrivals]
    messages: dict = field(default_factory=dict)  # (server, connections): {request: an echo}
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
    rate_limits = {1: 0.95, 64: 0.95, 512: 1.0}

    def of(server, connections):
        return results.echo.get((server, connections), [])

    def ratios(peer, connections, figure):
        return _ratios(of(SERVER, connections), of(peer, connections), figure)

    def rate(window):
        return window.requests_per_second()

    for n in CONNECTIONS:
        yield Goal(f"requests/s at {n}, of Asio's", ratios(ASIO, n, rate), True, rate_limits[n])
    for n in CONNECTIONS:
        yield Goal(f"requests/s at {n}, of Go's", ratios(GO, n, rate), True, 1.0)
    for n in CONNECTIONS[1:]:
        yield Goal(f"p99 at {n}, of Asio's", ratios(ASIO, n, lambda w: w.percentile(0.99)), False,
                   1.3)
    for n in CONNECTIONS[1:]:
        yield Goal(f"fairness at {n}", [each.fairness() for each in of(SERVER, n)], True, 0.9)


def _message_goals(results):
    for n in CONNECTIONS[:2]:
        counted = results.messages.get((SERVER, n))
        yield Goal(f"messages an echo at {n}", [sum(counted.values())] if counted else [], False,
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


def goals(results):
    """Every goal, in the order in which it is printed."""
    return [*_echo_goals(results), *_message_goals(results), *_arrival_goals(results)]


def all_met(results):
    return all(goal.met() for goal in goals(results))
