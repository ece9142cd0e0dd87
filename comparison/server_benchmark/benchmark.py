#!/usr/bin/env python3
"""Holds 05_iocp_server against its goals, beside Asio and Go's net package, in one run under Wine.

All of them echo messages of 64 bytes; 05_iocp_http and Go's net/http serve a file. The last table says which goal is met.
Exit code: 0 when everything was measured, also when a goal is missed; 1 when something failed; 2 for
bad arguments."""

import argparse
import contextlib
import functools
import json
import os
import pathlib
import resource
import signal
import sys
import time

import arrivals
import comparison_client
import downloads
import load
import messages
import processes
import report
from goals import ASIO, GO, LOADS, ONE, ONE_ON_ONE, SERVER, SOME, Clients, Results

ROOT = pathlib.Path(__file__).resolve().parents[3]
FILE_SERVER, GO_FILE_SERVER = "05_iocp_http.exe", "peer_go_files.exe"


def programs(folder, threads):
    """The command of each server that was built, by its name."""
    asked = {SERVER: ("05_iocp_server.exe",),
             ASIO: ("peer_asio_echo.exe", "--threads", str(threads)),
             GO: ("peer_go_echo.exe",)}
    for program in (asked[SERVER][0], asked[ASIO][0], comparison_client.PROGRAM, FILE_SERVER):
        if not (folder / program).exists():
            raise processes.CannotStart(f"{folder / program} is not there: build it first")
    if not (folder / asked[GO][0]).exists():
        print("Go's server was not built, for want of Go (golang-go): its figures are missing.\n")
        del asked[GO]
    return {name: (folder / program, *arguments)
            for name, (program, *arguments) in asked.items()}


def file_servers(folder, root):
    """Likewise those of files: that of the full server, and that of Go's net/http."""
    asked = {SERVER: FILE_SERVER, GO: GO_FILE_SERVER}
    return {name: (folder / program, "--root", str(root))
            for name, program in asked.items() if (folder / program).exists()}


class Progress:
    """Tells on stderr what is going on."""

    def __init__(self):
        self._begin = time.monotonic()

    def __call__(self, what):
        print(f"{time.monotonic() - self._begin:5.0f} s  {what}", file=sys.stderr, flush=True)


def rotated(items, by):
    """Each round begins with another one: who comes first has no advantage."""
    by %= len(items)
    return items[by:] + items[:by]


def measured_on(processors, server, measure):
    """What `measure` finds while the server has these processors only. Wine lets each new thread run
    on all of them: so it is measured again until no thread has come meanwhile."""
    for _ in range(20):
        server.run_on(processors)
        found = measure()
        if server.runs_on(processors):
            return found
    raise load.Broken("a server makes new threads again and again")


def loaded(wine, each, port, options):
    """What a load finds, once."""
    if each.clients is Clients.UNDER_WINE:
        return comparison_client.closed_loop(wine, options.programs, port, each.connections,
                                             options.seconds)
    return load.closed_loop(port, each.connections, lambda _, seconds: seconds >= options.seconds)


def measure_echo(wine, commands, loads, options, results, tell, processors=None):
    """On all processors, or on these only."""
    for number in range(options.rounds):
        with contextlib.ExitStack() as stack:
            # All of them at once, and loaded in turn: a server without clients does next to
            # nothing, and so the three have the same machine.
            servers = [(name, stack.enter_context(wine.start(*command)))
                       for name, command in commands.items()]
            if processors:
                stack.enter_context(processes.running_on(processors))
            for each in loads:
                tell(f"round {number + 1} of {options.rounds}: requests at {each}")
                for name, server in rotated(servers, number):
                    measure = functools.partial(loaded, wine, each, server.port, options)
                    window = (measured_on(processors, server, measure) if processors
                              else measure())
                    results.echo.setdefault((name, each), []).append(window)


def measure_downloads(wine, commands, options, results, tell):
    for number in range(options.rounds):
        tell(f"round {number + 1} of {options.rounds}: a file of {options.file_mib} MiB")
        with contextlib.ExitStack() as stack:
            servers = [(name, stack.enter_context(wine.start(*command)))
                       for name, command in commands.items()]
            for name, server in rotated(servers, number):
                found = downloads.fetch(server.port, options.file_mib << 20, options.seconds)
                results.downloads.setdefault(name, []).append(found)


def measure_arrivals(wine, commands, options, results, tell):
    for number in range(options.arrival_rounds):
        for name, command in rotated(list(commands.items()), number):
            tell(f"round {number + 1} of {options.arrival_rounds}: {options.clients} clients at "
                 f"once, {name}")
            with wine.start(*command) as server:
                found = arrivals.arrive_and_leave(server, options.clients)
            results.arrivals.setdefault(name, []).append(found)


