"""Checks that each claim of a lesson names a test, and that each fact stands in a lesson."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from checks import cpp
from checks.links import resolve
from checks.markdown import Document
from checks.tables import Table, cells_of, tables_of
from checks.tree import Tree, hint

_TEST_SOURCE = re.compile(r".*_test\.cpp|support/testing/(?:.*_contract|contracts/.*)\.hpp")
_FACTS_SOURCE = re.compile(r"0\d_\w+/(?:.*/)?tests/\w*facts_test\.cpp")
_TEST_NAME = re.compile(r"`(?:(?P<suite>\w+)\.)?(?P<name>[A-Z]\w*)`")
# The head of the column that check_evidence.py adds behind the tests.
WINDOWS = "Windows"


@dataclass(frozen=True)
class Fact:
    """A test of a facts suite."""
    source: str
    line: int
    suite: str
    test: str

    @property
    def chapter(self) -> str:
        return self.source.split("/")[0]

    @property
    def name(self) -> str:
        """The full name, as GoogleTest has it."""
        return f"{self.suite}.{self.test}"


@dataclass(frozen=True)
class Claim:
    """A link whose text is a test's name and whose target is a source of tests."""
    line: int
    source: str
    suite: str | None
    test: str


class Facts:
    def __init__(self, tree: Tree):
        self.tree = tree
        self.tests = {path: cpp.tests(tree.read(path))
                      for path in tree.files if _TEST_SOURCE.fullmatch(path)}
        self.claimed: dict[str, set[tuple[str, str]]] = {}  # by lesson: (source, test)

    def check(self, document: Document) -> None:
        """Checks the claims of one lesson."""
        claims = self.claims(document)
        for claim in claims:
            if not any(claim.test == test and claim.suite in (None, suite)
                       for suite, test, _ in self.tests[claim.source]):
                names = [test for _, test, _ in self.tests[claim.source]]
                self.tree.fault(document.path, claim.line, f"{claim.source} has no test "
                                                           f"{claim.test}{hint(claim.test, names)}")
        self.claimed[document.path] = {(claim.source, claim.test) for claim in claims}
        lines = {claim.line for claim in claims}
        for table in tables_of(document):
            self._check_table(document, table, lines)

    def all(self) -> list[Fact]:
        """Every fact, chapter by chapter, in the order of its file."""
        return [Fact(source, line, suite, test) for source, tests in self.tests.items()
                if _FACTS_SOURCE.fullmatch(source) for suite, test, line in tests]

    def claims(self, document: Document) -> list[Claim]:
        found = []
        for link in document.links:
            name = _TEST_NAME.fullmatch(link.text)
            source = resolve(document, link.target) if name and link.target else None
            if source in self.tests:
                found.append(Claim(link.line, source, name["suite"], name["name"]))
        return found

    def line_of(self, source: str, words: str) -> int | None:
        """The line of the test that a link to `source` with these words names."""
        name = _TEST_NAME.fullmatch(words)
        return next((line for suite, test, line in self.tests.get(source, ())
                     if name and test == name["name"] and name["suite"] in (None, suite)), None)

    def _check_table(self, document: Document, table: Table, claim_lines: set[int]) -> None:
        """Checks that a table with a test in the last cell of a row has one in every row."""
        proved = {number for number in table.rows
                  if number in claim_lines and "`](" in proof_of(document, table, number)}
        for number in table.rows:
            if proved and number not in proved:
                self.tree.fault(document.path, number, "this claim names no test in its last "
                                "cell, as [`TestName`](tests/facts_test.cpp)")

    def check_all_claimed(self) -> int:
        """Checks that each fact stands in the lesson nearest to it; returns the number of facts."""
        facts = self.all()
        for fact in facts:
            for lesson in lessons_of(fact.source, self.claimed):
                if (fact.source, fact.test) not in self.claimed[lesson]:
                    self.tree.fault(fact.source, fact.line,
                                    f"no claim in {lesson} links to {fact.test}")
        return len(facts)


def lessons_of(source: str, lessons) -> list[str]:
    """Those of `lessons`, one for each language, in the nearest folder above `source`."""
    for folder in PurePosixPath(source).parents[:-1]:
        if nearest := [path for path in lessons if PurePosixPath(path).parent == folder
                       and PurePosixPath(path).name.startswith("README")]:
            return nearest
    return []


def proof_of(document: Document, table: Table, number: int) -> str:
    """The cell of a row that has its test: the last one, or the one before the column Windows."""
    cells = cells_of(document.lines[number - 1])
    return "".join(cells[-2:-1] if has_windows(document, table) else cells[-1:])


def has_windows(document: Document, table: Table) -> bool:
    return cells_of(document.lines[table.head - 1])[-1] == WINDOWS
