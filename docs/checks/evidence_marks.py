"""The evidence beside its page: a column in the lessons' tables, a line in the root's README."""

import posixpath
import re
from collections import Counter

from checks.evidence_known import Known
from checks.evidence_words import FRONT, PAGE, Language, have, language_of, languages_of
from checks.facts import WINDOWS, Fact, has_windows, proof_of
from checks.markdown import Document
from checks.tables import Table, cells_of, tables_of

BEGIN, END = "<!-- evidence -->", "<!-- /evidence -->"


def texts(known: Known) -> dict[str, str]:
    """Every file with such a mark, with the text that it should have."""
    found = {path: with_columns(known, document) for path, document in known.lessons.items()}
    for language in languages_of(known.tree):
        if front := known.documents.get(language.page(FRONT)):
            found[front.path] = _with_line(known, front, language)
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
    language = language_of(document.path)
    page = posixpath.relpath(language.page(PAGE), posixpath.dirname(document.path))

    def put(number: int, cell: str) -> None:
        cells = cells_of(document.lines[number - 1])
        lines[number - 1] = f"| {' | '.join([*(cells[:-1] if there else cells), cell])} |"

    put(table.head, WINDOWS)
    if not there:
        lines[table.head] = lines[table.head].rstrip() + "---|"
    for number in table.rows:
        fact = facts.get(number)
        put(number, f"[{language.word(known.leg(fact))}]({page}#{fact.name})" if fact else "–")


def _with_line(known: Known, front: Document, language: Language) -> str:
    place = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
    if not place.search(front.text):
        known.tree.fault(front.path, 1, f"has no lines {BEGIN} and {END}, between which the count of "
                                        "the facts stands")
        return front.text
    line = _line(known, language)
    return place.sub(lambda _: f"{BEGIN}\n{line}\n{END}", front.text, count=1)


def _line(known: Known, language: Language) -> str:
    legs = Counter(map(known.leg, known.facts))
    seen, failed = legs["seen"], legs["failed"]
    head = language.some_seen if seen else language.none_seen
    sentences = [head.format(facts=len(known.facts), number=seen, have=have(seen))]
    if failed:
        sentences.append(language.some_failed.format(number=failed, have=have(failed)))
    sentences.append(language.rest.format(
        asserted=legs["asserted"], documented=legs["documented"], expected=legs["expected"],
        others=language.others[bool(seen)], are="is" if legs["expected"] == 1 else "are",
        page=language.page(PAGE)))
    return " ".join(sentences)
