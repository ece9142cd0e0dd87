"""Checks the rules that keep the repository's shape: includes, links, size, skips and sleeps."""

import posixpath
import re
from itertools import zip_longest
from pathlib import Path

from checks import cpp
from checks.house_cmake import check_links
from checks.house_includes import SUFFIXES, check_includes
from checks.snippets import tag_of
from checks.tree import Tree, count

OPTIONS: dict = {}
LONGEST_LESSON_SOURCE = 250

_SKIP = re.compile(r"\bGTEST_SKIP\b|\bDISABLED_\w+")
# Chapter 4 is about the alertable waits of SleepEx, and Sleep(0) and Sleep(INFINITE) do not depend on
# the clock: none of them matches.
_SLEEP = re.compile(
    r"\b(?:sleep_for|sleep_until|Sleep|usleep|nanosleep)\s*\((?!\s*(?:0|INFINITE)\s*\))")


def check_length(tree: Tree, path: str, text: str) -> None:
    # Tags of regions are for the lessons, not for a reader of the source.
    tag = tag_of(path, text)
    lines = sum(not (tag and tag.fullmatch(line)) for line in text.splitlines())
    if posixpath.dirname(path) in tree.chapters and lines > LONGEST_LESSON_SOURCE:
        tree.fault(path, len(text.splitlines()),
                   f"{lines} lines without tags: a lesson's source has at most "
                   f"{LONGEST_LESSON_SOURCE}, to be read in one sitting")


def check_tests_run(tree: Tree, path: str, text: str) -> None:
    code = cpp.code_only(text)
    in_harness = path.startswith("support/testing/")
    for match in _SKIP.finditer(code):
        if not in_harness:
            tree.fault(path, cpp.line_of(code, match.start()),
                       f"{match[0]}: what cannot hold under Wine is named, with its reason, in "
                       "support/testing/machine/wine_differences.cpp, what a machine or a build "
                       "may lack in needs.cpp there; nothing else is skipped")
    is_test = in_harness or path.endswith("_test.cpp") or "/tests/" in path
    for match in _SLEEP.finditer(code):
        if is_test:
            tree.fault(path, cpp.line_of(code, match.start()),
                       f"{match[0]}…): a test waits for a completion, an event or a latch, "
                       "never for time to pass")


def check_copies(tree: Tree) -> None:
    """Checks that the chapters' copy_file.hpp declare the same, in other words and namespaces."""
    first, wanted = "", []
    for path in (f"{chapter}/copy_file.hpp" for chapter in tree.chapters):
        if path not in tree.files:
            continue
        code = re.sub(r"\bnamespace \w+", "namespace", cpp.code_only(tree.read(path)))
        numbers, lines = zip(*((number, line.strip()) for number, line
                               in enumerate(code.split("\n"), 1) if line.strip()))
        first, wanted = (first, wanted) if first else (path, lines)
        for number, line, other in zip_longest(numbers, lines, wanted):
            if line != other:
                tree.fault(path, number or numbers[-1], f"declares something else than {first}, "
                           f"which has here: {other or 'nothing more'}")
                break


def run(root: Path, _options) -> int:
    tree = Tree(root)
    sources = [path for path in tree.files if path.endswith(SUFFIXES)]
    for path in sources:
        text = tree.read(path)
        check_length(tree, path, text)
        check_tests_run(tree, path, text)
    check_includes(tree)
    check_links(tree)
    check_copies(tree)
    return tree.report(f"{count(len(tree.chapters), 'chapter')}, {count(len(sources), 'source')}")
