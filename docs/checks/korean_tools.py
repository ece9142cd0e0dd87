"""The Korean words that stand in code: those of the tools, of the site and of its scripts."""

import re

from checks.markdown import Document
from checks.tree import Tree

FILES = ("cmake/exercise/words.cmake", "comparison/report/src/page.html",
         "comparison/report/src/scenario_words.mjs", "comparison/report/src/words.mjs",
         "docs/checks/evidence_words.py", "docs/checks/exercises.py", "docs/checks/glossary.py",
         "docs/checks/korean_pictures.py", "docs/site/build.py", "docs/site/generator/language.py",
         "docs/site/look/player/texts.mjs", "docs/site/look/site.js", "docs/site/look/timeline.js",
         "docs/timelines/pictures.ko.json", "tutorial")

# Places that are filled when a text is said, and markup. A particle may follow.
_FILLED = re.compile(r"\$\{[^{}]*\}|@\w+@|\{\w*\}|</?\w[^<>]*>")
_QUOTES = str.maketrans({"`": " ", "'": " ", '"': " ", "\\": " "})
_KOREAN = re.compile(r"[가-힣]")


def korean_of_tools(tree: Tree) -> list[Document]:
    """A document for each file, line by line: lines without Korean are empty in it."""
    return [Document(path, "\n".join(map(plain, tree.read(path).split("\n"))))
            for path in FILES if path in tree.files]


def diagrams_of(document: Document) -> Document:
    """What its diagrams say, which is no prose of its own."""
    lines = [""] * len(document.lines)
    for block in document.blocks:
        if block.language == "mermaid":
            lines[block.first:block.first + len(block.lines)] = [
                plain(line.replace("<br/>", " ")) for line in block.lines]
    return Document(document.path, "\n".join(lines))


def plain(line: str) -> str:
    """The line as a text, in which ${call}에서 and @call@에서 are X에서; empty without Korean."""
    return _FILLED.sub("X", line).translate(_QUOTES).strip() if _KOREAN.search(line) else ""
