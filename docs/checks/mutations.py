"""The mutations that prove what the lessons' exercises claim, and the check that they still can.

An exercise says "leave this line out, and that test fails". docs/mutations/CHAPTER.toml has each of
these changes; docs/writing-lessons.md describes the files. docs/prove_mutations.py makes the changes,
builds and looks; this check builds nothing. It finds what has rotted: a text that is in its source no
longer, a test that is gone, an exercise without its mutation.
"""

import posixpath
import re
import tomllib
from dataclasses import dataclass

from checks import cpp
from checks.frame import exercise_lines
from checks.markdown import Document
from checks.tree import Tree, hint

FOLDER = "docs/mutations"

MARK = re.compile(r"<!--\s*mutation:\s*(?P<name>\S+)\s*-->")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ROW = re.compile(r"\[([a-z0-9-]+)\]")
_ITEM = re.compile(r"\d+\. ")
_FOLDED = "<details><summary>Answer</summary>"
_TARGET = re.compile(r"\btutorial_(?:tests|program)\(\s*(?P<name>\w+)")
_CHANGE = {"file": str, "old": str, "new": str}
_KEYS = {**_CHANGE, "also": list, "target": str, "filter": str, "drive": str, "fails": list,
         "passes": list, "any": bool, "hangs": str, "crashes": str, "endless": str, "tests": int,
         "runs": int, "at_least": int}


@dataclass(frozen=True)
class Change:
    """A piece of a source, which stands there once, and what takes its place."""
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutation:
    """One row: a change, what is built and run, and how that must fare."""
    name: str
    path: str  # the file with the row, and its line there
    line: int
    changes: tuple[Change, ...]
    target: str
    filter: str = "*"
    drive: str = ""               # a script that looks at the program `target`, in place of tests
    fails: tuple[str, ...] = ()   # these tests fail, and no other
    passes: tuple[str, ...] | None = None  # these pass, and all others fail
    any: bool = False             # one of `fails` is enough (or any test, where that is empty); it
    #                               may fail, hang or crash
    hangs: str = ""               # "test: what": the watchdog's words; it ends the program
    crashes: str = ""             # the test in which the program crashes or aborts
    endless: str = ""             # the test that has no watchdog and goes on until it is killed
    tests: int = 0                # how many tests the filter runs, if the lesson says so
    runs: int = 3
    at_least: int = 0             # in so many of the runs it is so; in the others all tests pass

    @property
    def names(self) -> list[str]:
        """The names of all tests that the row mentions."""
        ended = [text.split(": ")[0] for text in (self.hangs, self.crashes, self.endless) if text]
        return [*self.fails, *(self.passes or ()), *ended]


def read_mutations(tree: Tree) -> list[Mutation]:
    """Every row of every chapter, in the order of the files; reports faulty rows to the tree."""
    found: list[Mutation] = []
    for path in tree.files:
        if posixpath.dirname(path) != FOLDER or not path.endswith(".toml"):
            continue
        text = tree.read(path)
        if posixpath.basename(path)[:-len(".toml")] not in tree.chapters:
            tree.fault(path, 1, "there is no such chapter")
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            tree.fault(path, int(line[1]) if line else 1, f"no TOML: {error}")
            continue
        lines = {match[1]: number for number, line in enumerate(text.split("\n"), 1)
                 if (match := _ROW.fullmatch(line.strip()))}
        for name, row in content.items():
            line = lines.get(name, 1)
            if message := _fault_of_row(name, row):
                tree.fault(path, line, f"{name}: {message}")
            elif name in [each.name for each in found]:
                tree.fault(path, line, f"{name} is the name of two mutations")
            else:
                found.append(_mutation(name, path, line, row))
    return found


def _fault_of_row(name: str, row) -> str | None:
    if not _NAME.fullmatch(name):
        return "a name is made of small letters, digits and -"
    if not isinstance(row, dict):
        return "is no table"
    for key, value in row.items():
        if key not in _KEYS:
            return f"there is no key {key}{hint(key, _KEYS)}"
        if type(value) is not _KEYS[key]:  # isinstance() would take true for a number
            return f"{key} is of another type: {_KEYS[key].__name__}"
    if missing := [key for key in (*_CHANGE, "target") if key not in row]:
        return f"it has no {', '.join(missing)}"
    for also in row.get("also", []):
        if not isinstance(also, dict) or set(also) != set(_CHANGE):
            return "a further change has file, old and new"
    if not {"drive", "fails", "passes", "hangs", "crashes", "endless"} & set(row):
        return "it does not say what fails; where nothing does, write fails = []"
    if row.get("at_least", 1) > row.get("runs", Mutation.runs):
        return "at_least is more than runs"
    return None


