"""The rows of docs/evidence/CHAPTER.toml: the evidence of each fact besides its own test.

docs/writing-lessons.md describes the files. docs/evidence/sources.toml says where the public tests
are, and what Microsoft's pages are called. docs/evidence/korean.toml has the Korean words of notes.
"""

import posixpath
import re
import tomllib
from dataclasses import dataclass, field

from checks.calls import MICROSOFT, all_calls
from checks.facts import Fact
from checks.tree import Tree, hint

FOLDER = "docs/evidence"
SOURCES = f"{FOLDER}/sources.toml"
KOREAN = f"{FOLDER}/korean.toml"

_PUBLIC_TEST = re.compile(r"(?P<suite>[\w.-]+) (?P<path>[^\s/#][^\s#]*) (?P<test>\S.*)")
# Microsoft's page of a function, nf-HEADER-NAME, or of an extension, nc-HEADER-lpfn_NAME.
_CALL_PAGE = re.compile(r"/n[fc]-\w+-(?:lpfn_)?(?P<name>\w+)$")
_ROW = re.compile(r"\[([\w.]+)\]")
_NO_NOTE = re.compile(r"[|\n<>]")


def korean_words(tree: Tree) -> dict[str, dict[str, str]]:
    """The Korean words of notes, and of the reasons why runs skip a test, each by the English text."""
    found: dict[str, dict[str, str]] = {"notes": {}, "reasons": {}}
    for name, table in ((_read(tree, KOREAN) if KOREAN in tree.files else None) or {}).items():
        if name not in found or not isinstance(table, dict):
            tree.fault(KOREAN, 1, f"{name}: there are two tables, [notes] and [reasons]")
            continue
        found[name] = table
        for text, words in table.items():
            if not isinstance(words, str) or not words.strip() or _NO_NOTE.search(words):
                tree.fault(KOREAN, 1, f'"{text}": its Korean words are one line, without | and < and >')
    return found


def _read(tree: Tree, path: str) -> dict | None:
    try:
        return tomllib.loads(tree.read(path))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        tree.fault(path, int(line[1]) if line else 1, f"no TOML: {error}")
        return None


@dataclass(frozen=True)
class Reference:
    """A link to a statement of somebody else's. Its words are Markdown."""
    words: str
    url: str

    def __str__(self) -> str:
        return f"[{self.words}]({self.url})"


@dataclass
class Row:
    """One row of a chapter's file."""
    asserted: list[Reference] = field(default_factory=list)
    documented: list[Reference] = field(default_factory=list)
    note: str = ""


class Evidence:
    """The rows of all facts; reports their faults to the tree."""

    def __init__(self, tree: Tree, facts: list[Fact]):
        self.tree = tree
        sources = (_read(tree, SOURCES) if SOURCES in tree.files else None) or {}
        self.suites: dict[str, dict[str, str]] = sources.get("suites", {})
        self.pages: dict[str, str] = sources.get("pages", {})
        self.calls = {name.lower(): name for name in all_calls(tree)}
        self.rows: dict[str, Row] = {}  # by "suite.Test"
        self.lines: dict[str, int] = {}  # the line of each row in its file
        self._check_sources()
        for path in tree.files:
            if (posixpath.dirname(path) == FOLDER and path.endswith(".toml")
                    and path not in (SOURCES, KOREAN)
                    and posixpath.basename(path)[:-len(".toml")] not in tree.chapters):
                tree.fault(path, 1, "there is no such chapter")
        for chapter in tree.chapters:
            self._read_chapter(chapter, [fact for fact in facts if fact.chapter == chapter])

    def _check_sources(self) -> None:
        for name, suite in self.suites.items():
            if not str(suite.get("address", "")).startswith("https://") or "name" not in suite:
                self.tree.fault(SOURCES, 1, f"{name}: a suite has a name and an address, https")
        for url in self.pages:
            if not url.startswith(MICROSOFT):
                self.tree.fault(SOURCES, 1, f"{url}: a page of Microsoft's begins with {MICROSOFT}")

    def _read_chapter(self, chapter: str, facts: list[Fact]) -> None:
        path = f"{FOLDER}/{chapter}.toml"
        if path not in self.tree.files:
            if facts:
                self.tree.fault(path, 1, f"missing: what is known of the facts of {chapter}")
            return
        if (content := _read(self.tree, path)) is None:
            return
        found = {f"{suite}.{test}": row for suite, tests in content.items()
                 for test, row in (tests.items() if isinstance(tests, dict) else [("", tests)])}
        self.lines |= {match[1]: number for number, line
                       in enumerate(self.tree.read(path).split("\n"), 1)
                       if (match := _ROW.match(line.strip()))}
        names = [fact.name for fact in facts]
        for name, row in found.items():
            if name in names:
                self.rows[name] = self._row(path, name, row)
            else:
                self._fault(path, name, f"no fact of {chapter} is called {name}{hint(name, names)}")
        for fact in facts:
            if fact.name not in found:
                self.tree.fault(fact.source, fact.line, f"no row [{fact.name}] in {path}")

    def _fault(self, path: str, name: str, message: str) -> None:
        self.tree.fault(path, self.lines.get(name, 1), message)

    def _row(self, path: str, name: str, content) -> Row:
        row = Row()
        if not isinstance(content, dict):
            self._fault(path, name, f"{name} is no table")
            return row
        for key, value in content.items():
            if key == "note" and isinstance(value, str):
                row.note = value.strip()
                if _NO_NOTE.search(row.note):
                    self._fault(path, name, "a note is one line, without | and < and >")
            elif key not in ("asserted", "documented"):
                self._fault(path, name, f"{key}: a row has asserted, documented and a note of text")
            elif not isinstance(value, list) or not all(isinstance(text, str) for text in value):
                self._fault(path, name, f"{key} is a list of texts")
            else:
                read = self._public_test if key == "asserted" else self._page
                for reference in map(read, value):
                    if isinstance(reference, Reference):
                        getattr(row, key).append(reference)
                    else:
                        self._fault(path, name, reference)
        return row

    def _public_test(self, text: str) -> Reference | str:
        """The link to a public test, or what is wrong with it."""
        match = _PUBLIC_TEST.fullmatch(text)
        if not match:
            return f'"{text}": write this as "wine dlls/ws2_32/tests/sock.c test_recv"'
        suite = self.suites.get(match["suite"])
        if suite is None:
            return f"{SOURCES} knows no suite {match['suite']}{hint(match['suite'], self.suites)}"
        return Reference(f"{suite['name']}: {posixpath.basename(match['path'])}, {match['test']}",
                         suite["address"] + match["path"])

    def _page(self, url: str) -> Reference | str:
        """The link to a page of Microsoft's, or what is wrong with it."""
        if not url.startswith(MICROSOFT) or re.match(r"[a-z]{2}-[a-z]{2}/", url[len(MICROSOFT):]):
            return f"{url}: a page of Microsoft's begins with {MICROSOFT}, and names no language"
        page = re.split(r"[?#]", url)[0].rstrip("/")
        match = _CALL_PAGE.search(page)
        # The page of CreateFileW may be called createfilew, and that of WSASocketW wsasocketw.
        call = match and (self.calls.get(match["name"].lower())
                          or self.calls.get(f"{match['name'].lower()}w"))
        words = self.pages.get(page) or (call and f"`{call}`")
        return Reference(words, url) if words else f"{url}: {SOURCES} has no title of this page"
