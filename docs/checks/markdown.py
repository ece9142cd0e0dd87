"""Just enough of a Markdown parser for the checks: fenced blocks, headings, links, code spans."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field

_FENCE = re.compile(r"(?P<prefix>[\s>]*)(?P<fence>`{3,}|~{3,})\s*(?P<language>[^\s`]*)[^`]*")
_HEADING = re.compile(r" {0,3}(?P<level>#{1,6})\s+(?P<text>.*?)(?:\s+#+)?\s*")
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SPAN = re.compile(r"(?<![`\\])(?P<ticks>`+)(?!`)(?P<text>(?:(?!\n\s*\n).)+?)(?<!`)(?P=ticks)(?!`)",
                   re.DOTALL)
_BRACKETS = r"\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]"
_INLINE_LINK = re.compile(r"(?<!\\)" + _BRACKETS + r"\(\s*(?P<target><[^>\n]*>|"
                          r"(?:[^\s()]|\([^\s()]*\))*)(?:\s+\"[^\"]*\"|\s+'[^']*')?\s*\)")
_REFERENCE_LINK = re.compile(r"(?<![\\\]])" + _BRACKETS + r"(?:\[(?P<label>[^\[\]]*)\])?(?![(\[])")
_DEFINITION = re.compile(r"^ {0,3}\[(?P<label>[^\[\]]+)\]:[ \t]*(?P<target>\S+).*$", re.MULTILINE)
_AUTOLINK = re.compile(r"<(?P<target>[A-Za-z][A-Za-z+.-]*:[^\s<>]*)>")
_HTML_LINK = re.compile(r"<[A-Za-z][^<>]*?\s(?:href|src|srcset)=[\"'](?P<target>[^\"'\s]*)")
_HTML_ANCHOR = re.compile(r"<[A-Za-z][^<>]*?\s(?:id|name)=[\"']([^\"']+)[\"']")


@dataclass
class Block:
    """A fenced block: `first` and `last` are the line numbers of its fences."""
    first: int
    language: str
    prefix: str  # what stands before the fence: the indent of a list item, or a quote's `> `
    fence: str
    lines: list[str] = field(default_factory=list)
    last: int = 0  # 0: the closing fence is missing


@dataclass(frozen=True)
class Link:
    line: int
    start: int  # where the link begins and ends in the document's text
    end: int
    text: str
    target: str | None  # None: [text][label] with a label that is not defined


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
        self.headings: dict[int, str] = {}  # line number: text
        prose = self._read_blocks()
        # Comments and the inside of code spans hold no links. Masked, not cut: offsets stay.
        prose = _COMMENT.sub(_mask, prose)
        self.spans = [Span(self.line_of(match.start()), match.start(), match["text"])
                      for match in _SPAN.finditer(prose)]
        self.prose = _SPAN.sub(lambda match: "`" + _mask(match)[1:-1] + "`", prose)
        self.links = sorted(self._read_links(), key=lambda link: link.start)
        self.anchors = self._read_anchors()

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

    def _read_links(self):
        definitions = {}
        for match in _DEFINITION.finditer(self.prose):
            definitions[self._group(match, "label").lower()] = match["target"]
            yield self._link(match, "", match["target"])
        self.prose = _DEFINITION.sub(_mask, self.prose)
        for pattern in (_AUTOLINK, _HTML_LINK):
            for match in pattern.finditer(self.prose):
                yield self._link(match, "", match["target"])
        yield from self._inline_links(0, len(self.prose))
        for match in _REFERENCE_LINK.finditer(self.prose):
            text = self._group(match, "text")
            label = self._group(match, "label")
            target = definitions.get((label or text).lower())
            # [x] alone is a link only when x is defined; [words][x] is meant to be one.
            if target or match["label"] is not None:
                yield self._link(match, text, target)

    def _inline_links(self, start: int, end: int):
        for match in _INLINE_LINK.finditer(self.prose, start, end):
            yield self._link(match, self._group(match, "text"), match["target"].strip("<>"))
            # The image of [![words](picture)](target).
            yield from self._inline_links(match.start("text"), match.end("text"))

    def _group(self, match: re.Match, name: str) -> str:
        """What the document says where `match`, made in the masked prose, has its group."""
        return self.text[match.start(name):match.end(name)] if match[name] is not None else ""

    def _link(self, match: re.Match, text: str, target: str | None) -> Link:
        return Link(self.line_of(match.start()), match.start(), match.end(), text, target)

    def _read_anchors(self) -> set[str]:
        anchors = set(_HTML_ANCHOR.findall(self.prose))
        seen: dict[str, int] = {}
        for text in self.headings.values():
            first = slug = slug_of(text)
            while slug in seen:
                seen[first] += 1
                slug = f"{first}-{seen[first]}"
            seen[slug] = 0
        return anchors | set(seen)


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
