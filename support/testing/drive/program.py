"""The program under test: starting it, ending it, and checking how it ended.

Every wait has a deadline, and the deadline only ends a failure.
"""

import functools
import os
import pathlib
import random
import re
import signal
import subprocess
import time

WINDOWS = os.name == "nt"
DEADLINE = 60  # seconds; the first start under Wine may have to make a prefix


def require(condition, text):
    if not condition:
        raise AssertionError(text)


@functools.lru_cache(maxsize=32)
def random_bytes(size, seed=0):
    return random.Random(f"{size} {seed}").randbytes(size)


def wait_for(condition, what):
    """Looks again and again until `condition` holds."""
    end = time.monotonic() + DEADLINE
    while not condition():
        require(time.monotonic() < end, f"waited {DEADLINE} s for {what}")
        time.sleep(0.005)


class Program:
    """A program, as a command."""

    def __init__(self, path, emulator):
        self.path = pathlib.Path(path).resolve()
        self.name = self.path.stem
        # They are started in many folders, so no path may be relative.
        self.emulator = ([str(pathlib.Path(emulator[0]).resolve()), *emulator[1:]]
                         if emulator else [])
        self.command = [*self.emulator, str(self.path)]

    def sibling(self, name):
        """Another program in the same folder."""
        return Program(self.path.with_name(name + self.path.suffix), self.emulator)

    def run(self, *arguments, folder=None, **options):
        """Runs it to its end."""
        result = subprocess.run(
            [*self.command, *map(str, arguments)], cwd=folder, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=DEADLINE, check=False, **options)
        return Result(result.returncode, result.stdout, result.stderr)

    def start(self, *arguments, **options):
        """Starts it in a process group of its own, where Ctrl+C reaches nobody else."""
        if WINDOWS:
            options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                   "stderr": subprocess.PIPE, **options}
        return subprocess.Popen([*self.command, *map(str, arguments)], **options)


class Result:
    """How a run ended."""

    def __init__(self, code, out, error):
        self.code = code
        self.out = decode(out, "stdout")
        self.error = decode(without_wines_words(error), "stderr")

    def __str__(self):
        return f"exit {self.code}, stdout {self.out!r}, stderr {self.error!r}"


def without_wines_words(error):
    """What the program itself has written to stderr. When a process ends while one of its threads
    still starts, Wine 8 now and then puts a line of its own behind that, whole or cut off."""
    return error if WINDOWS else re.sub(rb"wine client error:[0-9a-f]+: [^\n]*\n?\Z", b"", error)


def decode(data, what):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AssertionError(f"{what} is not UTF-8: {data!r}") from error


def interrupt(process):
    """Ctrl+C. On Windows a single process can be sent Ctrl+Break only."""
    process.send_signal(signal.CTRL_BREAK_EVENT if WINDOWS else signal.SIGINT)


def expect_failure(result, *parts):
    """Exit 1, and on stderr one line with all `parts` and a reason; nothing on stdout."""
    require(result.code == 1, f"wanted exit 1: {result}")
    require(result.out == "", f"wanted nothing on stdout: {result}")
    lines = result.error.splitlines()
    require(len(lines) == 1 and result.error.endswith("\n"), f"wanted one line: {result}")
    for part in parts:
        require(part in lines[0], f"wanted {part!r} in the line: {result}")
    # The rest of the line, without the names, has to say why.
    reason = lines[0]
    for part in parts:
        reason = reason.replace(part, "")
    require(len(re.findall(r"[A-Za-z]{2,}", reason)) >= 3, f"wanted a reason: {result}")


def expect_usage(result, *parts):
    """Exit 2, and on stderr how to use the program; nothing on stdout."""
    require(result.code == 2, f"wanted exit 2: {result}")
    require(result.out == "", f"wanted nothing on stdout: {result}")
    # From 2.5 on CLI11 leaves the word "Usage" out before the program's name.
    for part in ("[options]", *parts):
        require(part.lower() in result.error.lower(), f"wanted {part!r} on stderr: {result}")


def expect_help(program, *parts):
    result = program.run("--help")
    require(result.code == 0, f"wanted exit 0: {result}")
    require(result.error == "", f"wanted nothing on stderr: {result}")
    for part in parts:
        require(part in result.out, f"wanted {part!r} in the help: {result}")


def expect_range(program, option, least, most, *other_arguments):
    """The option takes whole numbers from `least` to `most`, in decimal, and the refusal of any
    other names it. (support/program/tests/numbers_test.cpp tries more texts.)"""
    for text in ("0x50", "-1", "1 ", str(most + 1), str(2 ** 32 + least)):
        # As one argument: "-1" by itself would be another option.
        result = program.run(*other_arguments, f"{option}={text}")
        expect_usage(result, f"{option}: ", f"{least} to {most}")


def expect_seconds(program, option, *other_arguments):
    """The same for an option that takes seconds."""
    for text in ("0x1p3", "nan", "1000001"):
        expect_usage(program.run(*other_arguments, f"{option}={text}"), f"{option}: ",
                     "0 to 1000000")
