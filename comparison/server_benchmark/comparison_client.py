"""The comparison's client: a Windows program, under the same Wine as the servers."""

import json

import load

PROGRAM = "comparison_load.exe"


class Window(load.Window):
    """Out of its report, which has no single latencies."""

    def __init__(self, printed, connections):
        report = json.loads(printed)
        if report["limit"]:
            raise load.Broken(report["limit"])
        measured = report["measured"]
        super().__init__(measured["replies"], measured["time_ns"] / 1e9, measured["fewest"],
                         connections, latencies=[])
        self._percentiles = {share: measured[name] / 1e9
                             for share, name in ((0.5, "p50_ns"), (0.99, "p99_ns"))}

    def percentile(self, share):
        return self._percentiles[share]


def closed_loop(wine, folder, port, connections, seconds):
    """Loads the server for so long."""
    printed = wine.output_of(folder / PROGRAM, "--port", str(port),
                             "--connections", str(connections),
                             "--message-size", str(load.MESSAGE_SIZE), "--seconds", str(seconds))
    return Window(printed, connections)
