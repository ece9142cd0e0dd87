"""Folders that a program works in, and checks of their contents."""

import contextlib
import pathlib
import subprocess
import tempfile
import unittest

from drive.program import decode, random_bytes, require

BLOCK = 256 * 1024  # bytes that the copies move at a time


def look(folder):
    """The contents of a folder: names and bytes, and of folders and pipes only the kind."""
    return {str(path.relative_to(folder)):
            path.read_bytes() if path.is_file() else "pipe" if path.is_fifo() else "folder"
            for path in folder.rglob("*")}


@contextlib.contextmanager
def unchanged(*folders):
    """The block leaves the folders as they were."""
    before = [look(folder) for folder in folders]
    yield
    for folder, old in zip(folders, before):
        new = look(folder)
        require(new.keys() == old.keys(), f"names before {sorted(old)}, after {sorted(new)}")
        require(new == old, f"changed: {[name for name in new if new[name] != old[name]]}")


class Folder:
    """A folder with a source of some blocks, and an old file that is longer."""

    def __init__(self, blocks=1):
        self.data = random_bytes(blocks * BLOCK + 77)
        self.old_data = random_bytes((blocks + 1) * BLOCK + 1, "old")

    def __enter__(self):
        self.holder = tempfile.TemporaryDirectory(prefix="drive copy ")
        self.path = pathlib.Path(self.holder.name).resolve()
        self.source = self.path / "source"
        self.old = self.path / "old"
        self.source.write_bytes(self.data)
        self.old.write_bytes(self.old_data)
        return self

    def __exit__(self, *_):
        for path in self.path.rglob("*"):
            if path.is_file():
                path.chmod(0o600)
        self.holder.cleanup()


@contextlib.contextmanager
def small_disk():
    """A folder on a file system of 1 MiB."""
    with tempfile.TemporaryDirectory(prefix="drive disk ") as place:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            raise unittest.SkipTest("may not mount: " + decode(mounted.stderr, "mount").strip())
        try:
            yield pathlib.Path(place)
        finally:
            subprocess.run(["umount", place], check=True)
