"""Tagged regions of source files, and the blocks of lessons that quote them.

A region stands between two identical lines `//! [name]`, or `# [name]` in CMake, shell and Python.
A lesson quotes it with a line `<!-- snippet: FILE [name] -->` and the fenced block right below.
"""

import posixpath
import re
import textwrap

from checks.markdown import Document
from checks.tree import Tree, hint

_CPP_TAG = re.compile(r"\s*//!\s*\[(?P<name>[^\[\]]+)\]\s*")
_HASH_TAG = re.compile(r"\s*#!?\s*\[(?P<name>[\w-]+)\]\s*")
_NAME = re.compile(r"[A-Za-z0-9][\w-]*")
MARKER = re.compile(r"(?P<prefix>[\s>]*)<!--\s*snippet:\s*(?P<file>\S+)\s+\[(?P<region>[^\[\]]+)\]"
                    r"\s*-->\s*")
# Blocks that hold no code of ours: commands, their output, diagrams.
FREE_LANGUAGES = ("sh", "console", "text", "mermaid", "powershell", "bat")


def tag_of(path: str, text: str) -> re.Pattern | None:
    """The pattern of a tag in this file; None when it is no source file."""
    name = posixpath.basename(path)
    if name.endswith((".cpp", ".hpp", ".h")):
        return _CPP_TAG
    if name.endswith((".cmake", ".sh", ".py")) or name == "CMakeLists.txt":
        return _HASH_TAG
    if "." not in name and text.startswith("#!"):
        return _HASH_TAG
    return None


