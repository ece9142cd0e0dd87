"""A page for each call of Windows that the lessons speak of, so that the search finds it.

It says where the lessons explain the call, which of our lines make it, and where Microsoft
describes it. The last is what the lessons link to: check_calls() sees to it that each does so on
first use.
"""

import html

from checks import cpp
from checks.calls import CALL, MICROSOFT, all_calls, check_calls
from checks.markdown import Document

from generator.language import Language
from generator.markup import page_of, words_of
from generator.pages import EVIDENCE, Page, Pages


class Calls:
    def __init__(self, pages: Pages):
        self.pages = pages
        self.words: Language = pages.language
        self.known = all_calls(pages.tree)
        self.uses = {path: cpp.system_calls(pages.tree.read(path)) for path in pages.tree.files
                     if path.endswith(cpp.SUFFIXES) and "/exercises/" not in path}
        self.urls: dict[str, str] = {}
        self.places: dict[str, list[tuple[Page, int]]] = {}  # a page and a heading's line, in order
        for page in pages.all:
            # The evidence repeats the lessons' claims, and explains no call.
            if page.kind not in ("about", "exercise") and page.english != EVIDENCE:
                self._read(page, pages.documents[page.path])

    def _read(self, page: Page, document: Document) -> None:
        check_calls(self.pages.tree, document, self.known)
        for link in document.links:
            name = CALL.fullmatch(link.text.strip("`"))
            if name and link.text.startswith("`") and (link.target or "").startswith(MICROSOFT):
                self._note_url(self._full(name["name"]), link.target)
        for span in document.spans:
            name = CALL.fullmatch(span.text.strip())
            if name and self._full(name["name"]) in self.known:
                self._note_place(self._full(name["name"]), page, document, span.line)

    def _full(self, name: str) -> str:
        return name + "W" if name + "W" in self.known else name

    # Takes pages of functions only; others describe structures, or are chapters of the manual.
    def _note_url(self, name: str, url: str) -> None:
        if "/nf-" in url:
            self.known.add(name)
            self.urls.setdefault(name, url)

    def _note_place(self, name: str, page: Page, document: Document, line: int) -> None:
        heading = max((each for each in document.headings if each <= line), default=1)
        places = self.places.setdefault(name, [])
        if (page, heading) not in places:
            places.append((page, heading))

    def names(self) -> list[str]:
        """The names of all calls that have a page."""
        return sorted(self.urls, key=str.lower)

    def texts(self) -> dict[str, str]:
        """The pages for Doxygen: their texts by name."""
        names = self.names()
        rows = "".join(
            f'<tr><td><a href="{id_of(name)}.html"><code>{name}</code></a></td>'
            f"<td>{self._place_link(*self.places[name][0])}</td></tr>"
            for name in names)
        words = self.words
        table = (f"<p>{words.calls_lead}</p>"
                 '<div class="table" tabindex="0"><table class="markdownTable"><thead><tr>'
                 f"<th>{words.call}</th><th>{words.first_in}</th></tr></thead>"
                 f"<tbody>{rows}</tbody></table></div>")
        index = {"calls": page_of(words.calls, "calls", table)}
        return index | {id_of(name): self._text(name) for name in names}

    def _place_link(self, page: Page, heading: int) -> str:
        document = self.pages.documents[page.path]
        text = words_of(document.headings[heading])
        lines = list(document.headings)
        if heading == lines[0]:
            return f'<a href="{page.address}">{html.escape(page.numbered)}</a>'
        slug = self.pages.anchors[page.path][lines.index(heading)]
        return (f'<a href="{self.pages.section(page, slug)}">{html.escape(page.numbered)}: '
                f"{html.escape(text)}</a>")

    def _text(self, name: str) -> str:
        lessons = "".join(f"<li>{self._place_link(*place)}</li>" for place in self.places[name])
        code, tests = self._uses(name)
        microsoft = self.words.microsoft.format(f"<code>{name}</code>")
        parts = [f'<p><a href="{html.escape(self.urls[name])}">{microsoft}</a></p>'
                 f"<h2>{self.words.in_lessons}</h2><ul>{lessons}</ul>"]
        for heading, uses in ((self.words.in_code, code), (self.words.in_tests, tests)):
            if uses:
                parts.append(f'<h2>{heading}</h2><ul class="uses">{"".join(uses)}</ul>')
        return page_of(name, id_of(name), "".join(parts))

    def _uses(self, name: str) -> tuple[list[str], list[str]]:
        code, tests = [], []
        for path, calls in self.uses.items():
            if lines := [line for call, line in calls if call == name]:
                links = ", ".join(f'<a href="source:{path}#{line}">{line}</a>' for line in lines)
                target = tests if "/tests/" in path or "/testing/" in path else code
                target.append(f"<li>{self.words.uses.format(f'<code>{path}</code>', links)}</li>")
        return code, tests


def id_of(name: str) -> str:
    """The name of a call's page."""
    return f"call-{name.lower()}"
