"""docs/evidence.md and docs/evidence.ko.md: the evidence of each fact, chapter by chapter."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from checks.facts import Fact
from checks.evidence_known import Known, together
from checks.evidence_runs import FAILED, NO_ANSWER, PASSED, SKIPPED
from checks.evidence_words import DIFFERS, ENGLISH, NOT_YET, PAGE, Language, have
from checks.markdown import Document, slug_of
from checks.tables import cells_of, lead_of, tables_of

_LINK = re.compile(r"!?\[([^\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)")
_FOOTNOTE = re.compile(r" ?[¹²³⁴⁵⁶⁷⁸⁹]")
_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|\d+|[A-Z]")


class Page:
    """The page in one language. It follows the lessons of that language, where they have an edition in it."""

    def __init__(self, known: Known, language: Language):
        self.known = known
        self.language = language
        self.chapters = sorted({fact.chapter for fact in known.facts})
        counted = Counter(map(known.leg, known.facts))
        self.legs = [leg for leg in language.legs if leg != "failed" or counted[leg]]

    def text(self) -> str:
        words = "\n".join(_row_of(*self.language.legs[leg]) for leg in self.legs)
        where = self.language.there if self.known.windows else self.language.not_there
        lines = [self.language.head.format(where=where, words=words)]
        for part in (self._runs(), self._count(), *map(self._chapter, self.chapters)):
            lines += part
        return "\n".join(lines)

    def _heading(self, words: str, english: str) -> Iterator[str]:
        """A heading. Below a Korean one its mark stands, of which docs/writing-korean.md tells."""
        yield f"## {words}"
        if self.language is not ENGLISH:
            yield f"<!-- en: {slug_of(english)} -->"
        yield ""

    def _runs(self) -> Iterator[str]:
        word = self.language.outcomes
        results = (PASSED, SKIPPED, FAILED, NO_ANSWER)
        yield from self._heading(self.language.runs, ENGLISH.runs)
        yield from _heads(*self.language.run_heads, *(word[each].capitalize() for each in results))
        for run in self.known.runs:
            outcomes = Counter(run.outcome(fact.name)[0] for fact in self.known.facts)
            yield _row_of(run.system, f"{run.compiler}, {run.build}", run.date,
                          *(outcomes[each] for each in results))
        if not self.known.windows:
            yield _row_of("Windows", word[NOT_YET], "–", "–", "–", "–", "–")
        if any(run.outcome(fact.name)[0] == NO_ANSWER
               for run in self.known.runs for fact in self.known.facts):
            yield f"\n{self.language.no_answer}"
        yield ""

    def _count(self) -> Iterator[str]:
        yield from self._heading(self.language.count, ENGLISH.count)
        yield from _heads(*self.language.count_heads,
                          *(self.language.word(leg).capitalize() for leg in self.legs))
        for chapter in self.chapters:
            title = self._title(chapter, self.language)
            yield self._count_of(f"[{title}](#{slug_of(title)})", self._facts_of(chapter))
        yield self._count_of(self.language.all, self.known.facts)
        yield f"\n{self.language.once}"
        yield from self._not_passed()
        yield ""

    def _not_passed(self) -> Iterator[str]:
        if not self.known.runs:
            return
        outcomes = [{run.outcome(fact.name)[0] for run in self.known.runs}
                    for fact in self.known.facts]
        unknown = outcomes.count({NO_ANSWER})
        otherwise = sum(PASSED not in each for each in outcomes) - unknown
        for number, words in ((otherwise, self.language.nowhere), (unknown, self.language.unanswered)):
            if number:
                yield words.format(number=number, have=have(number))

    def _count_of(self, name: str, facts: list[Fact]) -> str:
        counted = Counter(map(self.known.leg, facts))
        return _row_of(name, len(facts), *(counted[leg] for leg in self.legs))

    def _facts_of(self, chapter: str) -> list[Fact]:
        return [fact for fact in self.known.facts if fact.chapter == chapter]

    def _lesson(self, path: str, language: Language) -> Document | None:
        """A lesson in this language; the English one where there is no other."""
        return self.known.documents.get(language.page(path)) or self.known.documents.get(path)

    def _title(self, chapter: str, language: Language) -> str:
        lesson = self._lesson(f"{chapter}/README.md", language)
        return f"{int(chapter[:2])}. {lesson.lines[0].removeprefix('# ')}" if lesson else chapter

    # The tables follow those of the lesson, where a claim may continue the one above it.
    def _chapter(self, chapter: str) -> Iterator[str]:
        yield from self._heading(self._title(chapter, self.language), self._title(chapter, ENGLISH))
        rest = self._facts_of(chapter)
        for path in self.known.lessons:
            if not path.startswith(f"{chapter}/") or not path.endswith("/README.md"):
                continue
            document = self._lesson(path, self.language)
            claims = self.known.claims(document)
            # Which lesson it is, where that is not the chapter's own.
            lesson = "" if path == f"{chapter}/README.md" else document.lines[0].removeprefix("# ")
            for table in tables_of(document):
                rows = [(claims[number], _claim(cells_of(document.lines[number - 1])[0]))
                        for number in table.rows if claims.get(number) in rest]
                rest = [fact for fact in rest if fact not in [row[0] for row in rows]]
                yield from self._table(lead_of(document, table) or lesson, rows)
        yield from self._table(self.language.in_text, [(fact, _sentence(fact)) for fact in rest])

    def _table(self, lead: str, rows: list[tuple[Fact, str]]) -> Iterator[str]:
        if not rows:
            return
        if lead:
            yield f"{lead}:\n"
        yield from _heads(self.language.claim, *self.known.wine, "Windows", self.language.how)
        for row in rows:
            yield _row_of(*self._cells(*row))
        yield ""

    def _cells(self, fact: Fact, claim: str) -> Iterator[str]:
        word = self.language.outcomes
        source = posixpath.relpath(fact.source, posixpath.dirname(PAGE))
        yield f'<a id="{fact.name}"></a>{claim}<br>[`{fact.test}`]({source})'
        for runs in self.known.wine.values():
            outcome, _ = together(runs, fact)
            yield word[DIFFERS if outcome == SKIPPED else outcome]
        outcome, runs = together(self.known.windows, fact)
        if outcome == FAILED:
            yield f"**{word[FAILED]}** ({', '.join(run.system for run in runs)})"
        else:
            yield word[outcome if self.known.windows else NOT_YET]
        yield " ".join(self._how(fact))

    def _how(self, fact: Fact) -> Iterator[str]:
        row = self.known.row(fact)
        for leg, references in (("asserted", row.asserted), ("documented", row.documented)):
            if references:
                yield f"{self.language.word(leg).capitalize()}: {'; '.join(map(str, references))}."
        if self.known.leg(fact) == "expected":
            yield self.language.unproved
        if row.note:
            yield f"{self._words('notes', row.note).removesuffix('.')}."
        reasons: dict[str, list[str]] = {}
        for run in self.known.runs:
            outcome, why = run.outcome(fact.name)
            if outcome == SKIPPED:
                why = self._words("reasons", why)
            if outcome in (SKIPPED, FAILED) and run.system not in reasons.setdefault(why, []):
                reasons[why].append(run.system)
        for why, systems in reasons.items():
            yield f"{self.language.together.join(systems)}: {_literal(why)}."

    def _words(self, table: str, text: str) -> str:
        """A note or a reason in this language. A failure is a program's output, and stays English."""
        return text if self.language is ENGLISH else self.known.korean[table].get(text, text)


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
