"""What the scripts here share. Each looks at one program, changed as an exercise says:

    SCRIPT PROGRAM EMULATOR

Exit code: 0 what the lesson says is to be seen, 1 it is not; anything else is a fault of the script.
That something never comes can only be seen for a time: so these scripts prove mutations, and are no tests.
"""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support" / "testing"))
from drive.program import Program, interrupt  # noqa: E402
from drive.servers import Server  # noqa: E402

NEVER = 4  # seconds: what has not come by then is taken never to come


@contextlib.contextmanager
def started(*arguments):
    """The echo server on the command line; however it fares, it is gone in the end."""
    server = Server(Program(sys.argv[1], sys.argv[2:]), "--port", "0", *arguments)
    server.__enter__()
    try:
        yield server
    finally:
        server.end()


def received(client: socket.socket, size: int) -> bytes:
    """Up to `size` bytes: those that come before NEVER, and before the end of the stream."""
    client.settimeout(NEVER)
    got = b""
    with contextlib.suppress(TimeoutError, ConnectionError):
        while len(got) < size and (piece := client.recv(size - len(got))):
            got += piece
    return got


def ends_at_ctrl_c(server: Server) -> bool:
    interrupt(server.process)
    try:
        server.process.wait(NEVER)
    except subprocess.TimeoutExpired:
        return False
    return True


def processor_time(server: Server) -> float:
    """The seconds that the server has used so far."""
    fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text("utf-8").rpartition(")")[2]
    return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")


def conclude(seen: bool) -> None:
    sys.exit(0 if seen else 1)
