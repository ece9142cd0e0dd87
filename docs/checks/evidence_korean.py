"""docs/evidence/korean.toml: the Korean words of notes, and of the reasons why runs skip a test.

They are found by the English text, so that a text which changes has no Korean words until somebody
has looked at them.
"""

import json
from collections.abc import Iterator

from checks.evidence_known import Known
from checks.evidence_rows import FOLDER, KOREAN
from checks.evidence_runs import FOLDER as RESULTS
from checks.evidence_runs import SKIPPED
from checks.tree import Tree


def check_words(known: Known) -> None:
    """Reports texts without Korean words, and Korean words that nothing has a use for."""
    for table, found in (("notes", _notes(known)), ("reasons", _reasons(known))):
        places: dict[str, tuple[str, int]] = {}
        for text, path, line in found:
            places.setdefault(text, (path, line))
        words = known.korean[table]
        for text, place in places.items():
            if text not in words:
                known.tree.fault(*place, f'"{text}" has no Korean words in {KOREAN}, [{table}]')
        for text in words:
            if text not in places:
                known.tree.fault(KOREAN, _line_of(known.tree, KOREAN, json.dumps(text, ensure_ascii=False)),
                                 f'[{table}] has no use for "{text}": no such English text is there')


def _notes(known: Known) -> Iterator[tuple[str, str, int]]:
    """Each note, and the file and line of its row."""
    for fact in known.facts:
        if note := known.row(fact).note:
            path = f"{FOLDER}/{fact.chapter}.toml"
            yield note, path, _line_of(known.tree, path, f"[{fact.name}]")


def _reasons(known: Known) -> Iterator[tuple[str, str, int]]:
    """Each reason for which a run has skipped a fact, and its file and line."""
    for run in known.runs:
        path = f"{RESULTS}/{run.name}.json"
        for fact in known.facts:
            outcome, why = run.outcome(fact.name)
            if outcome == SKIPPED:
                yield why, path, _line_of(known.tree, path, f'"{fact.name}"')


def _line_of(tree: Tree, path: str, beginning: str) -> int:
    """The first line of a file that begins so, 1 if there is none."""
    return next((number for number, line in enumerate(tree.read(path).split("\n"), 1)
                 if line.strip().startswith(beginning)), 1)
