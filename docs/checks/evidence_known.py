"""The evidence of each fact: its row, its outcome in the runs, and the word for the strongest."""

from checks.evidence_rows import Evidence, Row, korean_words
from checks.facts import Fact, Facts
from checks.markdown import Document, documents_of
from checks.evidence_runs import FAILED, NO_ANSWER, PASSED, SKIPPED, Run, read_runs
from checks.tree import Tree, is_lesson_text


class Known:
    def __init__(self, tree: Tree):
        self.tree = tree
        self.documents = documents_of(tree)
        self.lessons = {path: document for path, document in self.documents.items()
                        if tree.chapter_of(path) and is_lesson_text(path)}
        self._facts = Facts(tree)
        self.facts = self._facts.all()
        self.rows = Evidence(tree, self.facts).rows
        self.korean = korean_words(tree)
        self.runs = read_runs(tree)
        self.windows = [run for run in self.runs if run.on_windows]
        self.wine: dict[str, list[Run]] = {}  # by the version of Wine
        for run in self.runs:
            if not run.on_windows:
                self.wine.setdefault(run.system, []).append(run)

    def row(self, fact: Fact) -> Row:
        return self.rows.get(fact.name, Row())

    def leg(self, fact: Fact) -> str:
        """The strongest evidence of a fact, by its name in Language.legs."""
        outcome, _ = together(self.windows, fact)
        if outcome == FAILED:
            return "failed"
        if outcome == PASSED:
            return "seen"
        row = self.row(fact)
        return "asserted" if row.asserted else "documented" if row.documented else "expected"

    def claims(self, document: Document) -> dict[int, Fact]:
        """The lines of a lesson that name facts, and the first fact of each."""
        found: dict[int, Fact] = {}
        for claim in self._facts.claims(document):
            for fact in self.facts:
                if (fact.source == claim.source and fact.test == claim.test
                        and claim.suite in (None, fact.suite)):
                    found.setdefault(claim.line, fact)
        return found


def together(runs: list[Run], fact: Fact) -> tuple[str, list[Run]]:
    """The worst outcome of a fact in several runs, and the runs that had it."""
    for outcome in (FAILED, PASSED, SKIPPED):
        if found := [run for run in runs if run.outcome(fact.name)[0] == outcome]:
            return outcome, found
    return NO_ANSWER, []
