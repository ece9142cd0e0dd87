"""The repository's files, and the list of faults that a check finds in them."""

import difflib
import hashlib
import os
import posixpath
import re
import subprocess
from functools import cache
from pathlib import Path

KOREAN_ENDING = ".ko.md"
CHAPTER = re.compile(r"0\d_\w+")
# The lessons that stand deeper than in a chapter's own folder, in the order in which they are read.
DEEPER = ("05_iocp/server/pool", "05_iocp/server", "05_iocp/inside", "05_iocp/thread_pool",
          "05_iocp/coroutines")


class Tree:
    """The files that git tracks or would add; paths are relative to the root, with `/`."""

    def __init__(self, root: Path):
        self.root = root
        # In a hook these are set, and git would look at the hook's repository instead of `root`.
        ours = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
        # Git refuses the checkout of another user unless it is declared safe.
        listing = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
             "--exclude-standard"],
            cwd=root, check=True, capture_output=True, text=True, encoding="utf-8",
            env={name: value for name, value in os.environ.items() if name not in ours})
        # A file that is deleted in the working tree is still in git's index.
        self.files = sorted({name for name in listing.stdout.split("\0")
                             if name and (root / name).is_file()})
        self.folders = {""}
        for name in self.files:
            while name := posixpath.dirname(name):
                self.folders.add(name)
        self.chapters = sorted(folder for folder in self.folders if CHAPTER.fullmatch(folder))
        # The folders of all lessons, in the order in which they are read.
        self.lessons = [folder for chapter in self.chapters
                        for folder in [chapter, *(each for each in DEEPER if each.startswith(
                            f"{chapter}/") and f"{each}/README.md" in self.files)]]
        self.faults: list[tuple[str, int, str]] = []
        if not self.chapters:
            self.fault(".", 1, "no chapter here: folders named 01_blocking, 02_… are looked for")

    @cache
    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text, encoding="utf-8", newline="\n")
        Tree.read.cache_clear()

    def chapter_of(self, path: str) -> str | None:
        top = path.split("/")[0]
        return top if top in self.chapters else None

    def fault(self, path: str, line: int, message: str) -> None:
        self.faults.append((path, line, message))

    def report(self, counts: str) -> int:
        """Prints the faults and the closing line; returns the exit code."""
        for path, line, message in sorted(set(self.faults)):
            print(f"{path}:{line}: {message}")
        number = len(set(self.faults))
        print(f"{counts}: {'no fault' if not number else count(number, 'fault')}")
        return 1 if number else 0


def is_lesson_text(path: str) -> bool:
    """Whether a file is a README, or the details beside one, in any language."""
    return re.fullmatch(r"(?:README|details)(?:\.\w+)?\.md", posixpath.basename(path)) is not None


def korean_of(path: str) -> str:
    """The Korean edition of an English file, or of a link's target without its anchor."""
    return path.removesuffix(".md") + KOREAN_ENDING


def english_of(path: str) -> str:
    """The English file of a Korean text or picture; an English one stays as it is."""
    return re.sub(r"\.ko(\.(?:md|svg))$", r"\1", path)


def number_of_text(text: str) -> str:
    """What marks keep of the English text that a Korean one was written from."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def hint(name: str, known) -> str:
    """'; did you mean X?' when something close to `name` is known, else nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