def count_messages(wine, log, commands, files, options, results, tell):
    for name, command in commands.items():
        tell(f"counting messages: {name}")
        with wine.start(*command) as server:
            for each in (ONE, SOME):
                results.messages[name, each] = messages.per_echo(
                    server, log, each.connections, options.echoes)
            results.arrival_messages[name] = messages.per_client(server, log, options.echoes // 8)
    for name, command in files.items():
        tell(f"counting messages: {name}, a file")
        with wine.start(*command) as server:
            results.download_messages[name] = messages.per_mib(
                server, log, options.file_mib << 20, options.seconds)


@contextlib.contextmanager
def large_file(folder, mib):
    """A folder with a file of that size, which goes in the end."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / downloads.NAME
    try:
        file.write_bytes(os.urandom(mib << 20))
        yield folder
    finally:
        file.unlink(missing_ok=True)


def measure(options):
    with large_file(options.work / "files", options.file_mib) as root:
        measure_with(root, options)


def measure_with(root, options):
    results = Results()
    tell = Progress()
    threads = 2 * os.cpu_count()
    commands = programs(options.programs, threads)
    files = file_servers(options.programs, root)
    prefix = options.work / "wine"
    with processes.Wine(options.wine_run, prefix) as wine:
        measure_echo(wine, commands, [each for each in LOADS if each != ONE_ON_ONE], options, results,
                     tell)
        measure_downloads(wine, files, options, results, tell)
        measure_arrivals(wine, commands, options, results, tell)
    one = {max(os.sched_getaffinity(0))}
    with processes.Wine(options.wine_run, prefix, processors=one) as wine:
        measure_echo(wine, commands, [ONE_ON_ONE], options, results, tell, one)
    log = options.work / "messages.log"
    try:
        with processes.Wine(options.wine_run, prefix, log) as wine:
            count_messages(wine, log, commands, files, options, results, tell)
    finally:
        log.unlink(missing_ok=True)

    print(f"{os.cpu_count()} processors, {threads} threads for Asio; medians of {options.rounds} "
          f"rounds of {options.seconds:g} s, and of {options.arrival_rounds} with "
          f"{options.clients:,} clients\n\n{report.figures_table(results)}\n\n"
          f"{report.goals_table(results)}")
    if options.json:
        settings = {name: getattr(options, name)
                    for name in ("rounds", "seconds", "file_mib", "arrival_rounds", "clients", "echoes")}
        options.json.write_text(json.dumps(report.as_json(results, settings), indent=1) + "\n",
                                encoding="utf-8")


def number(kind, lowest, highest):
    """A command line's number within bounds."""
    def parse(text):
        value = kind(text)
        if not lowest <= value <= highest:
            raise argparse.ArgumentTypeError(f"{text} is not within {lowest} and {highest}")
        return value
    return parse


def arguments(line):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0],
                                     epilog=__doc__.split("\n\n", 1)[1],
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--rounds", type=number(int, 1, 99), default=9, metavar="N",
                        help="of requests a second and latency")
    parser.add_argument("--seconds", type=number(float, 0.01, 600), default=2.0, metavar="S",
                        help="measured time of each server and number of connections in a round")
    parser.add_argument("--file-mib", type=number(int, 1, 4096), default=50, metavar="MIB",
                        help=f"size of the file that {downloads.CONNECTIONS} clients fetch")
    parser.add_argument("--arrival-rounds", type=number(int, 1, 99), default=7, metavar="N",
                        help="of many clients at once")
    parser.add_argument("--clients", type=number(int, 1, 15000), default=9000, metavar="N",
                        help="that are connected at once")
    parser.add_argument("--echoes", type=number(int, 8, 1000000), default=4000, metavar="N",
                        help="whose messages are counted")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE",
                        help="write every round's figures into it, too")
    parser.add_argument("--programs", type=pathlib.Path, metavar="FOLDER",
                        default=ROOT / "build/linux/bin", help="where the servers are")
    parser.add_argument("--work", type=pathlib.Path, metavar="FOLDER",
                        default=ROOT / "build/benchmark",
                        help="for a Wine prefix and Wine's log")
    parser.add_argument("--wine-run", type=pathlib.Path, metavar="FILE",
                        default=ROOT / "cmake/wine-run", help="what starts a Windows program")
    return parser.parse_args(line)


def main(line):
    options = arguments(line)
    # Also then the servers and Wine are stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        # Each client is a socket here, in the server and in Wine's server.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        if most != resource.RLIM_INFINITY and most < options.clients + 200:
            raise OSError(f"{options.clients} clients need more open files than the {most} that "
                          "the system allows: see ulimit -Hn")
        measure(options)
    except (OSError, load.Broken, processes.CannotStart, processes.Failed) as error:
        print(f"benchmark.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("benchmark.py: interrupted", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
