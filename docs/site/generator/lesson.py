"""One Markdown file as a page for Doxygen.

Headings and our own C++ go to Doxygen as Markdown: so it makes the table of contents, and links
names in the code to the reference. All else goes as the HTML that it is to be.
"""

import html
import re

from checks.frame import head_of
from checks.markdown import Document
from checks.snippets import FREE_LANGUAGES, MARKER, Snippets

from generator import diagrams
from generator.figures import Figures
from generator.markup import Markup, listing, raw, words_of
from generator.pages import ROWS, Page, Pages

# Lines for which the page has a button: to the next lesson, and to the other language.
_BUTTON = re.compile(r"(?:(?:Next|다음): \[[^\[\]]*\]|\[(?:English|한국어)\])\([^()]*\)\.?")
_MARK = re.compile(r"<!-- en: .* -->")  # below a heading; docs/checks/korean.py


class Lesson:
    def __init__(self, page: Page, pages: Pages, snippets: Snippets, figures: Figures):
        self.page = page
        self.pages = pages
        self.snippets = snippets
        self.language = pages.language
        self.document: Document = pages.documents[page.path]
        self.figures = figures
        self.markup = Markup(self._address, self._picture, ROWS.get(page.english, ""), page.id)

    def _address(self, text: str, target: str) -> str:
        return self.pages.address(self.document, text, target)

    def _picture(self, words: str, target: str) -> str:
        return self.figures.figure(self.document, words, target, small=self.page.kind == "front")

    def text(self) -> str:
        """The page, for Doxygen."""
        document = self.document
        label = "mainpage" if self.page.kind == "front" else self.page.id
        slugs = iter(self.pages.anchors[self.page.path])
        out = [f"# {_plain(self.page.numbered)} {{#{label}}}", ""]
        next(slugs)
        prose: list[str] = []
        number = 2
        head, number = self._head(number)
        if self.page.kind == "front":
            out.append(raw(self._hero()))
        elif self.page.kind != "look-up":
            out.append("[TOC]\n")
        out += head
        blocks = {block.first: block for block in document.blocks}
        while number <= len(document.lines):
            line = document.lines[number - 1]
            if block := blocks.get(number):
                self._flush(prose, out)
                out.append(self._block(block))
                number = block.last
            elif number in document.headings:
                self._flush(prose, out)
                level = len(line) - len(line.lstrip("#"))
                out.append(self._heading(level, document.headings[number], next(slugs)))
            elif marker := MARKER.fullmatch(line):
                self._flush(prose, out)
                out.append(self._caption(marker))
            elif not _BUTTON.fullmatch(line) and not _MARK.fullmatch(line):
                prose.append(line)
            number += 1
        self._flush(prose, out)
        out.append(raw(self._ways_on()))
        return "\n".join(out)

    # The five models, played; the buttons to begin with, and a note that shows when chapter 5's server
    # serves the site.
    def _hero(self) -> str:
        order = self.pages.in_order()
        links = [(order[1], self.language.start)] + [
            (page, page.title) for page in self.pages.all
            if page.english in ("docs/which-model.md", "docs/glossary.md")]
        buttons = "".join(f'<a href="{page.address}">{html.escape(words)}</a>'
                          for page, words in links)
        played = self.figures.together([
            (chapter, self.pages.by_path[f"{chapter}/README.md"].address)
            for chapter in self.pages.tree.chapters], self.language.scenario)
        return (f'{played}<p class="served" hidden>{self.language.served}</p>'
                f'<div class="hero">{buttons}</div>')

    # Doxygen's headings go into the tree of pages: too much for a page without a table of contents.
    def _heading(self, level: int, text: str, slug: str) -> str:
        name = f"{self.page.id}-{slug}"
        if self.page.kind in ("front", "look-up"):
            return raw(f'<h{level} id="{name}">{self.markup.inline(text)}</h{level}>')
        return f"{'#' * level} {_plain(words_of(text))} {{#{name}}}\n"

    def _flush(self, prose: list[str], out: list[str]) -> None:
        if any(line.strip() for line in prose):
            text = self.markup.blocks("\n".join(prose))
            out.append(raw(f'<div class="{self.page.kind}">{text}</div>'))
        prose.clear()

    # The bullets at the head of a lesson: its aim, its prerequisites, its time, and so on.
    def _head(self, number: int) -> tuple[list[str], int]:
        if self.page.kind != "lesson":
            return [], number
        rows = []
        parts = head_of(self.document)
        assert parts, f"{self.page.path}: has no head"
        for part in parts:
            items = "".join(f"<li>{self.markup.inline(item)}</li>" for item in part.items)
            text = self.markup.inline(part.text) + (f"<ol>{items}</ol>" if items else "")
            rows.append(f"<div><dt>{html.escape(part.name)}</dt><dd>{text}</dd></div>")
        return [raw('<dl class="lesson-head">' + "".join(rows) + "</dl>")], parts[-1].last + 1

    def _block(self, block) -> str:
        if block.language == "mermaid":
            try:
                drawn = diagrams.draw(block.lines, lambda target: self._address("", target), self.language)
            except diagrams.DiagramError as error:
                self.pages.tree.fault(self.page.path, block.first, str(error))
                return ""
            return raw(f'<div class="figure diagram-box" tabindex="0">{drawn}</div>')
        if block.language in FREE_LANGUAGES or not block.language:
            return raw(listing(block.lines, block.language or "text"))
        return "\n".join([f"```{block.language}", *block.lines, "```", ""])

    # The line above quoted code, a link to its place in the source.
    def _caption(self, marker: re.Match) -> str:
        document = self.document
        file = marker["file"]
        path = file[1:] if file.startswith("/") else self.pages.address(
            document, "", file).removeprefix("source:")
        line = self.snippets.lines[path, marker["region"]] + 1
        return raw(f'<div class="quoted"><a href="source:{path}#{line}">{html.escape(path)}</a>'
                    "</div>")

    def _ways_on(self) -> str:
        words = self.language
        if lesson := self.pages.lesson_of(self.page):
            return (f'<nav class="ways-on" aria-label="{words.back}"><a class="previous" '
                    f'href="{lesson.address}"><span>{words.back_to}</span> '
                    f"{html.escape(lesson.numbered)}</a></nav>")
        order = self.pages.in_order()
        if self.page not in order:
            return ""
        at = order.index(self.page)
        links = []
        for name, word, place in (("previous", words.previous, at - 1), ("next", words.next, at + 1)):
            if 0 <= place < len(order):
                other = order[place]
                links.append(f'<a class="{name}" rel="{name[:4]}" href="{other.address}">'
                             f"<span>{word}</span> {html.escape(other.numbered)}</a>")
        return f'<nav class="ways-on" aria-label="{words.previous_and_next}">{"".join(links)}</nav>'


def _plain(text: str) -> str:
    """Words of a heading, escaped for Doxygen."""
    return re.sub(r"([\\@#%$&<>])", r"\\\1", text)
