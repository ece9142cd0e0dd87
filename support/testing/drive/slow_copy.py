"""A copy that is held in its middle, and the terminal on which it shows how far it has come."""

import contextlib
import os
import re
import select
import time

from drive.files import BLOCK, look
from drive.program import DEADLINE, interrupt, require, wait_for


class SlowCopy:
    """A copy that is in its middle for as long as the block lasts: its source is a pipe, from which
    it has had some blocks and waits for more. Not on Windows, whose file system has no pipes."""

    def __init__(self, program, folder, destination, *arguments, **options):
        self.folder = folder
        self.fifo = folder.path / "pipe"
        os.mkfifo(self.fifo)
        # Opened for both, this end never waits for the other.
        self.pipe = os.open(self.fifo, os.O_RDWR)
        self.before = look(folder.path)
        self.process = program.start(self.fifo, destination, "--overwrite", *arguments,
                                     **options)

    def __enter__(self):
        try:
            self.feed(bytes(3 * BLOCK))
            wait_for(lambda: look(self.folder.path) != self.before or self.ended(),
                     "the beginning of the copy")
            require(not self.ended(), f"the copy has ended, {self.process.poll()}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def ended(self):
        return self.process.poll() is not None

    def feed_some(self, data):
        """Writes to the copy's source what the pipe takes at once, and returns the rest."""
        os.set_blocking(self.pipe, False)
        if select.select([], [self.pipe], [], 0.1)[1]:
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(self.pipe, data):]
        return data

    def feed(self, data):
        """Writes to the copy's source. It returns when all is in the pipe or read."""
        end = time.monotonic() + DEADLINE
        while data:
            require(not self.ended(), f"the copy has ended, {self.process.poll()}")
            require(time.monotonic() < end, "the copy does not read its source")
            data = self.feed_some(data)

    def finish(self):
        """The end of the source."""
        os.close(self.pipe)
        self.pipe = None

    def interrupt(self):
        """Ctrl+C, and the end that it brings: one that does not say that all is copied."""
        def ends():
            # It may look for Ctrl+C between two blocks.
            self.feed_some(bytes(BLOCK))
            return self.ended()

        interrupt(self.process)
        wait_for(ends, "the end after Ctrl+C")
        require(self.process.returncode != 0, "it says that all is copied: exit 0")

    def __exit__(self, *_):
        if not self.ended():
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        if self.pipe is not None:
            os.close(self.pipe)


class Row:
    """The lowest row of a terminal, which knows as much as Wine's console needs."""

    def __init__(self):
        self.cells = {}
        self.column = 0

    def __str__(self):
        return "".join(self.cells.get(n, " ") for n in range(max(self.cells, default=-1) + 1))

    def write(self, text):
        for sequence, character in re.findall(r"\x1b\[([?\d;]*[A-Za-z])|([^\x1b])", text):
            if sequence.endswith("C"):
                self.column += int(sequence[:-1] or 1)
            elif sequence == "K":
                self.cells = {n: cell for n, cell in self.cells.items() if n < self.column}
            elif character == "\r":
                self.column = 0
            elif character == "\b":
                self.column -= 1
            elif character:
                require(character != "\n", f"progress of more than one line: {text!r}")
                self.cells[self.column] = character
                self.column += 1
