#!/usr/bin/env python3
"""Checks what is known of the facts: their rows in docs/evidence, and what is written out of them.

docs/writing-lessons.md says how a row is written. With --update docs/evidence.md, the column
Windows in the lessons' tables and the count in README.md are first written afresh. With --add FILE
the run of which a facts.json tells is kept first, in docs/evidence/results; then as --update.
Exit code: 0 no fault, 1 faults, 2 wrong usage.
"""

import argparse
import json
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

from lessons import evidence_marks, evidence_page
from lessons.facts import Facts
from lessons.known import Known
from lessons.runs import FOLDER, Refused, Run, run_of
from lessons.tree import Tree, count


def add(tree: Tree, file: Path) -> None:
    """Keeps the run of which `file` tells; raises Refused."""
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise Refused(error.strerror) from None
    run = run_of(text, tree.chapters)
    names = {fact.name for fact in Facts(tree).all()}
    strange = [name for name in run.facts if name not in names]
    for name in strange:
        del run.facts[name]
    if not run.facts:
        raise Refused("it has no answer of any fact that is here")
    path = f"{FOLDER}/{run.name}.json"
    if path in tree.files:
        kept = Run(**json.loads(tree.read(path)))
        if len(kept.facts) > len(run.facts):
            raise Refused(f"the run that is kept, {path} of {kept.date}, has {len(kept.facts)} "
                          f"answers, and this one {len(run.facts)}: remove that file first")
    (tree.root / path).parent.mkdir(parents=True, exist_ok=True)
    tree.write(path, run.text())
    print(f"wrote {path}: {run.system}, {run.compiler}, {len(run.facts)} of "
          f"{count(len(names), 'fact')}")
    if strange:
        print(f"left out, for there is no such fact here: {', '.join(strange)}")


def texts(known: Known) -> dict[str, str]:
    """Every file that is written out of the evidence, as it should be."""
    return {**evidence_marks.texts(known), evidence_page.PAGE: evidence_page.text(known)}


def update(tree: Tree) -> None:
    known = Known(tree)
    if tree.faults:
        return  # what a faulty row would make of the pages is not wanted; check() says what it is
    for path, text in texts(known).items():
        if path not in tree.files or tree.read(path) != text:
            tree.write(path, text)
            print(f"updated {path}")


def check(tree: Tree) -> int:
    known = Known(tree)
    for path, text in [] if tree.faults else texts(known).items():
        lines = tree.read(path).split("\n") if path in tree.files else []
        pairs = enumerate(zip_longest(lines, text.split("\n")), 1)
        if differs := [number for number, (is_, should) in pairs if is_ != should]:
            tree.fault(path, differs[0], "is not what the evidence says: "
                                         "docs/check_evidence.py --update writes it")
    return tree.report(f"{count(len(known.facts), 'fact')}, {count(len(known.rows), 'row')}, "
                       f"{count(len(known.runs), 'run')}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--update", action="store_true",
                        help="first write afresh what is written out of the evidence")
    parser.add_argument("--add", type=Path, metavar="FILE",
                        help="first keep the run of this facts.json, then as --update")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent,
                        help="the repository to check (default: this one)")
    options = parser.parse_args(arguments)
    try:
        if options.add:
            add(Tree(options.root), options.add)
        if options.update or options.add:
            update(Tree(options.root))
        return check(Tree(options.root))
    except Refused as error:
        print(f"{options.add}: {error}")
        return 1
    except (OSError, subprocess.CalledProcessError) as error:
        # Such as a root that is no git repository.
        print(f"{options.root}: {getattr(error, 'stderr', None) or error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # also when Windows would choose another
    sys.exit(main(sys.argv[1:]))
