"""Checks the frame of a chapter's lesson: its head, and the link to the next chapter at its end."""

import re

from checks.links import resolve
from checks.markdown import Document
from checks.tree import Tree

HEAD_LINES = 25
END_LINES = 10
MINUTES = range(20, 41)
PARTS = {"You will learn": "- **You will learn**: …", "Builds on": "- **Builds on**: …",
         "Time": "- **Time**: 30 minutes"}

BULLET = re.compile(r"- \*\*(?P<name>[^*]+)\*\*:\s*(?P<text>.*)")


def check_frames(tree: Tree, documents: dict[str, Document]) -> None:
    for chapter, following in zip(tree.chapters, tree.chapters[1:] + [None]):
        if f"{chapter}/README.md" not in documents:
            tree.fault(chapter, 1, "this chapter has no lesson: README.md")
        for name in ("README.md", "README.ko.md"):
            if document := documents.get(f"{chapter}/{name}"):
                _check_head(tree, document, is_english=name == "README.md")
                _check_end(tree, document, following)


def _check_head(tree: Tree, document: Document, is_english: bool) -> None:
    if not document.lines[0].startswith("# "):
        tree.fault(document.path, 1, "a lesson begins with its title: # The title")
    bullets = [(number, match) for number, line in enumerate(document.lines[:HEAD_LINES], 1)
               if (match := BULLET.fullmatch(line.rstrip()))]
    if not is_english:
        if len(bullets) < len(PARTS):
            tree.fault(document.path, 1, f"three bullets such as - **…**: … belong into the "
                                         f"first {HEAD_LINES} lines; here are {len(bullets)}")
        return
    parts = {match["name"]: (number, match["text"]) for number, match in bullets}
    for name, example in PARTS.items():
        if name not in parts:
            tree.fault(document.path, 1,
                       f"the first {HEAD_LINES} lines have no bullet {example}")
        elif not parts[name][1]:
            tree.fault(document.path, parts[name][0], f"nothing follows; write {example}")
    if parts.get("Time", (0, ""))[1]:
        number, text = parts["Time"]
        minutes = re.fullmatch(r"(\d+) minutes\.?", text)
        if not minutes or int(minutes[1]) not in MINUTES:
            tree.fault(document.path, number, f"the time is one number of minutes, {MINUTES[0]} to "
                                              f"{MINUTES[-1]}: {PARTS['Time']}")


def _check_end(tree: Tree, document: Document, following: str | None) -> None:
    # The prose ends above the definitions of link labels, which are blank in it.
    last = len(document.prose.rstrip().split("\n"))
    targets = {resolve(document, link.target) for link in document.links
               if link.target and last - END_LINES < link.line <= last}
    if following:
        wanted = {following} | _readmes(following)
        name = f"the next chapter, ../{following}/README.md"
    else:
        wanted = {".", "comparison"} | _readmes("") | _readmes("comparison")
        name = "../README.md or ../comparison"
    if not targets & wanted:
        tree.fault(document.path, last, f"the last {END_LINES} lines have no link to {name}")


def _readmes(folder: str) -> set[str]:
    return {f"{folder}/{name}".lstrip("/") for name in ("README.md", "README.ko.md")}
