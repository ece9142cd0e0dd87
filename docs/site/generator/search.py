"""Adds titles, headings and terms to Doxygen's search, which finds names in the code.

Doxygen looks for names that begin as what one types. So a title is entered once for each of its
words: "completion ports" is found by "port", too.
"""

import ast
import html
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from checks.markdown import Document
from checks.tables import cells_of, tables_of

from generator.markup import key_of, row_id, words_of
from generator.pages import EVIDENCE, ROWS, Page, Pages

_SMALL_WORDS = frozenset("a an and are as at be by for how in is it its no not of on or that the "
                         "this to what when where which who why with".split())
_WORD = re.compile(r"(?<!\S)[\"'(]*(?P<word>\S+)")
_NUMBER = re.compile(r"\d+\.")
_INDEX = re.compile(r"var indexSection(?:sWithContent|Names) =\s*\{(.*?)\}", re.DOTALL)
_LANGUAGES = ("한국어", "영어")  # the heads of columns with the same words in the other language
_LETTERS = re.compile(r'(\d+): "([^"]*)"')


@dataclass(frozen=True)
class Entry:
    """An entry that is found by its words, from the first of them on."""
    words: str
    label: str
    address: str
    place: str  # the grey words behind the label


def terms(pages: Pages) -> list[Entry]:
    """The titles of pages, the rows of those tables that one looks things up in, and the facts."""
    found = [entry for page in pages.all if page.kind in ("lesson", "further", "look-up", "exercise")
             for entry in _by_each_word(page.title, page.title, page.address,
                                        pages.language.lesson.format(page.number)
                                        if page.number else "")]
    for path, kind in ROWS.items():
        if page := pages.by_path.get(path):
            found += _rows(page, pages.documents[page.path], kind)
    if evidence := pages.by_path.get(EVIDENCE):
        found += [Entry(fact.test, fact.test, pages.section(evidence, fact.name), evidence.title)
                  for fact in pages.facts.all()]
    return found


def headings(pages: Pages) -> list[Entry]:
    """The headings of lessons and of the pages after them, less those that each lesson has."""
    read = [page for page in pages.all if page.kind in ("lesson", "further")]
    count = Counter(text for page in read for text in pages.documents[page.path].headings.values())
    return [entry for page in read
            for text, slug in list(zip(pages.documents[page.path].headings.values(),
                                       pages.anchors[page.path]))[1:] if count[text] <= 2
            for entry in _by_each_word(words_of(text), words_of(text), pages.section(page, slug),
                                       page.numbered)]


def _rows(page: Page, document: Document, kind: str) -> list[Entry]:
    found = []
    for heads, cells in ((cells_of(document.lines[table.head - 1]), cells_of(document.lines[number - 1]))
                         for table in tables_of(document) for number in table.rows):
        first, second = cells[:2]
        label = names = words_of(first)
        if heads[1] in _LANGUAGES:
            label, names = f"{label} · {second}", f"{names}, {second}"
        address = f"{page.address}#{row_id(kind, key_of(heads, cells))}"
        for name in filter(str.strip, re.split(r"[,()]", names)):
            found += _by_each_word(name.strip(), label, address, page.title)
    return found


def _by_each_word(words: str, *rest: str) -> list[Entry]:
    starts = [match for match in _WORD.finditer(words) if not _NUMBER.fullmatch(match["word"])]
    return [Entry(words[match.start("word"):], *rest) for at, match in enumerate(starts)
            if at == 0 or match["word"].lower() not in _SMALL_WORDS]


class Search:
    """Doxygen's index, with a script for each first letter."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.data = folder / "searchdata.js"

    def add(self, first: list[Entry], last: list[Entry]) -> None:
        """`first` stands above the names of the code, `last` below them."""
        text = self.data.read_text(encoding="utf-8")
        index, names = _INDEX.findall(text)
        letters = dict(_LETTERS.findall(index))
        for number, name in _LETTERS.findall(names):
            ours = (first, last) if name in ("all", "pages") else ([], [])
            letters[number] = self._section(name, letters[number], *ours)
        lines = ",\n".join(f'  {number}: "{each}"' for number, each in letters.items())
        self.data.write_text(text.replace(index, f"\n{lines}\n"), encoding="utf-8")

    def _section(self, name: str, letters: str, first: list[Entry], last: list[Entry]) -> str:
        for letter in sorted({each.words[0].lower() for each in first + last} - set(letters)):
            letters += letter
        for at, letter in enumerate(letters):
            script = self.folder / f"{name}_{at:x}.js"
            rows = _each_place(ast.literal_eval(script.read_text(encoding="utf-8").split("=", 1)[1]
                                                .strip(" ;\n"))) if script.exists() else []
            above, below = _rows_of(first, letter), _rows_of(last, letter)
            known = {(key, place[0]) for key, (_, place) in above}
            rows = above + [(key, [label, place]) for key, (label, place) in rows
                            if (key, place[0]) not in known] + below
            written = ",\n".join("  " + json.dumps([f"{key}_{number}", found], ensure_ascii=False)
                                 for number, (key, found) in enumerate(rows))
            script.write_text(f"var searchData=\n[\n{written}\n];\n", encoding="utf-8")
            self._page(script)
        return letters

    # Doxygen up to 1.9.4 has a page for each script.
    def _page(self, script: Path) -> None:
        page, pattern = script.with_suffix(".html"), self.folder / "all_0.html"
        if pattern.exists() and not page.exists():
            page.write_text(pattern.read_text(encoding="utf-8").replace("all_0.js", script.name),
                            encoding="utf-8")


def _rows_of(entries: list[Entry], letter: str) -> list[tuple[str, list]]:
    rows = {}
    for each in entries:
        if each.words[0].lower() == letter:
            rows.setdefault((_key(each.words), each.address), [
                html.escape(each.label), [f"../{each.address}", 1, html.escape(each.place)]])
    return [(key, found) for (key, _), found in sorted(rows.items())]


# Doxygen folds all places of a name into one line, which does not tell them apart.
def _each_place(rows: list) -> list[tuple[str, list]]:
    return [(key.rpartition("_")[0], [found[0], [address, here, _folder(address, *scope)]])
            for key, found in rows for address, here, *scope in found[1:]]


def _folder(address: str, scope: str = "") -> str:
    """The folder of a file, which Doxygen would place in the global namespace."""
    if scope != "(Global Namespace)":
        return scope
    path = re.sub("__|_2|_8", lambda match: {"__": "_", "_2": "/", "_8": "."}[match[0]], address)
    return path.removeprefix("../").rpartition("/")[0]


def _key(words: str) -> str:
    """`words` as the search's script encodes what is typed."""
    return "".join(char if re.match(r"[a-z0-9\u0080-\uffff]", char) else f"_{ord(char):02x}"
                   for char in words.lower())
