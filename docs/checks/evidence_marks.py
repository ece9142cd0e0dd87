"""The evidence beside its page: a column in the lessons' tables, a line in the root's README."""

import posixpath
import re
from collections import Counter

from checks.evidence_page import PAGE, have
from checks.facts import WINDOWS, Fact, has_windows, proof_of
from checks.evidence_known import Known
from checks.markdown import Document
from checks.tables import Table, cells_of, tables_of

FRONT = "README.md"
BEGIN, END = "<!-- evidence -->", "<!-- /evidence -->"


def texts(known: Known) -> dict[str, str]:
    """Every file with such a mark, with the text that it should have."""
    found = {path: with_columns(known, document) for path, document in known.lessons.items()}
    if front := known.documents.get(FRONT):
        found[FRONT] = _with_line(known, front.text)
    return found


def with_columns(known: Known, document: Document) -> str:
    """The text of a lesson in which every table with a fact ends with the column Windows."""
    lines = list(document.lines)
    claims = known.claims(document)
    for table in tables_of(document):
        facts = {number: claims[number] for number in table.rows
                 if number in claims and "`](" in proof_of(document, table, number)}
        if facts:
            _put_column(known, document, table, facts, lines)
    return "\n".join(lines)


def _put_column(known: Known, document: Document, table: Table, facts: dict[int, Fact],
                lines: list[str]) -> None:
    there = has_windows(document, table)
    page = posixpath.relpath(PAGE, posixpath.dirname(document.path))

    def put(number: int, cell: str) -> None:
        cells = cells_of(document.lines[number - 1])
        lines[number - 1] = f"| {' | '.join([*(cells[:-1] if there else cells), cell])} |"

    put(table.head, WINDOWS)
    if not there:
        lines[table.head] = lines[table.head].rstrip() + "---|"
    for number in table.rows:
        fact = facts.get(number)
        put(number, f"[{known.leg(fact)}]({page}#{fact.name})" if fact else "–")


def _with_line(known: Known, text: str) -> str:
    place = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
    if not place.search(text):
        known.tree.fault(FRONT, 1, f"has no lines {BEGIN} and {END}, between which the count of "
                                   "the facts stands")
        return text
    return place.sub(lambda _: f"{BEGIN}\n{_line(known)}\n{END}", text, count=1)


def _line(known: Known) -> str:
    facts = len(known.facts)
    legs = Counter(map(known.leg, known.facts))
    if legs["seen"]:
        head = (f"Of the {facts} facts in the lessons, {legs['seen']} "
                f"{have(legs['seen'])} been seen on Windows.")
    else:
        head = ("**Nothing here has been run on Windows yet**, so none of the "
                f"{facts} facts in the lessons has been seen there.")
    if legs["failed"]:
        head += f" {legs['failed']} {have(legs['failed'])} failed there."
    return (f"{head} Public tests that run there assert {legs['asserted']} of the "
            f"{'others' if legs['seen'] else 'facts'}, Microsoft's pages state "
            f"{legs['documented']} more, and {legs['expected']} "
            f"{'is' if legs['expected'] == 1 else 'are'} expected: "
            f"[the evidence, fact by fact]({PAGE}). Where a public test covers less than the "
            "claim, it says so.")
