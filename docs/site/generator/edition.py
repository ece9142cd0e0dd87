"""The pages of one language: their texts, as Doxygen takes them."""

import re
from pathlib import Path

from checks.markdown import Document
from checks.snippets import Snippets
from checks.tree import Tree

from generator.calls import Calls
from generator.figures import Figures
from generator.language import Language
from generator.lesson import Lesson
from generator.pages import Pages

_SOURCE = re.compile(r'"source:([^"#]*)')


class Edition:
    def __init__(self, tree: Tree, documents: dict[str, Document], language: Language):
        self.language = language
        self.pages = Pages(tree, documents, language)
        self.figures = Figures(tree, language)
        self.texts: dict[str, str] = {}  # by the name of the page

    def make(self, snippets: Snippets) -> None:
        """Makes the texts; the pages of all languages are known by then, so that they link to each other."""
        pages = self.pages
        self.texts = {page.id: Lesson(page, pages, snippets, self.figures).text() for page in pages.all}
        for page in pages.all:
            snippets.check(pages.documents[page.path], page.kind in ("front", "lesson", "details"))
        self.calls = Calls(pages)
        self.texts |= self.calls.texts()

    def linked_files(self) -> set[str]:
        """The files, and folders, to which the pages lead."""
        return {path.rstrip("/") for text in self.texts.values() for path in _SOURCE.findall(text)}

    def write(self, folder: Path) -> None:
        for name, text in self.texts.items():
            (folder / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
