"""Checks the frame of a lesson: its head, how long it takes, and the link to the next one."""

import math
import re
from dataclasses import dataclass, field

from checks.links import resolve
from checks.markdown import Document
from checks.tree import Tree

END_LINES = 10
LONGEST = 45  # minutes
ANSWERS = "what-you-predicted"
EXERCISES = "exercises"
# The bullets of a head in their order, and how many numbered lines stand below each.
PARTS = {"You will learn": range(1), "Builds on": range(1), "Time": range(1),
         "By the end you can": range(1), "What must always hold": range(2, 8),
         "Predict before you read on": range(2, 3)}

_BULLET = re.compile(r"- \*\*(?P<name>[^*]+)\*\*:\s*(?P<text>.*)")
_ITEM = re.compile(r"  \d\. (?P<text>.*)")
# How fast a lesson is read: prose with its tables, and code.
_WORDS_A_MINUTE = 200
_SECONDS_A_LINE = 5
_WORD = re.compile(r"[^\s|]*\w[^\s|]*")
_TARGET = re.compile(r"\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)")


@dataclass
class Part:
    """A bullet of a head: `- **Name**: text`, and the numbered lines below it."""
    line: int
    last: int  # its last line
    name: str
    text: str
    items: list[str] = field(default_factory=list)


def head_of(document: Document) -> list[Part]:
    """The bullets at the head of a lesson: right below its title, and without a gap."""
    parts: list[Part] = []
    for number, line in enumerate(document.lines[1:], 2):
        if match := _BULLET.fullmatch(line.rstrip()):
            parts.append(Part(number, number, match["name"], match["text"]))
        elif not parts and (not line.strip() or line.startswith("<!--")):  # the mark of a translation
            continue
        elif parts and (match := _ITEM.fullmatch(line.rstrip())):
            parts[-1].items.append(match["text"])
            parts[-1].last = number
        elif parts and line.startswith("  "):  # a line that goes on
            if parts[-1].items:
                parts[-1].items[-1] += " " + line.strip()
            else:
                parts[-1].text += " " + line.strip()
            parts[-1].last = number
        else:
            break
    return parts


def exercise_lines(document: Document) -> range:
    """The lines of the section with the exercises, and so of the answers folded into it."""
    heads = list(zip(document.headings, document.slugs))
    first = next((number for number, slug in heads if slug == EXERCISES), 0)
    if not first:
        return range(0)
    ends = [number for number, _ in heads if number > first
            and _level(document.lines[number - 1]) <= _level(document.lines[first - 1])]
    return range(first, min(ends, default=len(document.lines) + 1))


def _level(heading: str) -> int:
    return len(heading.lstrip()) - len(heading.lstrip().lstrip("#"))


def minutes_to_read(document: Document) -> float:
    """How long a reader takes who looks at every word and every line of code. The exercises are for
    doing, and are not counted."""
    doing = exercise_lines(document)
    lines = sum(1 for block in document.blocks if block.language != "mermaid"
                and block.first not in doing for line in block.lines if line.strip())
    prose = "\n".join(line for number, line in enumerate(document.prose.split("\n"), 1)
                      if number not in doing)
    words = len(_WORD.findall(_TARGET.sub("]", prose)))
    return words / _WORDS_A_MINUTE + lines * _SECONDS_A_LINE / 60


def check_frames(tree: Tree, documents: dict[str, Document]) -> None:
    for lesson, following in zip(tree.lessons, tree.lessons[1:] + [None]):
        if f"{lesson}/README.md" not in documents:
            tree.fault(lesson, 1, "this chapter has no lesson: README.md")
        for name in ("README.md", "README.ko.md"):
            if document := documents.get(f"{lesson}/{name}"):
                is_english = name == "README.md"
                _check_head(tree, document, is_english)
                _check_end(tree, document, following)
                if is_english:
                    _check_time(tree, document)


def _check_head(tree: Tree, document: Document, is_english: bool) -> None:
    if not document.lines[0].startswith("# "):
        tree.fault(document.path, 1, "a lesson begins with its title: # The title")
    found = head_of(document)
    if len(found) != len(PARTS):
        tree.fault(document.path, 1, f"below the title stand {len(PARTS)} bullets such as "
                                     f"- **…**: …, and no line between them; here are {len(found)}")
        return
    for part, (name, lines) in zip(found, PARTS.items()):
        if is_english and part.name != name:
            tree.fault(document.path, part.line, f"here belongs the bullet - **{name}**: …")
        elif not part.text:
            tree.fault(document.path, part.line, f"nothing follows; write - **{part.name}**: …")
        elif len(part.items) not in lines:
            wanted = " to ".join(str(each) for each in sorted({lines[0], lines[-1]}))
            tree.fault(document.path, part.line, f"{wanted} lines such as \"  1. …\" belong below "
                                                 f"this bullet; here are {len(part.items)}")
    if is_english and ANSWERS not in document.anchors:
        tree.fault(document.path, found[-1].line, f"no heading ## What you predicted (#{ANSWERS}) "
                                                  "answers these questions")


def _check_time(tree: Tree, document: Document) -> None:
    part = next((part for part in head_of(document) if part.name == "Time"), None)
    if part is None:
        return
    estimate = minutes_to_read(document)
    rounded = math.ceil(estimate / 5) * 5
    # Rounded up too, or 45.01 would be called 45.0, and too long.
    takes = f"this lesson takes {math.ceil(estimate * 10) / 10} minutes to read"
    if rounded > LONGEST:
        tree.fault(document.path, part.line, f"{takes}; cut it to {LONGEST}")
    elif part.text.rstrip(".") != f"{rounded} minutes":
        tree.fault(document.path, part.line, f"{takes}; write - **Time**: {rounded} minutes")


def _check_end(tree: Tree, document: Document, following: str | None) -> None:
    # The prose ends above the definitions of link labels, which are blank in it.
    last = len(document.prose.rstrip().split("\n"))
    targets = {resolve(document, link.target) for link in document.links
               if link.target and last - END_LINES < link.line <= last}
    if following:
        wanted = {following} | _readmes(following)
        name = f"the next lesson, {following}/README.md"
    else:
        wanted = {".", "comparison"} | _readmes("") | _readmes("comparison")
        name = "../README.md or ../comparison"
    if not targets & wanted:
        tree.fault(document.path, last, f"the last {END_LINES} lines have no link to {name}")


def _readmes(folder: str) -> set[str]:
    return {f"{folder}/{name}".lstrip("/") for name in ("README.md", "README.ko.md")}
