"""A Korean page and its English one, compared section by section."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from checks.links import resolve
from checks.markdown import COMMENT, TARGET, Document
from checks.tree import KOREAN_ENDING, Tree, english_of, korean_of, number_of_text

_MARK = re.compile(r"<!-- en: (?P<anchor>[\w-]+)(?: (?P<number>[0-9a-f]{8}))? -->")
_GENERATED = re.compile(r"<!-- (exercises|museum|evidence) -->.*?<!-- /\1 -->", re.DOTALL)
_EVIDENCE = re.compile(r"\[[^\]]*\]\([^()]*evidence(?:\.ko)?\.md#[^()]*\)")
_ROW = re.compile(r"\s*\|.*\|\s*")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_CODE = re.compile(r"`[^`]*`")
# Of a diagram: where a box leads to, and what is said in words.
_CLICK = re.compile(r'(?P<begin>\s*click \w+ )"(?P<target>[^"]*)"')
_LABEL = re.compile(r"\[[^\]]*\]|\{[^}]*\}|\(\[?[^()]*\)|\|[^|]*\||:\s.*$|(?<= as) .*$|\"[^\"]*\"")


@dataclass(frozen=True)
class Section:
    """A heading, and all lines up to the next heading of any level."""
    first: int  # the heading's line
    last: int
    level: int
    anchor: str


def sections_of(document: Document) -> list[Section]:
    generated = [range(first, last + 1) for first, last in _generated(document)]
    heads = [(first, slug) for first, slug in zip(document.headings, document.slugs)
             if not any(first in lines for lines in generated)]
    ends = [first - 1 for first, _ in heads[1:]] + [len(document.lines)]
    return [Section(first, last, len(document.lines[first - 1].split()[0]), slug)
            for (first, slug), last in zip(heads, ends)]


class Edition:
    """An English file and its Korean edition."""

    def __init__(self, tree: Tree, english: Document, korean: Document):
        self.tree = tree
        self.english = english
        self.korean = korean
        self.sources = sections_of(english)
        self.targets = sections_of(korean)
        self.pairs = list(zip(self.sources, self.targets))

    def mark(self, section: Section) -> re.Match | None:
        lines = self.korean.lines
        return _MARK.fullmatch(lines[section.first].strip()) if section.first < len(lines) else None

    def anchors(self) -> dict[str, str]:
        """The anchor of each Korean heading, by the anchor of its English one."""
        return {mark["anchor"]: section.anchor for _, section in self.pairs
                if (mark := self.mark(section))}

    def fault(self, line: int, message: str) -> None:
        self.tree.fault(self.korean.path, line, message)


# --- The number of a section ----------------------------------------------------------------------


def number_of(document: Document, section: Section) -> str:
    """Made from what a translation says in other words: not from code, and not from what is generated."""
    text = _text(document, section)
    text = _EVIDENCE.sub("", COMMENT.sub("", _GENERATED.sub("", text)))
    return number_of_text(" ".join(text.split()))


def _text(document: Document, section: Section) -> str:
    """The section without its blocks of code; what a diagram says belongs to the text."""
    code = {number for block in document.blocks if block.language != "mermaid"
            for number in range(block.first, (block.last or len(document.lines)) + 1)}
    return "\n".join(document.lines[number - 1] for number in range(section.first, section.last + 1)
                     if number not in code)


# --- The comparison -------------------------------------------------------------------------------


def compare(edition: Edition, maps: dict[str, dict[str, str]]) -> None:
    for section in edition.targets:
        if not edition.mark(section):
            edition.fault(section.first, "below the heading belongs its mark, <!-- en: anchor -->")
            return
    wanted = [(section.level, section.anchor) for section in edition.sources]
    got = [(section.level, edition.mark(section)["anchor"]) for section in edition.targets]
    for index, section in enumerate(edition.targets):
        if index >= len(wanted) or got[index] != wanted[index]:
            name = f"{'#' * wanted[index][0]} … #{wanted[index][1]}" if index < len(wanted) else "nothing more"
            edition.fault(section.first, f"the English edition has {name} here")
            return
    if len(got) < len(wanted):
        edition.fault(len(edition.korean.lines), f"the section #{wanted[len(got)][1]} is missing")
        return
    for source, target in edition.pairs:
        _compare_section(edition, source, target, maps)
    made = list(_generated(edition.korean))
    for link in edition.korean.links:
        page = resolve(edition.korean, link.target or "") or ""
        if page != edition.english.path and korean_of(page) in maps \
                and not any(first <= link.line <= last for first, last in made):
            edition.fault(link.line, f"leads to the English {page}; there is {korean_of(page)}")
        picture = page.removesuffix(".svg") + ".ko.svg"
        if picture in edition.tree.files:
            edition.fault(link.line, f"shows the English picture, and there is a Korean one: {picture}")


def _compare_section(edition: Edition, source: Section, target: Section,
                     maps: dict[str, dict[str, str]]) -> None:
    mark = edition.mark(target)
    if mark["number"] != number_of(edition.english, source):
        edition.fault(target.first, f"is stale: #{source.anchor} of {edition.english.path} has changed. Look at "
                                    f"it, and then: python3 docs/check_korean.py --looked "
                                    f"{edition.korean.path}#{target.anchor}")
    for what, of in (("blocks of code", _code), ("lines of diagrams", _diagrams), ("links", _links),
                     ("names in code type", _names), ("figures", _figures), ("rows of tables", _rows),
                     ("items of lists", _items), ("paragraphs", _paragraphs)):
        theirs = Counter(of(edition.english, source, maps))
        ours = Counter(of(edition.korean, target, maps))
        for missing, where in ((theirs - ours, "lacks"), (ours - theirs, "has in addition")):
            # Korean has figures where English has words: 63개.
            if missing and (where == "lacks" or of is not _figures):
                edition.fault(target.first, f"{where} {what}: {', '.join(map(_short, missing))}")
    _compare_cells(edition, source, target)


def _compare_cells(edition: Edition, source: Section, target: Section) -> None:
    """Each cell of a table has the figures of its English one."""
    for (_, theirs), (number, ours) in zip(_table_lines(edition.english, source),
                                           _table_lines(edition.korean, target)):
        for one, other in zip(theirs.split("|"), ours.split("|")):
            if missing := Counter(_DIGITS.findall(one)) - Counter(_DIGITS.findall(other)):
                edition.fault(number, f"lacks figures in a cell: {', '.join(missing)}")


def _short(text: str) -> str:
    return text if len(text) < 60 else f"{text[:57]}…"


def _inside(document: Document, section: Section, line: int) -> bool:
    return section.first <= line <= section.last and not any(
        first <= line <= last for first, last in _generated(document))


def _generated(document: Document) -> Iterator[tuple[int, int]]:
    for match in _GENERATED.finditer(document.text):
        yield document.line_of(match.start()), document.line_of(match.end())


def _code(document: Document, section: Section, _) -> list[str]:
    return ["\n".join(line.strip() for line in block.lines) for block in document.blocks
            if block.language != "mermaid" and _inside(document, section, block.first)]


def _diagrams(document: Document, section: Section, maps: dict[str, dict[str, str]]) -> list[str]:
    return [_without_labels(document, line, maps) for block in document.blocks
            if block.language == "mermaid" and _inside(document, section, block.first) for line in block.lines]


def _without_labels(document: Document, line: str, maps: dict[str, dict[str, str]]) -> str:
    """A line of a diagram as both editions have it; where it leads, as the Korean one does."""
    if match := _CLICK.fullmatch(line):
        page = resolve(document, match["target"])
        if page and korean_of(page) in maps and not document.path.endswith(KOREAN_ENDING):
            page = korean_of(page)
        return match["begin"].lstrip() + (page or match["target"])
    return _LABEL.sub("", line).strip()


def _links(document: Document, section: Section, maps: dict[str, dict[str, str]]) -> list[str]:
    found = []
    for link in document.links:
        if link.target and _inside(document, section, link.line) and "evidence" not in link.target:
            found.append(_english_target(document, link.target, maps))
    return found


def _english_target(document: Document, target: str, maps: dict[str, dict[str, str]]) -> str:
    """The target as it would stand in the English edition, from the root."""
    path = resolve(document, target)
    if path is None:
        return target
    anchor = unquote(target.partition("#")[2])
    if path in maps:
        back = {ours: theirs for theirs, ours in maps[path].items()}
        anchor = back.get(anchor, anchor)
    path = english_of(path)
    return f"{path}#{anchor}" if anchor else path


def _names(document: Document, section: Section, _) -> list[str]:
    return sorted({span.text for span in document.spans if _inside(document, section, span.line)})


def _rows(document: Document, section: Section, _) -> list[str]:
    return ["a row"] * len(list(_table_lines(document, section)))


def _figures(document: Document, section: Section, _) -> list[str]:
    return _DIGITS.findall(_CODE.sub("", TARGET.sub("]", _prose(document, section))))


def _paragraphs(document: Document, section: Section, _) -> list[str]:
    return ["a paragraph" for each in re.split(r"\n\s*\n", _prose(document, section)) if each.strip()]


def _prose(document: Document, section: Section) -> str:
    """What is written in other words in each edition, without diagrams and what is made."""
    lines = document.prose.split("\n")[section.first:section.last]
    return _EVIDENCE.sub("", COMMENT.sub("", "\n".join(
        line for number, line in enumerate(lines, section.first + 1) if _inside(document, section, number))))


def _table_lines(document: Document, section: Section) -> Iterator[tuple[int, str]]:
    """The rows of tables with their lines, without targets of links and what is known of Windows."""
    code = [range(block.first, block.last + 1) for block in document.blocks]
    for number in range(section.first, section.last + 1):
        line = document.lines[number - 1]
        if _ROW.fullmatch(line) and _inside(document, section, number) \
                and not any(number in block for block in code):
            yield number, TARGET.sub("]", _EVIDENCE.sub("", line))


def _items(document: Document, section: Section, _) -> list[str]:
    prose = document.prose.split("\n")
    number = sum(1 for line in range(section.first, section.last + 1)
                 if _ITEM.match(prose[line - 1]) and _inside(document, section, line))
    return ["an item"] * number
