"""The pages in their order, and the addresses that replace links between files."""

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote

from checks.exercises import exercises_of
from checks.facts import Facts
from checks.links import resolve
from checks.markdown import Document
from checks.tree import KOREAN_ENDING, Tree, english_of

from generator.language import ENGLISH, Language
from generator.markup import words_of

# The pages to read after the lessons, in their order, and those to look things up in.
FURTHER = ["comparison/README.md", "docs/which-model.md", "docs/from-here.md", "docs/exercises.md",
           "docs/what-you-can-do.md"]
EVIDENCE = "docs/evidence.md"
LOOK_UP = ["docs/glossary.md", EVIDENCE]
# The lessons of a chapter: 5, 5b, 5c.
LETTERS = ("", *"bcdef")
# Pages with a table to look things up in, and the kind of its rows.
ROWS = {"docs/glossary.md": "term", "docs/from-here.md": "like"}


@dataclass(frozen=True)
class Page:
    path: str    # the Markdown file
    id: str      # its file, ID.html
    title: str
    number: str  # a lesson's number; empty for all others
    kind: str    # one of: front, lesson, further, look-up, details, exercise, about

    @property
    def address(self) -> str:
        return f"{self.id}.html"

    @property
    def english(self) -> str:
        """The English file, by which pages are known in every language."""
        return english_of(self.path)

    @property
    def numbered(self) -> str:
        return f"{self.number} · {self.title}" if self.number else self.title


class Pages:
    """All pages of a language that are made from Markdown."""

    def __init__(self, tree: Tree, documents: dict[str, Document], language: Language = ENGLISH):
        self.tree = tree
        self.documents = documents
        self.language = language
        self.facts = Facts(tree)
        self.exercises = exercises_of(tree)
        self.all = self._list()
        self.by_path = {page.english: page for page in self.all}
        self.anchors = {page.path: self._anchors_of(page) for page in self.all}
        self.others: list[Pages] = []  # those of the other languages

    def _list(self) -> list[Page]:
        pages = [self._page("README.md", "index", "front")]
        for chapter in self.tree.chapters:
            number = str(int(chapter[:2]))
            folders = [each for each in self.tree.lessons if f"{each}/".startswith(f"{chapter}/")]
            pages += [self._page(f"{folder}/README.md", f"lesson{number}{letter}", "lesson",
                                 number + letter) for letter, folder in zip(LETTERS, folders)]
        for paths, kind in ((FURTHER, "further"), (LOOK_UP, "look-up")):
            pages += [self._page(path, self._id_of(path), kind) for path in paths]
        # Its hints and its explanation are for the learner's console: a page would show them too soon.
        pages += [self._page(each.task, f"exercise-{each.number.replace('.', '-')}", "exercise")
                  for each in self.exercises]
        listed = {page.path for page in pages}
        pages += [self._page(path, self._id_of(path),
                             "details" if path.endswith("/details.md") else "about")
                  for path in sorted(self.documents)
                  if self.language.file_of(path) not in listed and "/exercises/" not in path
                  and not path.endswith(KOREAN_ENDING) and self.language.file_of(path) in self.documents]
        return pages

    # Those of the English page: so the same address leads to the same section in each language.
    # check_korean.py holds the headings to the order of the English ones.
    def _anchors_of(self, page: Page) -> list[str]:
        own, english = (self.documents[path].slugs for path in (page.path, page.english))
        if len(own) != len(english):
            self.tree.fault(page.path, 1, f"has {len(own)} headings, and {page.english} {len(english)}")
            return own
        return english

    @staticmethod
    def _id_of(path: str) -> str:
        """The id of a page, of letters, digits and - only, since Doxygen would rewrite others.

        Nor does a label of Doxygen's begin with a digit.
        """
        name = path.removesuffix(".md").removesuffix("/README").removeprefix("docs/")
        return re.sub(r"[^a-z0-9]+", "-", name.lower()).lstrip("0123456789-")

    def _page(self, path: str, name: str, kind: str, number: str = "") -> Page:
        path = self.language.file_of(path)
        title = words_of(self.documents[path].lines[0].removeprefix("# "))
        return Page(path, name, title, number, kind)

    def in_order(self) -> list[Page]:
        """The pages that previous and next lead through."""
        return [page for page in self.all if page.kind not in ("details", "exercise", "about")]

    def lesson_of(self, page: Page) -> Page | None:
        """The lesson whose details a page has, or to which an exercise belongs."""
        for exercise in self.exercises:
            if exercise.task == page.english:
                return self.by_path[exercise.lesson]
        if page.kind != "details":
            return None
        return self.by_path[f"{posixpath.dirname(page.path)}/README.md"]

    def address(self, document: Document, text: str, target: str) -> str:
        """The address, in the site, of a link in `document`.

        A source is `source:PATH` or `source:PATH#LINE`: only when Doxygen has run is it known how
        it calls that page (finish.py).
        """
        path = resolve(document, target)
        if path is None:
            return target
        anchor = unquote(target.partition("#")[2])
        for pages in (self, *self.others):
            if page := pages.page_of(path):
                return pages.place_from(self) + pages.address_of(page, anchor)
        line = self.facts.line_of(path, text)
        return f"source:{path}#{line}" if line else f"source:{path}"

    def page_of(self, path: str) -> Page | None:
        """The page of a file, or of the README of a folder."""
        readme = posixpath.normpath(f"{path}/README{self.language.suffix}")
        return next((page for page in self.all if page.path in (path, readme)), None)

    def place_from(self, other: "Pages") -> str:
        """What leads from a page of `other` to the folder of these pages."""
        return "" if other is self else other.language.to_root + self.language.folder

    def address_of(self, page: Page, anchor: str) -> str:
        """A heading's address, from its anchor in the file."""
        ours = dict(zip(self.documents[page.path].slugs, self.anchors[page.path]))
        return self.section(page, ours.get(anchor, anchor))

    @staticmethod
    def section(page: Page, anchor: str) -> str:
        """A heading's address. Doxygen wants anchors to be unique in the whole site."""
        return f"{page.address}#{page.id}-{anchor}" if anchor else page.address