class Snippets:
    """All regions of all sources, and which of them a lesson has quoted."""

    def __init__(self, tree: Tree):
        self.tree = tree
        self.regions: dict[str, dict[str, list[str]]] = {}
        self.lines: dict[tuple[str, str], int] = {}
        self.used: set[tuple[str, str]] = set()
        for path in tree.files:
            # The name alone rules out Markdown and the like, so that those files are not read.
            if tag_of(path, "#!") and (tag := tag_of(path, tree.read(path))):
                self.regions[path] = self._read_regions(path, tag)

    def _read_regions(self, path: str, tag: re.Pattern) -> dict[str, list[str]]:
        open_at: dict[str, int] = {}
        closed: dict[str, list[str]] = {}
        lines = self.tree.read(path).split("\n")
        for number, line in enumerate(lines, 1):
            if not (match := tag.fullmatch(line)):
                continue
            name = match["name"]
            if not _NAME.fullmatch(name):
                self.tree.fault(path, number, f"[{name}] is no name of a region: use letters, "
                                              "digits and -, as in [post-receive]")
            elif name in closed:
                self.tree.fault(path, number, f"region [{name}] is used twice in this file, first "
                                              f"on line {self.lines[path, name]}")
            elif name in open_at:
                first = open_at.pop(name)
                body = [text for text in lines[first:number - 1] if not tag.fullmatch(text)]
                closed[name] = textwrap.dedent("\n".join(body)).strip("\n").split("\n")
                self.lines[path, name] = first
                if not "".join(body).strip():
                    self.tree.fault(path, first, f"region [{name}] is empty")
            else:
                open_at[name] = number
        for name, number in open_at.items():
            self.tree.fault(path, number, f"region [{name}] is not closed: put the same line below "
                                          "its last line")
        return closed

    def _find(self, document: Document, number: int, marker: re.Match) -> list[str] | None:
        """The region that a marker names. Where there is none, reports a fault and returns None."""
        file, region = marker["file"], marker["region"]
        folder = posixpath.dirname(document.path)
        path = file[1:] if file.startswith("/") else posixpath.normpath(
            posixpath.join(folder, file))
        if path not in self.tree.files:
            self.tree.fault(document.path, number, f"snippet: no file {path}"
                                                   + hint(path, self.regions))
        elif path not in self.regions:
            self.tree.fault(document.path, number, f"snippet: {path} is not a source file")
        elif region not in self.regions[path]:
            known = ", ".join(f"[{name}]" for name in self.regions[path]) or "none"
            self.tree.fault(document.path, number,
                            f"snippet: no region [{region}] in {path}; it has {known}")
        else:
            self.used.add((path, region))
            return self.regions[path][region]
        return None

    def check(self, document: Document, is_lesson: bool) -> int:
        """Checks the blocks of one file; returns the number of snippets that it quotes."""
        blocks = {block.first: block for block in document.blocks}
        quoting = set()
        for number, marker in _markers(document):
            if not marker:
                self.tree.fault(document.path, number,
                                "write this as <!-- snippet: FILE [region] -->")
                continue
            quoting.add(number + 1)
            region = self._find(document, number, marker)
            block = blocks.get(number + 1)
            if not block:
                self.tree.fault(document.path, number, "no code block right below this line: "
                                "docs/check_lessons.py --update puts it there")
            elif region is not None:
                self._compare(document, block, region, f"{marker['file']} [{marker['region']}]")
        for block in document.blocks:
            if not block.last:
                self.tree.fault(document.path, block.first, "this code block is not closed")
            if is_lesson and block.first not in quoting and block.language not in FREE_LANGUAGES:
                what = f"a {block.language} block" if block.language else "a block of no language"
                self.tree.fault(
                    document.path, block.first,
                    f"{what} without a line <!-- snippet: FILE [region] --> right above it "
                    f"(only {', '.join(FREE_LANGUAGES)} need none)")
        if is_lesson:
            for number in document.indented:
                self.tree.fault(document.path, number, "code by indent: use a fenced block")
        return len(quoting)

    def _compare(self, document: Document, block, region: list[str], name: str) -> None:
        expected = quoted(region, block.prefix)
        if block.lines == expected:
            return
        pairs = zip(block.lines + [None], expected + [None])
        offset = next((at for at, (is_, should) in enumerate(pairs) if is_ != should))
        should = repr(expected[offset]) if offset < len(expected) else "the end of the block"
        self.tree.fault(document.path, block.first + 1 + offset,
                        f"differs from {name}: the source has {should}; "
                        "docs/check_lessons.py --update copies it")

    def update(self, document: Document) -> str:
        """The text of the file with every quoted region copied afresh from its source."""
        blocks = {block.first: block for block in document.blocks}
        lines = list(document.lines)
        for number, marker in reversed(_markers(document)):
            if not marker or (region := self._find(document, number, marker)) is None:
                continue
            block = blocks.get(number + 1)
            if not block:
                prefix = marker["prefix"]
                lines[number:number] = [f"{prefix}```{_language(marker['file'])}",
                                        *quoted(region, prefix), f"{prefix}```"]
            elif block.last:
                lines[block.first:block.last - 1] = quoted(region, block.prefix)
        return "\n".join(lines)

    def check_all_used(self) -> None:
        for (path, region), number in self.lines.items():
            if (path, region) not in self.used:
                self.tree.fault(path, number, f"unused snippet: no lesson quotes [{region}]")


def _markers(document: Document) -> list[tuple[int, re.Match | None]]:
    """The lines that quote a region; without a match where one is not written as it should be."""
    # A block that quotes nothing shows a marker as text.
    inside = {number for block in document.blocks
              for number in range(block.first, (block.last or len(document.lines)) + 1)}
    return [(number, MARKER.fullmatch(line)) for number, line in enumerate(document.lines, 1)
            if number not in inside and re.search(r"^[\s>]*<!--\s*snippet", line)]


def quoted(region: list[str], prefix: str) -> list[str]:
    """The lines of a region in a block with this prefix; an empty line gets no blanks."""
    return [(prefix + line).rstrip() if not line.strip() else prefix + line for line in region]


def _language(file: str) -> str:
    if file.endswith((".cpp", ".hpp", ".h")):
        return "cpp"
    if file.endswith(".py"):
        return "python"
    return "cmake" if file.endswith((".cmake", "CMakeLists.txt")) else "sh"
