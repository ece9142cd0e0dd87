"""docs/evidence.md: the evidence of each fact, chapter by chapter."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from checks.facts import Fact
from checks.evidence_known import LEGS, Known, together
from checks.markdown import slug_of
from checks.evidence_runs import FAILED, NO_ANSWER, PASSED, SKIPPED
from checks.tables import cells_of, lead_of, tables_of

PAGE = "docs/evidence.md"

_HEAD = """\
# The evidence

<!-- Made by docs/check_evidence.py --update, out of docs/evidence/. Do not edit it. -->

The lessons state facts about Windows, and each fact is a test. {where} So this page says, \
fact by fact, what else there is to go by. In the lessons' tables, the column *Windows* has the \
strongest of these words:

| Word | What it means |
|---|---|
{words}

**What a run under Wine is worth.** Wine is another implementation of the same API. A test that \
passes there shows that the test works, and that Wine's authors expect the same of Windows as we \
do. It proves nothing about Windows: where both are wrong, it passes all the same. Where Wine is \
known to do otherwise, the test is skipped there. The tables call that *differs*, and say what \
Wine does.

**You have Windows?** One command runs all facts and writes a file: \
[how to send it](../CONTRIBUTING.md#the-facts-on-windows).
"""
_NOT_THERE = "The tests have run under Wine, and not yet on Windows."
_THERE = "The tests have run under Wine, and on the releases of Windows in the table below."

_LINK = re.compile(r"!?\[([^\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)")
_FOOTNOTE = re.compile(r" ?[¹²³⁴⁵⁶⁷⁸⁹]")
_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|\d+|[A-Z]")


class Page:
    def __init__(self, known: Known):
        self.known = known
        self.chapters = sorted({fact.chapter for fact in known.facts})
        legs = Counter(map(known.leg, known.facts))
        self.words = [word for word in LEGS if word != "failed" or legs[word]]

    def text(self) -> str:
        words = "\n".join(f"| {word} | {LEGS[word]} |" for word in self.words)
        lines = [_HEAD.format(where=_THERE if self.known.windows else _NOT_THERE, words=words)]
        for part in (self._runs(), self._count(), *map(self._chapter, self.chapters)):
            lines += part
        return "\n".join(lines)

    def _runs(self) -> Iterator[str]:
        yield from _head_of("The runs", "System", "Compiler", "Date", "Passed",
                            "Skipped", "Failed", "No answer")
        for run in self.known.runs:
            outcomes = Counter(run.outcome(fact.name)[0] for fact in self.known.facts)
            yield _row_of(run.system, f"{run.compiler}, {run.build}", run.date, outcomes[PASSED],
                          outcomes[SKIPPED], outcomes[FAILED], outcomes[NO_ANSWER])
        if not self.known.windows:
            yield _row_of("Windows", "not yet", "–", "–", "–", "–", "–")
        if any(run.outcome(fact.name)[0] == NO_ANSWER
               for run in self.known.runs for fact in self.known.facts):
            yield (f"\n*{NO_ANSWER.capitalize()}* below means that a run has no result of a test: "
                   "its program ended before, or the test is newer than the run.")
        yield ""

    def _count(self) -> Iterator[str]:
        yield from _head_of("The count", "Chapter", "Facts", *map(str.capitalize, self.words))
        for chapter in self.chapters:
            title = self._title(chapter)
            yield self._count_of(f"[{title}](#{slug_of(title)})", self._facts_of(chapter))
        yield self._count_of("All", self.known.facts)
        yield "\nEach fact is counted once, by its strongest word."
        yield from self._not_passed()
        yield ""

    def _not_passed(self) -> Iterator[str]:
        if not self.known.runs:
            return
        outcomes = [{run.outcome(fact.name)[0] for run in self.known.runs}
                    for fact in self.known.facts]
        unknown = outcomes.count({NO_ANSWER})
        otherwise = sum(PASSED not in each for each in outcomes) - unknown
        if otherwise:
            yield (f"{otherwise} of the tests {have(otherwise)} passed nowhere yet: the systems "
                   "that gave an answer do otherwise.")
        if unknown:
            yield f"{unknown} of the tests {have(unknown)} no answer in any run yet."

    def _count_of(self, name: str, facts: list[Fact]) -> str:
        legs = Counter(map(self.known.leg, facts))
        return _row_of(name, len(facts), *(legs[word] for word in self.words))

    def _facts_of(self, chapter: str) -> list[Fact]:
        return [fact for fact in self.known.facts if fact.chapter == chapter]

    def _title(self, chapter: str) -> str:
        lesson = self.known.documents.get(f"{chapter}/README.md")
        return f"{int(chapter[:2])}. {lesson.lines[0].removeprefix('# ')}" if lesson else chapter

    # The tables follow those of the lesson, where a claim may continue the one above it.
    def _chapter(self, chapter: str) -> Iterator[str]:
        yield f"## {self._title(chapter)}\n"
        rest = self._facts_of(chapter)
        for path, document in self.known.lessons.items():
            if not path.startswith(f"{chapter}/") or not path.endswith("/README.md"):
                continue
            claims = self.known.claims(document)
            for table in tables_of(document):
                rows = [(claims[number], _claim(cells_of(document.lines[number - 1])[0]))
                        for number in table.rows if claims.get(number) in rest]
                rest = [fact for fact in rest if fact not in [row[0] for row in rows]]
                yield from self._table(lead_of(document, table), rows)
        yield from self._table("In the lesson's text", [(fact, _sentence(fact)) for fact in rest])

    def _table(self, lead: str, rows: list[tuple[Fact, str]]) -> Iterator[str]:
        if not rows:
            return
        if lead:
            yield f"{lead}:\n"
        yield from _heads("Claim and test", *self.known.wine, "Windows", "How we know")
        for row in rows:
            yield _row_of(*self._cells(*row))
        yield ""

    def _cells(self, fact: Fact, claim: str) -> Iterator[str]:
        source = posixpath.relpath(fact.source, posixpath.dirname(PAGE))
        yield f'<a id="{fact.name}"></a>{claim}<br>[`{fact.test}`]({source})'
        for runs in self.known.wine.values():
            outcome, _ = together(runs, fact)
            yield "differs" if outcome == SKIPPED else outcome
        outcome, runs = together(self.known.windows, fact)
        if outcome == FAILED:
            yield f"**{FAILED}** ({', '.join(run.system for run in runs)})"
        else:
            yield outcome if self.known.windows else "not yet"
        yield " ".join(self._how(fact))

    def _how(self, fact: Fact) -> Iterator[str]:
        row = self.known.row(fact)
        for word, references in (("Asserted", row.asserted), ("Documented", row.documented)):
            if references:
                yield f"{word}: {'; '.join(map(str, references))}."
        if self.known.leg(fact) == "expected":
            yield "Expected, unproved."
        if row.note:
            yield row.note if row.note.endswith(".") else f"{row.note}."
        reasons: dict[str, list[str]] = {}
        for run in self.known.runs:
            outcome, why = run.outcome(fact.name)
            if outcome in (SKIPPED, FAILED) and run.system not in reasons.setdefault(why, []):
                reasons[why].append(run.system)
        for why, systems in reasons.items():
            yield f"{' and '.join(systems)}: {_literal(why)}."


def have(number: int) -> str:
    return "has" if number == 1 else "have"


def _head_of(heading: str, *heads: str) -> Iterator[str]:
    yield f"## {heading}\n"
    yield from _heads(*heads)


def _heads(*heads: str) -> Iterator[str]:
    yield _row_of(*heads)
    yield "|" + "---|" * len(heads)


def _row_of(*cells) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _claim(cell: str) -> str:
    """A claim of a lesson, without its links and its footnotes."""
    return _FOOTNOTE.sub("", _LINK.sub(r"\1", cell))


def _sentence(fact: Fact) -> str:
    """A test's name as a sentence, for a fact that no table of a lesson states."""
    first, *rest = _WORD.findall(fact.test)
    is_name = re.compile(r"[A-Z]{2,}")
    return " ".join([first, *(word if is_name.fullmatch(word) else word.lower()
                              for word in rest)]) + "."


def _literal(words: str) -> str:
    """The output of a program, escaped for a cell of a table."""
    return re.sub(r"([\\`*_|<>\[\]])", r"\\\1", words)
