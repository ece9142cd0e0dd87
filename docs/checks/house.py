"""Checks the rules that keep the repository's shape: who includes whom, size, skips and sleeps.
"""

import posixpath
import re
from pathlib import Path

from checks import cpp
from checks.tree import Tree, count

OPTIONS: dict = {}
LONGEST_LESSON_SOURCE = 250

_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[\"<](?P<file>[^\">]+)[\">]", re.MULTILINE)
_SKIP = re.compile(r"\bGTEST_SKIP\b|\bDISABLED_\w+")
# SleepEx is not among them: an alertable wait is what chapter 4 is about. Nor are Sleep(0) and
# Sleep(INFINITE), which do not go by the clock.
_SLEEP = re.compile(
    r"\b(?:sleep_for|sleep_until|Sleep|usleep|nanosleep)\s*\((?!\s*(?:0|INFINITE)\s*\))")


def zone_of(tree: Tree, path: str) -> str | None:
    """The chapter, `support` or `comparison` that a file belongs to."""
    top = path.split("/")[0]
    return top if top in tree.chapters or top in ("support", "comparison") else None


def included(tree: Tree, source: str, name: str) -> str | None:
    """The file of ours that `source` means by `name`; None for a system's or a library's header.

    The include directories are CMake's affair, so this asks: which file could it be? One of the
    source's own zone comes first, then one of support/, then any other.
    """
    own = zone_of(tree, source)
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(source), name))
    if beside in tree.files:
        return beside
    tail = "/" + re.sub(r"^(?:\.\.?/)+", "", name)
    found = [path for path in tree.files if ("/" + path).endswith(tail) and zone_of(tree, path)]
    for zone in (own, "support"):
        if mine := [path for path in found if zone_of(tree, path) == zone]:
            return mine[0]
    return found[0] if found else None


def check_includes(tree: Tree, path: str, text: str) -> None:
    own = zone_of(tree, path)
    code = cpp.code_only(text, keep_strings=True)
    for match in _INCLUDE.finditer(code):
        file = included(tree, path, match["file"])
        zone = zone_of(tree, file) if file else None
        if zone and zone not in (own, "support"):
            allowed = "itself" if own == "support" else f"itself and support/, not {zone}/"
            tree.fault(path, cpp.line_of(code, match.start()),
                       f"includes {file}: {own}/ includes only {allowed}")


def check_length(tree: Tree, path: str, text: str) -> None:
    lines = len(text.splitlines())
    if posixpath.dirname(path) in tree.chapters and lines > LONGEST_LESSON_SOURCE:
        tree.fault(path, lines, f"{lines} lines: a lesson's source has at most "
                                f"{LONGEST_LESSON_SOURCE}, to be read in one sitting")


def check_tests_run(tree: Tree, path: str, text: str) -> None:
    code = cpp.code_only(text)
    in_harness = path.startswith("support/testing/")
    for match in _SKIP.finditer(code):
        if not in_harness:
            tree.fault(path, cpp.line_of(code, match.start()),
                       f"{match[0]}: what cannot hold under Wine is named, with its reason, in "
                       "support/testing/machine/wine_differences.cpp, what a machine or a build may lack "
                       "in needs.cpp there; nothing else is skipped")
    is_test = in_harness or path.endswith("_test.cpp") or "/tests/" in path
    for match in _SLEEP.finditer(code):
        if is_test:
            tree.fault(path, cpp.line_of(code, match.start()),
                       f"{match[0]}…): a test waits for a completion, an event or a latch, "
                       "never for time to pass")


def run(root: Path, _options) -> int:
    return check(Tree(root))


def check(tree: Tree) -> int:
    sources = [path for path in tree.files if path.endswith((*cpp.SUFFIXES, ".h"))]
    for path in sources:
        text = tree.read(path)
        if zone_of(tree, path):
            check_includes(tree, path, text)
        check_length(tree, path, text)
        check_tests_run(tree, path, text)
    return tree.report(f"{count(len(tree.chapters), 'chapter')}, {count(len(sources), 'source')}")
