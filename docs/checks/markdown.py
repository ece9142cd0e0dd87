"""Parses the Markdown that the checks and the site need: blocks, headings, spans in a line."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field

from checks.tree import Tree

_FENCE = re.compile(r"(?P<prefix>[\s>]*)(?P<fence>`{3,}|~{3,})\s*(?P<language>[^\s`]*)[^`]*")
_HEADING = re.compile(r" {0,3}(?P<level>#{1,6})\s+(?P<text>.*?)(?:\s+#+)?\s*")
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# Where a link leads, with the end of its text before it.
TARGET = re.compile(r"\]\([^()]*(?:\([^()]*\)[^()]*)*\)")
_BRACKETS = r"!?\[(?P<{}>(?:[^\[\]]|\[[^\[\]]*\])*)\]"
# The spans in a line, as a pattern for re.DOTALL: escapes, code, links (an image is a link with a `!`
# before it), addresses and tags. Emphasis is not among them, since it contains spans.
SPANS = (r"(?P<escaped>\\[!-/:-@\[-`{-~])"
         r"|(?P<ticks>`+)(?P<code>(?:(?!\n\s*\n).)+?)(?<!`)(?P=ticks)(?!`)"
         r"|" + _BRACKETS.format("text") + r"\(\s*(?P<target><[^>\n]*>|(?:[^\s()]|\([^\s()]*\))*)"
         r"(?:\s+\"[^\"]*\"|\s+'[^']*')?\s*\)"
         r"|" + _BRACKETS.format("words") + r"(?:\[(?P<label>[^\[\]]*)\])?(?![(\[])"
         r"|<(?P<url>[A-Za-z][A-Za-z+.-]*:[^\s<>]*)>"
         r"|(?P<tag></?[A-Za-z][^<>]*>)")
_SPANS = re.compile(SPANS, re.DOTALL)
_DEFINITION = re.compile(r"^ {0,3}\[(?P<label>[^\[\]]+)\]:[ \t]*(?P<target>\S+).*$", re.MULTILINE)
_HTML_LINK = re.compile(r"\s(?:href|src|srcset)=[\"']([^\"'\s]*)")
_HTML_ANCHOR = re.compile(r"\s(?:id|name)=[\"']([^\"']+)[\"']")


@dataclass
class Block:
    """A fenced block: `first` and `last` are the line numbers of its fences."""
    first: int
    language: str
    prefix: str  # the text before the fence: the indent of a list item, or a quote's `> `
    fence: str
    lines: list[str] = field(default_factory=list)
    last: int = 0  # 0 when the closing fence is missing


@dataclass(frozen=True)
class Link:
    line: int
    start: int  # first offset and end of the link in the document's text
    end: int
    text: str
    target: str | None  # None for [text][label] with a label that is not defined


@dataclass(frozen=True)
class Span:
    line: int
    start: int
    text: str


class Document:
    """One parsed file. All line numbers start at 1."""

    def __init__(self, path: str, text: str):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.blocks: list[Block] = []
        self.indented: list[int] = []  # the first line of each block of code without a fence
        self.headings: dict[int, str] = {}  # by line number
        # Comments hold no span. They are masked, not cut, so that offsets stay.
        self.prose = COMMENT.sub(_mask, self._read_blocks())
        self.slugs = _slugs_of(self.headings.values())  # the anchor of each heading
        self.anchors = set(self.slugs)
        self.spans: list[Span] = []
        self.links: list[Link] = []
        self._definitions = self._read_definitions()
        self._read_spans(0, len(self.prose))
        self.links.sort(key=lambda link: link.start)

    def line_of(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def _read_blocks(self) -> str:
        """Fills blocks, indented and headings; returns the text with the blocks blanked."""
        prose = []
        block = None
        in_list = in_indented = in_comment = False
        before = ""
        for number, line in enumerate(self.lines, 1):
            fence = None if in_comment else _FENCE.fullmatch(line)
            if block:
                if (fence and not fence["language"] and fence["fence"].startswith(block.fence)):
                    block.last = number
                    block = None
                else:
                    block.lines.append(line)
                prose.append(" " * len(line))
                continue
            if fence:
                block = Block(number, fence["language"].lower(), fence["prefix"], fence["fence"])
                self.blocks.append(block)
                prose.append(" " * len(line))
                before = ""
                continue
            if line.strip() and not line[0].isspace():
                in_list = bool(_LIST_ITEM.match(line))
            indented = (bool(re.match(r" {4}|\t", line)) and not in_list and not in_comment
                        and (in_indented or not before.strip()))
            if indented and not in_indented:
                self.indented.append(number)
            in_indented = indented or (in_indented and not line.strip())
            if not in_comment and not indented and (heading := _HEADING.fullmatch(line)):
                self.headings[number] = heading["text"]
            opened, closed = line.rfind("<!--"), line.rfind("-->")
            if opened != closed:
                in_comment = opened > closed
            prose.append(" " * len(line) if indented else line)
            before = line
        return "\n".join(prose)

    def _read_definitions(self) -> dict[str, str]:
        """The targets of labels. Counts a definition as a link, and blanks it in the prose."""
        definitions = {}
        for match in _DEFINITION.finditer(self.prose):
            definitions[match["label"].lower()] = match["target"]
            self._add_link(match, "", match["target"])
        self.prose = _DEFINITION.sub(_mask, self.prose)
        return definitions

    def _read_spans(self, start: int, end: int) -> None:
        for match in _SPANS.finditer(self.prose, start, end):
            if match["code"]:
                self.spans.append(Span(self.line_of(match.start()), match.start(), match["code"]))
            elif match["target"] is not None:
                self._add_link(match, match["text"], match["target"].strip("<>"))
                self._read_spans(*match.span("text"))
            elif match["words"] is not None:
                target = self._definitions.get((match["label"] or match["words"]).lower())
                # [x] alone is a link only when x is defined; [words][x] is always meant as one.
                if target or match["label"] is not None:
                    self._add_link(match, match["words"], target)
                self._read_spans(*match.span("words"))
            elif match["url"]:
                self._add_link(match, "", match["url"])
            elif match["tag"]:
                self.anchors |= set(_HTML_ANCHOR.findall(match["tag"]))
                for target in _HTML_LINK.findall(match["tag"]):
                    self._add_link(match, "", target)

    def _add_link(self, match: re.Match, text: str, target: str | None) -> None:
        self.links.append(Link(self.line_of(match.start()), match.start(), match.end(), text, target))


def documents_of(tree: Tree) -> dict[str, Document]:
    """All Markdown files of the repository, by path."""
    return {path: Document(path, tree.read(path)) for path in tree.files if path.endswith(".md")}


def _slugs_of(headings) -> list[str]:
    """The anchors of headings; those that are alike get a number, as on GitHub."""
    seen: dict[str, int] = {}
    for text in headings:
        first = slug = slug_of(text)
        while slug in seen:
            seen[first] += 1
            slug = f"{first}-{seen[first]}"
        seen[slug] = 0
    return list(seen)


def slug_of(heading: str) -> str:
    """The anchor that GitHub gives a heading: letters of any script, digits, `_` and `-`."""
    text = re.sub(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", heading)
    text = re.sub(r"<[^<>]*>", "", text)
    text = re.sub(r"(?<!\w)(_{1,2})(\S.*?)\1(?!\w)", r"\2", text)
    kept = (char for char in text.strip().lower()
            if char in " -" or unicodedata.category(char).startswith(("L", "M", "Nd", "Nl", "Pc")))
    return "".join(kept).replace(" ", "-")


def _mask(match: re.Match) -> str:
    return re.sub(r"[^\n]", " ", match[0])
