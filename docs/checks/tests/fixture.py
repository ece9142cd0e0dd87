"""A small repository, written afresh for each test, and what a check says of it."""

import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest
from functools import cache
from pathlib import Path

from checks import command


@cache
def _repository() -> tempfile.TemporaryDirectory:
    """The folder of all tests: to make a repository takes longer than most of them."""
    folder = tempfile.TemporaryDirectory()
    subprocess.run(["git", "init", "-q", folder.name], check=True)
    return folder


class Fixture(unittest.TestCase):
    """Base of the checks' tests."""

    files: dict[str, str] = {}
    check = None  # the module of the check

    def setUp(self):
        self.root = Path(_repository().name)
        for each in self.root.iterdir():
            if each.is_file():
                each.unlink()
            elif each.name != ".git":
                shutil.rmtree(each)
        for path, text in self.files.items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        self.assertEqual(text.count(old), 1, f"{old!r} in {path}")
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def append(self, path: str, text: str) -> int:
        """Puts a paragraph above the last one of the file; returns its line number."""
        body, _, end = self.read(path).rstrip("\n").rpartition("\n\n")
        (self.root / path).write_text(f"{body}\n\n{text}\n\n{end}\n", encoding="utf-8")
        return body.count("\n") + 3

    def run_check(self, *arguments: str) -> tuple[int, list[str]]:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = command.main(self.check, ["--root", str(self.root), *arguments])
        return code, output.getvalue().splitlines()

    def exit_code(self, *arguments: str) -> int:
        """That of the program itself."""
        name = self.check.__name__.rpartition(".")[2]
        return subprocess.run([sys.executable, command.ROOT / f"docs/check_{name}.py", *arguments],
                              capture_output=True, check=False).returncode

    def assert_no_fault(self) -> str:
        """Returns the closing line."""
        code, lines = self.run_check()
        self.assertEqual(lines[:-1], [])
        self.assertEqual(code, 0)
        return lines[-1]

    def assert_fault(self, place: str, message: str) -> None:
        """There is one fault, at `place` (file:line), and its message contains `message`."""
        self.assert_faults((place, message))

    def assert_faults(self, *faults: tuple[str, str]) -> None:
        code, lines = self.run_check()
        self.assertEqual(code, 1, lines)
        self.assertEqual(len(lines) - 1, len(faults), lines)
        for line, (place, message) in zip(lines, sorted(faults)):
            self.assertTrue(line.startswith(f"{place}: "), f"{line!r} is not at {place}")
            self.assertIn(message, line)
        self.assertTrue(lines[-1].endswith(": 1 fault" if len(faults) == 1
                                           else f": {len(faults)} faults"), lines[-1])
