"""Facts: each claim of a lesson names a test that exists, and no fact is left out of its lesson."""

import posixpath
import re
from dataclasses import dataclass

from lessons import cpp
from lessons.links import resolve
from lessons.markdown import Document
from lessons.tree import Tree, hint

_TEST_SOURCE = re.compile(r".*_test\.cpp|support/testing/.*_contract\.hpp")
_FACTS_SOURCE = re.compile(r"0\d_\w+/(?:.*/)?tests/\w*facts_test\.cpp")
_TEST_NAME = re.compile(r"`(?:(?P<suite>\w+)\.)?(?P<name>[A-Z]\w*)`")
_TABLE_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*")


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
        self.claimed: dict[str, set[tuple[str, str]]] = {}  # lesson: its (source, test)s

    def check(self, document: Document) -> None:
        """Checks what one lesson claims."""
        claims = list(self._claims(document))
        for claim in claims:
            if not any(claim.test == test and claim.suite in (None, suite)
                       for suite, test, _ in self.tests[claim.source]):
                names = [test for _, test, _ in self.tests[claim.source]]
                self.tree.fault(document.path, claim.line, f"{claim.source} has no test "
                                                           f"{claim.test}{hint(claim.test, names)}")
        self.claimed[document.path] = {(claim.source, claim.test) for claim in claims}
        self._check_tables(document, {claim.line for claim in claims})

    def _claims(self, document: Document):
        for link in document.links:
            name = _TEST_NAME.fullmatch(link.text)
            source = resolve(document, link.target) if name and link.target else None
            if source in self.tests:
                yield Claim(link.line, source, name["suite"], name["name"])

    def _check_tables(self, document: Document, claim_lines: set[int]) -> None:
        """A table with a test in the last cell of one row has one there in every row."""
        lines = document.prose.split("\n")
        for rule in (at for at, line in enumerate(lines) if _TABLE_RULE.fullmatch(line)):
            rows = []
            for number in range(rule + 2, len(lines) + 1):
                if "|" not in lines[number - 1]:
                    break
                rows.append(number)
            proved = {number for number in rows
                      if number in claim_lines and "`](" in _last_cell(lines[number - 1])}
            for number in rows:
                if proved and number not in proved:
                    self.tree.fault(document.path, number, "this claim names no test in its last "
                                    "cell, as [`TestName`](tests/facts_test.cpp)")

    def check_all_claimed(self) -> int:
        """Every fact stands in the lesson nearest to it; returns how many facts there are."""
        facts = 0
        for source, tests in self.tests.items():
            if not _FACTS_SOURCE.fullmatch(source):
                continue
            facts += len(tests)
            lessons = self._lessons_of(source)
            for lesson in lessons:
                for _, test, line in tests:
                    if (source, test) not in self.claimed[lesson]:
                        self.tree.fault(source, line, f"no claim in {lesson} links to {test}")
        return facts

    def _lessons_of(self, source: str) -> list[str]:
        """The lessons, one for each language, in the nearest folder above that has any."""
        folder = posixpath.dirname(source)
        while folder:
            lessons = [path for path in self.claimed if posixpath.dirname(path) == folder]
            if lessons:
                return lessons
            folder = posixpath.dirname(folder)
        return []


def _last_cell(row: str) -> str:
    return row.rstrip().removesuffix("|").rsplit("|", 1)[-1]
