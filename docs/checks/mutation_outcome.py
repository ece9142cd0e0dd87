"""What one run of a test program showed, and whether that is what a mutation says."""

import re
from dataclasses import dataclass, field

from checks.mutations import Mutation

_LINE = re.compile(r"\[\s*(?P<word>RUN|OK|FAILED|SKIPPED)\s*\] (?P<test>[\w/.]+)"
                   r"(?:, where .*?)?(?P<time> \(\d+ ms\))?")
_HANG = re.compile(r"\[  FAILED  \] (?P<where>.+?): (?P<what>.+) hangs")
_CRASH = "[  FAILED  ] crashed: "
_WORDS = {"OK": "passed", "FAILED": "failed", "SKIPPED": "skipped"}


@dataclass
class Outcome:
    """How each test fared, by its full name, and how the program ended before its time, if so."""
    tests: dict[str, str] = field(default_factory=dict)
    hangs: str = ""
    crashes: str = ""
    endless: str = ""
    broken: str = ""  # it ended in another way

    def of(self, word: str) -> list[str]:
        return [test for test, how in self.tests.items() if how == word]

    def all_passed(self) -> bool:
        return (not (self.hangs or self.crashes or self.endless or self.broken or self.of("failed"))
                and bool(self.of("passed")))

    def __str__(self) -> str:
        ends = [f"{word}: {text}" for word, text in vars(self).items() if word != "tests" and text]
        failed = self.of("failed")
        return "; ".join([f"{len(failed)} of {len(self.tests)} tests failed"
                          + (f" ({', '.join(failed)})" if failed else ""), *ends])


def outcome_of(output: str, code: int | None) -> Outcome:
    """Reads what GoogleTest printed; `code` is None where the program had to be killed."""
    outcome = Outcome()
    open_test = ""
    crashed = False
    for line in output.replace("\r", "").split("\n"):
        if match := _HANG.fullmatch(line):
            outcome.hangs = f"{match['where']}: {match['what']}"
        elif line.startswith(_CRASH):
            crashed = True
        elif not (match := _LINE.fullmatch(line)):
            continue
        elif match["word"] == "RUN":
            open_test = match["test"]
        elif match["time"]:
            outcome.tests[match["test"]] = _WORDS[match["word"]]
            open_test = ""
    where = open_test or "outside the tests"
    if code is None:
        outcome.endless = where
    elif crashed:
        outcome.crashes = where
    elif not outcome.hangs and open_test:
        outcome.crashes = open_test  # an abort, say
    elif not outcome.hangs and not outcome.tests:
        outcome.broken = f"no test, exit code {code}"
    return outcome


def _is(test: str, name: str) -> bool:
    """Whether `name` means `test`: in full, or without its suite, or without its parameter, too."""
    own = test.rpartition(".")[2]
    return name in (test, own, own.partition("/")[0])


def _are(tests: list[str], names) -> str | None:
    """Where `tests` are not just those that `names` mean, what is wrong."""
    strange = [test for test in tests if not any(_is(test, name) for name in names)]
    missing = [name for name in names if not any(_is(test, name) for test in tests)]
    return " and ".join(filter(None, [
        f"also {', '.join(strange)}" if strange else "",
        f"not {', '.join(missing)}" if missing else ""])) or None


def complaint(mutation: Mutation, outcome: Outcome) -> str | None:
    """What of an outcome is otherwise than a mutation says; None if all is as it says."""
    if mutation.any:
        ended = outcome.hangs.partition(": ")[0] or outcome.crashes
        hit = outcome.of("failed") + [ended] * bool(ended)
        good = hit and all(any(_is(test, name) for name in mutation.fails or hit) for test in hit)
        return None if good and not (outcome.endless or outcome.broken) else str(outcome)
    for word in ("hangs", "crashes", "endless", "broken"):
        wanted, got = getattr(mutation, word, ""), getattr(outcome, word)
        where, _, what = got.partition(": ")
        name, _, said = wanted.partition(": ")
        if bool(wanted) != bool(got) or (wanted and (not _is(where, name) or what != said)):
            return f"{word}: {got or 'nothing'}; said: {wanted or 'nothing'}"
    if mutation.passes is not None:
        wrong = _are(outcome.of("passed"), mutation.passes)
        if wrong:
            return f"of the tests that pass: {wrong}"
    elif wrong := _are(outcome.of("failed"), mutation.fails):
        return f"of the tests that fail: {wrong}"
    if mutation.tests and mutation.tests != len(outcome.tests):
        return f"{len(outcome.tests)} tests ran, and not {mutation.tests}"
    return None


def verdict(mutation: Mutation, outcomes: list[Outcome]) -> tuple[bool, str]:
    """Whether so many runs are as a mutation says as it says; and how they were, in a line."""
    wrong = [(outcome, text) for outcome in outcomes if (text := complaint(mutation, outcome))]
    right = len(outcomes) - len(wrong)
    tally = f"{right} of {len(outcomes)} as said"
    for outcome, text in wrong:
        if not mutation.at_least or not outcome.all_passed():
            return False, f"{tally}; {text}"
    needed = min(mutation.at_least or len(outcomes), len(outcomes))  # --runs may be fewer than the row's
    good = right >= needed
    return good, tally if good else f"{tally}; at least {needed} were said"
