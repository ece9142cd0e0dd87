"""Wine, and a server under it: how they are started and stopped, and what Linux knows of them."""

import contextlib
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile

PATIENCE = 60  # seconds


class CannotStart(Exception):
    """A program, or Wine itself, did not start."""


class Failed(Exception):
    """A program ended with an error."""


def wine_server():
    for each in ("/usr/lib/wine/wineserver64", "/usr/lib/wine/wineserver"):
        if os.access(each, os.X_OK):
            return each
    if found := shutil.which("wineserver"):
        return found
    raise CannotStart("wineserver is missing")


def connections_in(table, port):
    """How many connections of a listener on `port` Linux' table of sockets has. Those that only
    wait for their time to pass belong to no process any more."""
    listens, waits = "0A", "06"
    count = 0
    for line in table.splitlines()[1:]:
        _, local, _, state, *_ = line.split()
        if int(local.split(":")[1], 16) == port and state not in (listens, waits):
            count += 1
    return count


@contextlib.contextmanager
def running_on(processors):
    """This process, and what it starts meanwhile, run on these processors and no others."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Wine:
    """Wine with a prefix of its own, so that nobody else asks its server for anything.

    `starter` is cmake/wine-run. With `processors`, Wine's server runs on them. With a `log`, it
    writes every message into that file; all is slower then."""

    def __init__(self, starter, prefix, log=None, processors=None):
        self._starter = str(starter)
        self._prefix = pathlib.Path(prefix).resolve()  # Wine wants no relative one
        self._log = log
        self._processors = processors or os.sched_getaffinity(0)
        self._server = None
        self.environment = {**os.environ, "TUTORIAL_WINEPREFIX": str(self._prefix)}

    def __enter__(self):
        self._prefix.parent.mkdir(parents=True, exist_ok=True)
        with running_on(self._processors):
            self._run("--start")
        if self._log:
            self._run("--kill")
            self._start_logging()
        return self

    def __exit__(self, *_):
        self._run("--kill")
        if self._server:
            self._server.wait(PATIENCE)

    def _run(self, *arguments):
        # A file, and no pipe: Wine's services inherit it, and keep it open.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run([self._starter, *arguments], env=self.environment,
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                  check=False, timeout=5 * PATIENCE)
            output.seek(0)
            words = output.read().decode(errors="replace").strip()
        if done.returncode != 0:
            raise CannotStart(f"{self._starter} {' '.join(arguments)}: exit code "
                              f"{done.returncode}: {words}")

    def _start_logging(self):
        environment = {**os.environ, "WINEPREFIX": str(self._prefix)}
        command = wine_server()
        subprocess.run([command, "-w"], env=environment, check=True, timeout=PATIENCE)
        with open(self._log, "wb") as log:
            # A session of its own: Ctrl+C is for the benchmark, which stops it then.
            self._server = subprocess.Popen(
                [command, "-f", "-d", "-p60"], env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=log, start_new_session=True)
        self._run("wineboot", "--init")

    def output_of(self, program, *arguments):
        """What a program prints that ends by itself."""
        done = subprocess.run([self._starter, str(program), *arguments], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise Failed(f"{program.name}: exit code {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def start(self, program, *arguments):
        return Server([self._starter, str(program), *arguments], self.environment)


class Server:
    """An echo server as a process. Leaving the context stops it with Ctrl+C."""

    def __init__(self, command, environment):
        self._process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                         start_new_session=True)
        try:
            self.port = self._wait_until_listening(pathlib.Path(command[1]).name)
        except BaseException:
            self._end()
            raise

    def _wait_until_listening(self, name):
        output = b""
        while select.select([self._process.stdout], [], [], PATIENCE)[0]:
            part = os.read(self._process.stdout.fileno(), 4096)
            output += part
            for line in output.split(b"\n")[:-1]:
                if line.startswith(b"listening on 127.0.0.1:"):
                    return int(line.split(b":")[-1])
            if not part:
                break
        raise CannotStart(f"{name} did not say where it listens; its last words: "
                          f"{output.decode(errors='replace').strip() or 'none'}")

    def _end(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            pass
        self._end()

    def _status(self, key):
        with open(f"/proc/{self._process.pid}/status", encoding="utf-8") as status:
            for line in status:
                if line.startswith(key + ":"):
                    return int(line.split()[1])
        raise KeyError(key)

    def run_on(self, processors):
        """The threads that it has now run on these processors and no others. How many they are was
        decided before, by all processors that there are."""
        for each in self.unix_threads():
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.sched_setaffinity(each, processors)

    def runs_on(self, processors):
        """Whether that is so for all its threads."""
        def right(thread):
            try:
                return os.sched_getaffinity(thread) == processors
            except ProcessLookupError:
                return True
        return all(right(each) for each in self.unix_threads())

    def unix_threads(self):
        """Linux' numbers of its threads."""
        return {int(name) for name in os.listdir(f"/proc/{self._process.pid}/task")}

    def resident_kib(self):
        """KiB of its memory that are in RAM."""
        return self._status("VmRSS")

    def sockets(self):
        """Connections on its side that are not closed. (Wine's server has them open, not it.)"""
        with open("/proc/net/tcp", encoding="ascii") as table:
            return connections_in(table.read(), self.port)
