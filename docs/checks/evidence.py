"""Checks the evidence of the facts: its rows in docs/evidence, and the texts that are made of them.

docs/writing-lessons.md says how a row is written. With --update docs/evidence.md, the column
Windows in the lessons' tables and the count in README.md are first written afresh, and their Korean
editions too. With --add FILE the run of which a facts.json tells is kept first, in
docs/evidence/results; then as --update.
"""

import json
from itertools import zip_longest
from pathlib import Path

from checks import evidence_marks
from checks.facts import Facts
from checks.evidence_known import Known
from checks.evidence_korean import check_words
from checks.evidence_page import Page
from checks.evidence_runs import FOLDER, Refused, Run, run_of
from checks.evidence_words import KOREAN, PAGE, languages_of
from checks.tree import Tree, count

OPTIONS = {
    "--update": {"action": "store_true",
                 "help": "first write afresh the texts that are made of the evidence"},
    "--add": {"type": Path, "metavar": "FILE",
              "help": "first keep the run of this facts.json, then as --update"},
}


def run(root: Path, options) -> int:
    try:
        if options.add:
            add(Tree(root), options.add)
    except Refused as error:
        print(f"{options.add}: {error}")
        return 1
    if options.update or options.add:
        update(Tree(root))
    return check(Tree(root))


def add(tree: Tree, file: Path) -> None:
    """Keeps the run that `file` reports; raises Refused."""
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
    """Every file that is made of the evidence, with the text that it should have."""
    pages = {language.page(PAGE): Page(known, language).text() for language in languages_of(known.tree)}
    return {**evidence_marks.texts(known), **pages}


def update(tree: Tree) -> None:
    known = Known(tree)
    if tree.faults:
        return  # a faulty row must not reach the pages; check() reports it
    for path, text in texts(known).items():
        if path not in tree.files or tree.read(path) != text:
            tree.write(path, text)
            print(f"updated {path}")


def check(tree: Tree) -> int:
    known = Known(tree)
    faulty = bool(tree.faults)
    for path, text in [] if faulty else texts(known).items():
        lines = tree.read(path).split("\n") if path in tree.files else []
        pairs = enumerate(zip_longest(lines, text.split("\n")), 1)
        if differs := [number for number, (is_, should) in pairs if is_ != should]:
            tree.fault(path, differs[0], "is not what the evidence says: "
                                         "docs/check_evidence.py --update writes it")
    if not faulty and KOREAN in languages_of(tree):
        check_words(known)
    return tree.report(f"{count(len(known.facts), 'fact')}, {count(len(known.rows), 'row')}, "
                       f"{count(len(known.runs), 'run')}")
