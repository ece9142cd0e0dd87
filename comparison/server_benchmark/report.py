"""Results as text, and as JSON."""

from statistics import median

import goals
from goals import ASIO, GO, LOADS, MANY, ONE, SERVER, SOME


def table(rows):
    """Columns that line up: the first flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for row in rows:
        first, *others = row
        cells = [first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(others, widths[1:]))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _cell(entries, figure):
    return _number(median(map(figure, entries))) if entries else "-"


# The columns of each server: a title, where it is found, and the figure.
def _figures(results):
    def echo(what):
        return lambda server: results.echo.get((server, what), [])

    def arrivals(server):
        return results.arrivals.get(server, [])

    def messages(what):
        def found(server):
            counted = results.messages.get((server, what))
            return [sum(counted.values())] if counted else []
        return found

    def totals(counts):
        return lambda server: [sum(counts[server].values())] if server in counts else []

    for each in LOADS:
        yield f"requests/s at {each}", echo(each), lambda w: w.requests_per_second()
    for each in LOADS:
        yield f"p99 at {each}, ms", echo(each), lambda w: w.percentile(0.99) * 1000
    for each in (SOME, MANY):
        yield f"fairness at {each}", echo(each), lambda w: w.fairness()
    yield ("MB/s of a large file", lambda server: results.downloads.get(server, []),
           lambda d: d.megabytes_per_second())
    yield ("messages a MiB of it", totals(results.download_messages), lambda count: count)
    for each in (ONE, SOME):
        yield f"messages an echo at {each}", messages(each), lambda count: count
    yield "messages a client that comes", totals(results.arrival_messages), lambda count: count
    yield "clients connected a second", arrivals, lambda a: a.clients_per_second()
    yield "threads with all of them", arrivals, lambda a: a.threads
    yield "KiB for each of them", arrivals, lambda a: a.kib_each
    yield "MiB left when they have gone", arrivals, lambda a: a.mib_left


def figures_table(results):
    """The medians of each server."""
    servers = (SERVER, ASIO, GO)
    rows = [("", *servers)]
    for title, entries, figure in _figures(results):
        rows.append((title, *(_cell(entries(each), figure) for each in servers)))
    return table(rows)


def goals_table(results):
    rows = [("", "goal", "reached", "lowest-highest", "")]
    for goal in goals.goals(results):
        reached = spread = "-"
        if goal.values:
            reached = f"{goal.value():.2f}"
            spread = f"{min(goal.values):.2f}-{max(goal.values):.2f}"
        rows.append((goal.what, goal.text(), reached, spread, goal.verdict()))
    return table(rows)


def as_json(results, settings):
    """Everything but the single latencies, for json.dump()."""
    def window(w):
        return {"requests_per_second": w.requests_per_second(), "fairness": w.fairness(),
                "p50_ms": w.percentile(0.5) * 1000, "p99_ms": w.percentile(0.99) * 1000,
                "replies": w.replies, "seconds": w.seconds}

    return {
        "settings": settings,
        "goals": [{"what": g.what, "goal": g.text(), "rounds": g.values, "met": g.met()}
                  for g in goals.goals(results)],
        "echo": [{"server": server, "connections": what.connections,
                  "clients": what.clients.value, "rounds": [window(w) for w in windows]}
                 for (server, what), windows in results.echo.items()],
        "downloads": [{"server": server, "rounds": [vars(d) for d in entries]}
                      for server, entries in results.downloads.items()],
        "arrivals": [{"server": server, "rounds": [vars(a) for a in entries]}
                     for server, entries in results.arrivals.items()],
        "messages_an_echo": [{"server": server, "connections": what.connections,
                              "requests": counted}
                             for (server, what), counted in results.messages.items()],
        "messages_a_mib": [{"server": server, "requests": counted}
                           for server, counted in results.download_messages.items()],
        "messages_a_client": [{"server": server, "requests": counted}
                              for server, counted in results.arrival_messages.items()],
    }
