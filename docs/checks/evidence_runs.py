"""Runs of the facts: the file that the target `facts` writes, and the shorter one that is kept.

The target's file, facts.json, holds GoogleTest's own reports. Kept is one small file for each
system and compiler, docs/evidence/results/SYSTEM-COMPILER.json: a line for each fact.
"""

import json
import posixpath
import re
from dataclasses import asdict, dataclass, field

from checks.tree import Tree, count

FOLDER = "docs/evidence/results"
PASSED, FAILED, SKIPPED, NO_ANSWER = "passed", "failed", "skipped", "no answer"

_SYSTEM = re.compile(r"(?:Wine|Windows) \d+(?:\.\d+)+")
_COMPILER = re.compile(r"[A-Za-z]+ \d+(?:\.\d+)*")
_BUILD = re.compile(r"\w+")
_COMMIT = re.compile(r"[0-9a-f]{7,40}(?:-dirty)?|unknown")
_DATE = re.compile(r"\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])")
_LONGEST = 400


class Refused(Exception):
    """A file is not as it should be; the text says why."""


@dataclass
class Run:
    """One run of all facts."""
    system: str    # "Windows 10.0.22631", "Wine 8.0"
    compiler: str  # "MSVC 19.40.33811.0"
    build: str     # "Release"
    commit: str
    date: str
    # Outcomes by "suite.Test": "passed", or "skipped" or "failed" with the reason behind a colon.
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of its file: windows-10.0.22631-msvc-19.40, with -debug for that build."""
        compiler = re.sub(r"(\d+\.\d+)\..*", r"\1", self.compiler)
        build = "" if self.build == "Release" else f" {self.build}"
        return f"{self.system} {compiler}{build}".lower().replace(" ", "-")

    @property
    def on_windows(self) -> bool:
        return self.system.startswith("Windows")

    def outcome(self, fact: str) -> tuple[str, str]:
        """The outcome of a fact, and the reason for it."""
        word, _, why = self.facts.get(fact, NO_ANSWER).partition(": ")
        return word, why

    def text(self) -> str:
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def read_runs(tree: Tree) -> list[Run]:
    """All runs that are kept: those on Windows first, the releases of a system in their order."""
    runs = []
    for path in tree.files:
        if posixpath.dirname(path) == FOLDER and path.endswith(".json"):
            try:
                run = Run(**json.loads(tree.read(path)))
                _check(run)
                if path != f"{FOLDER}/{run.name}.json":
                    raise Refused(f"this run belongs into {run.name}.json")
                runs.append(run)
            except (TypeError, ValueError, Refused) as error:
                tree.fault(path, 1, f"is no kept run (--add makes them): {error}")
    return sorted(runs, key=lambda run: (
        not run.on_windows, list(map(int, re.findall(r"\d+", run.system))), run.compiler))


def run_of(text: str, chapters: list[str]) -> Run:
    """The run that a facts.json reports; raises Refused."""
    try:
        content = json.loads(text)
        programs = {each["program"] for each in content["programs"]}
        reports = [each["report"] for each in content["programs"] if each["report"]]
        places = {(report["system"], report["compiler"], report["build"]) for report in reports}
        facts = dict(_outcome(suite, test) for report in reports
                     for suite in report["testsuites"] for test in suite["testsuite"])
        # The target starts a program that has ended without a report again, once for each test. A
        # test that ends it even so has failed.
        facts |= {_name(each["filter"]): f"{FAILED}: ended without an answer (exit {each['exit']})"
                  for each in content["programs"]
                  if not each["report"] and "*" not in each.get("filter", "*")}
        commit = str(content["commit"])
        date = min((report["timestamp"][:10] for report in reports), default="")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else error
        raise Refused("this is no facts.json, as the target `facts` writes it (an artifact has to be "
                      f"unpacked first): {what}") from None
    if not reports:
        raise Refused("no program gave a report")
    if missing := [chapter for chapter in chapters
                   if not any(program.startswith(chapter) for program in programs)]:
        raise Refused(f"no program of {', '.join(missing)} was run: build the target `facts` from "
                      "the repository's root")
    if len(places) != 1:
        raise Refused(f"its reports come from {count(len(places), 'system')}, not from one")
    run = Run(*places.pop(), commit, date, dict(sorted(facts.items())))
    _check(run)
    return run


def _check(run: Run) -> None:
    for name, value, pattern in (("system", run.system, _SYSTEM), ("date", run.date, _DATE),
                                 ("compiler", run.compiler, _COMPILER),
                                 ("build", run.build, _BUILD), ("commit", run.commit, _COMMIT)):
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Refused(f"{value!r} is no {name}")
    for fact in run.facts:
        if run.outcome(fact)[0] not in (PASSED, FAILED, SKIPPED):
            raise Refused(f"{fact}: {run.facts[fact]!r} is no outcome")


def _name(test: str) -> str:
    """The fact's name: in a suite of several types, "windows" is the one that facts are about."""
    return test.replace("/windows.", ".")


def _outcome(suite: dict, test: dict) -> tuple[str, str]:
    name = _name(f"{suite['name']}.{test['name']}")
    if failures := test.get("failures"):
        return name, f"{FAILED}: " + _short(failures[0]["failure"])
    if test["result"] == "SKIPPED":
        return name, f"{SKIPPED}: " + test.get("skipped_because", "without a reason")
    if test["result"] != "COMPLETED":
        raise Refused(f"{name} was not run: {test['result']}")
    return name, PASSED


def _short(text: str) -> str:
    """One line of a failure's text, without the path of the checkout that it comes from."""
    folder = r"(?:[A-Za-z]:)?[\\/][^\n\"]*?[\\/](?=\w+\.[ch]pp)|\S*[\\/](?=\w+\.[ch]pp)"
    line = " ".join(re.sub(folder, "", text).split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + " …"