def _mutation(name: str, path: str, line: int, row: dict) -> Mutation:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
              if key not in _CHANGE and key != "also"}
    changes = tuple(Change(**{key: each[key] for key in _CHANGE})
                    for each in [row, *row.get("also", [])])
    return Mutation(name, path, line, changes, **values)


def marks_of(documents: dict[str, Document]) -> dict[str, list[tuple[str, int]]]:
    """Where the lessons name mutations: file and line, by the name of the mutation."""
    found: dict[str, list[tuple[str, int]]] = {}
    for path, document in documents.items():
        inside = {number for block in document.blocks
                  for number in range(block.first, (block.last or len(document.lines)) + 1)}
        for number, line in enumerate(document.lines, 1):
            for match in MARK.finditer(line) if number not in inside else ():
                found.setdefault(match["name"], []).append((path, number))
    return found


def check_mutations(tree: Tree, documents: dict[str, Document]) -> int:
    """Checks rows against sources and lessons, without a build; returns how many rows there are."""
    mutations = read_mutations(tree)
    marks = marks_of(documents)
    known = {mutation.name for mutation in mutations}
    tests = {test for path in tree.files if path.endswith(cpp.SUFFIXES) and (
        "/tests/" in path or path.startswith("support/testing/"))
        for _, test, _ in cpp.tests(tree.read(path))}
    targets = {match["name"] for path in tree.files if posixpath.basename(path) == "CMakeLists.txt"
               for match in _TARGET.finditer(tree.read(path))}
    for mutation in mutations:
        for message in _rot_of(tree, mutation, tests, targets):
            tree.fault(mutation.path, mutation.line, f"{mutation.name}: {message}")
        places = marks.get(mutation.name, [])
        chapter = posixpath.basename(mutation.path)[:-len(".toml")]
        if len(places) != 1 or not places[0][0].startswith(f"{chapter}/"):
            tree.fault(mutation.path, mutation.line, f"one lesson of {chapter} has to say "
                       f"<!-- mutation: {mutation.name} --> once; here are {len(places)}")
        else:
            text = documents[places[0][0]].text
            for name in mutation.names if mutation.passes is None else ():
                if (test := _test_of(name)) and not re.search(rf"\b{re.escape(test)}\b", text):
                    tree.fault(*places[0], f"{mutation.name}: the lesson does not name {test}, "
                                           f"which {mutation.path} says")
    for name, places in marks.items():
        if name not in known:
            tree.fault(*places[0], f"no mutation in {FOLDER} is called {name}{hint(name, known)}")
    for path, document in documents.items():
        if tree.chapter_of(path) and posixpath.basename(path) == "README.md":
            _check_answers(tree, document)
    return len(mutations)


def _test_of(name: str) -> str:
    """The test's own name in "suite.Test/parameter"; "" for a suite, whose start may hang."""
    test = name.rpartition(".")[2].partition("/")[0]
    return test if test[:1].isupper() else ""


def _rot_of(tree: Tree, mutation: Mutation, tests: set[str], targets: set[str]) -> list[str]:
    """What has changed below a row since it was written."""
    faults = []
    for change in mutation.changes:
        if change.file not in tree.files:
            faults.append(f"there is no {change.file}{hint(change.file, tree.files)}")
        elif (times := tree.read(change.file).count(change.old)) != 1:
            faults.append(f"its old text stands {times} times in {change.file}, and not once")
        elif change.old == change.new:
            faults.append(f"changes nothing in {change.file}")
    if mutation.target not in targets:
        faults.append(f"no CMakeLists.txt has {mutation.target}{hint(mutation.target, targets)}")
    if mutation.drive and mutation.drive not in tree.files:
        faults.append(f"there is no {mutation.drive}")
    for test in map(_test_of, mutation.names):
        if test and test not in tests:
            faults.append(f"there is no test {test}{hint(test, tests)}")
    return faults


def _check_answers(tree: Tree, document: Document) -> None:
    """Checks that each numbered exercise of a lesson has its answer, folded."""
    open_item = 0
    for number in [*exercise_lines(document), 0]:
        line = document.lines[number - 1] if number else ""
        if number == 0 or _ITEM.match(line):
            if open_item:
                tree.fault(document.path, open_item, "this exercise has no answer: below it belongs "
                                                     f"{_FOLDED} … </details>")
            open_item = number
        elif line.strip() == _FOLDED:
            open_item = 0
