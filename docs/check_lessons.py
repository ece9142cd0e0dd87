#!/usr/bin/env python3
"""Checks the lessons against the sources: quoted code, facts, links, calls, head and end.

docs/writing-lessons.md says how a lesson is written, and so what is checked here.
With --update the quoted code is first copied afresh from the sources.
Exit code: 0 no fault, 1 faults, 2 wrong usage.
"""

import argparse
import posixpath
import re
import subprocess
import sys
from pathlib import Path

from lessons.calls import all_calls, check_calls
from lessons.facts import Facts
from lessons.frame import check_frames
from lessons.links import check_links
from lessons.markdown import Document
from lessons.snippets import Snippets
from lessons.tree import Tree, count

_README = re.compile(r"README(?:\.\w+)?\.md")


def is_lesson(tree: Tree, path: str) -> bool:
    """A README, in any language, in the root or anywhere in a chapter."""
    folder, name = posixpath.split(path)
    return bool(_README.fullmatch(name)) and (not folder or tree.chapter_of(path) is not None)


def documents_of(tree: Tree) -> dict[str, Document]:
    return {path: Document(path, tree.read(path)) for path in tree.files if path.endswith(".md")}


def update(tree: Tree) -> None:
    snippets = Snippets(tree)
    for path, document in documents_of(tree).items():
        text = snippets.update(document)
        if text != document.text:
            tree.write(path, text)
            print(f"updated {path}")


def check(tree: Tree) -> int:
    documents = documents_of(tree)
    snippets = Snippets(tree)
    facts = Facts(tree)
    calls = all_calls(tree)
    quoted = links = lessons = 0
    for path, document in documents.items():
        quoted += snippets.check(document, is_lesson(tree, path))
        links += check_links(tree, document, documents)
        if is_lesson(tree, path):
            lessons += 1
            facts.check(document)
            check_calls(tree, document, calls)
    snippets.check_all_used()
    number_of_facts = facts.check_all_claimed()
    check_frames(tree, documents)
    return tree.report(f"{count(lessons, 'lesson')}, {count(quoted, 'snippet')}, "
                       f"{count(number_of_facts, 'fact')}, {count(links, 'link')}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--update", action="store_true",
                        help="first copy the quoted code afresh from the sources")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent,
                        help="the repository to check (default: this one)")
    options = parser.parse_args(arguments)
    try:
        if options.update:
            update(Tree(options.root))
        return check(Tree(options.root))
    except (OSError, subprocess.CalledProcessError) as error:
        # Such as a root that is no git repository.
        print(f"{options.root}: {getattr(error, 'stderr', None) or error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # also when Windows would choose another
    sys.exit(main(sys.argv[1:]))
