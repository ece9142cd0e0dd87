"""Proves what the exercises claim: makes each change in a copy of the tree, builds, and runs the tests.

The copy is build/mutations/tree, with a build folder of its own; the checkout stays as it is. A change is
undone before the next one is made. docs/writing-lessons.md says how a mutation is written down.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from checks.markdown import documents_of
from checks.mutation_outcome import Outcome, complaint, outcome_of, verdict
from checks.mutations import Mutation, check_mutations, marks_of, read_mutations
from checks.tree import Tree, count

OPTIONS = {
    "--only": {"metavar": "NAME", "action": "append", "default": [],
               "help": "prove this mutation, or those of this chapter (may be repeated)"},
    "--list": {"action": "store_true", "help": "say which there are, and build nothing"},
    "--runs": {"type": int, "default": 0, "metavar": "N",
               "help": "run each so often, and not as often as its row says"},
    "--keep-output": {"action": "store_true", "help": "print what the test programs print"},
}

PLACE = "build/mutations/tree"
BUILD = "build/linux"  # in the copy: where the preset puts it
LIMIT = 300  # seconds for one run: it ends what no watchdog ends
ENDLESS = 60  # the same, where the row says that it goes on for ever


class Fault(Exception):
    """A step that did not work; its text says why."""


class Copy:
    """A copy of the tree in which sources may be changed, and its build."""

    def __init__(self, tree: Tree):
        self.tree = tree
        self.root = tree.root / PLACE
        self._environment = {
            **os.environ, "CCACHE_DIR": os.environ.get("CCACHE_DIR", f"{tree.root}/build/ccache"),
            # Without these ccache compiles nothing that has precompiled headers.
            "CCACHE_SLOPPINESS": "pch_defines,time_macros,include_file_mtime,include_file_ctime"}

    def refresh(self) -> None:
        """Makes the copy like the tree; a file that is so already keeps its time."""
        listed = self.root.parent / "files"  # those of the last time
        before = set(listed.read_text("utf-8").split("\n")) if listed.exists() else set()
        for path in before - set(self.tree.files):
            (self.root / path).unlink(missing_ok=True)
        for path in self.tree.files:
            content = (self.tree.root / path).read_bytes()
            file = self.root / path
            if not file.is_file() or file.read_bytes() != content:
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.tree.root / path, file)
                shutil.copymode(self.tree.root / path, file)
        listed.write_text("\n".join(self.tree.files), "utf-8")

    def build(self, targets: list[str]) -> None:
        if not (self.root / BUILD / "build.ninja").exists():
            launcher = ["-D", "CMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
            self._call(["cmake", "--preset", "linux", *launcher])
        self._call(["cmake", "--build", BUILD, "--target", *targets])

    def _call(self, command: list[str]) -> None:
        done = subprocess.run(command, cwd=self.root, env=self._environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              encoding="utf-8", errors="replace")
        if done.returncode != 0:
            raise Fault(f"{' '.join(command)} failed:\n{_last_lines(done.stdout)}")

    def change(self, mutation: Mutation) -> None:
        for each in mutation.changes:
            file = self.root / each.file
            text = file.read_text("utf-8")
            if (times := text.count(each.old)) != 1:
                raise Fault(f"its old text stands {times} times in {each.file}, and not once")
            file.write_text(text.replace(each.old, each.new), "utf-8", newline="\n")

    def restore(self, mutation: Mutation) -> None:
        """Puts the tree's text back; the file's time is new, so that it is compiled again."""
        for each in mutation.changes:
            shutil.copyfile(self.tree.root / each.file, self.root / each.file)

    def program(self, target: str) -> Path:
        return self.root / BUILD / "bin" / f"{target}.exe"


def run_program(command: list[str], limit: float) -> tuple[int | None, str]:
    """Runs a program to its end, or kills it at the limit: then the code is None."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, start_new_session=True) as process:
        try:
            output, _ = process.communicate(timeout=limit)
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            code = None
    return code, output.decode("utf-8", errors="replace")


class Prover:
    """Proves mutations, one after another, and prints how each fares."""

    def __init__(self, copy: Copy, runs: int = 0, keep_output: bool = False,
                 say: Callable[[str], None] = lambda text: print(text, flush=True)):
        self.copy = copy
        self.say = say
        self._runs = runs
        self._keep_output = keep_output
        self._wine = str(copy.tree.root / "cmake" / "wine-run")
        self._sound: set[tuple[str, str]] = set()  # passed without any change

    def prove(self, mutation: Mutation) -> bool:
        """Whether all is as the row says. Leaves the copy's sources as they were."""
        start = time.monotonic()
        try:
            self._require_sound(mutation)
            try:
                self.copy.change(mutation)
                self.copy.build([mutation.target])
                good, text = self._judge(mutation)
            finally:
                self.copy.restore(mutation)
        except Fault as fault:
            good, text = False, str(fault)
        self.say(f"{'ok' if good else 'FAULT':5} {time.monotonic() - start:4.0f} s  "
                 f"{mutation.name}: {text}")
        return good

    def _require_sound(self, mutation: Mutation) -> None:
        """Without the change all tests of the row pass, or a failure would prove nothing."""
        key = (mutation.target, mutation.drive or mutation.filter)
        if key in self._sound:
            return
        self.copy.build([mutation.target])
        if mutation.drive:
            if self._drive(mutation, "unchanged"):
                raise Fault(f"{mutation.drive} sees the fault without the change, too")
        elif not (outcome := self._run(mutation, LIMIT)).all_passed():
            raise Fault(f"without the change: {outcome}")
        self._sound.add(key)

    def _judge(self, mutation: Mutation) -> tuple[bool, str]:
        runs = self._runs or mutation.runs
        if mutation.drive:
            seen = [self._drive(mutation, "changed") for _ in range(runs)]
            return sum(seen) >= min(mutation.at_least or runs, runs), f"{sum(seen)} of {runs} as said"
        limit = ENDLESS if mutation.endless else LIMIT
        outcomes = []
        for _ in range(runs):
            outcomes.append(self._run(mutation, limit))
            if (not mutation.at_least and complaint(mutation, outcomes[-1])):
                break  # one is enough to know
        return verdict(mutation, outcomes)

    def _run(self, mutation: Mutation, limit: float) -> Outcome:
        code, output = run_program([self._wine, str(self.copy.program(mutation.target)),
                                    f"--gtest_filter={mutation.filter}"], limit)
        if self._keep_output:
            self.say(output)
        return outcome_of(output, code)

    def _drive(self, mutation: Mutation, state: str) -> bool:
        """Whether a script sees what the lesson says: exit code 0. 1: it does not; else it broke."""
        code, output = run_program(
            [sys.executable, "-B", str(self.copy.tree.root / mutation.drive),
             str(self.copy.program(mutation.target)), self._wine], LIMIT)
        if self._keep_output:
            self.say(output)
        if code not in (0, 1):
            raise Fault(f"{mutation.drive}, {state}: exit code {code}\n{_last_lines(output)}")
        return code == 0


def run(root: Path, options) -> int:
    tree = Tree(root)
    documents = documents_of(tree)
    mutations = read_mutations(tree)
    if options.list:
        marks = marks_of(documents)
        for each in mutations:
            print(f"{each.name}: {marks.get(each.name, [('no lesson', 0)])[0][0]}, {each.target}")
        return 0
    check_mutations(tree, documents)
    if tree.faults:  # what has rotted proves nothing
        return tree.report(count(len(mutations), "mutation"))
    chosen = [each for each in mutations if not options.only or each.name in options.only
              or each.path.rpartition("/")[2].removesuffix(".toml") in options.only]
    if not chosen:
        print(f"no mutation is called {' or '.join(options.only)}; --list says which there are")
        return 2
    copy = Copy(tree)
    print(f"{count(len(chosen), 'mutation')}; the copy is {PLACE}", flush=True)
    copy.refresh()
    subprocess.run([root / "cmake" / "wine-run", "--start"], check=True)
    try:
        copy.build(sorted({each.target for each in chosen}))
    except Fault as fault:
        print(f"the tree does not build without a change: {fault}")
        return 1
    prover = Prover(copy, options.runs, options.keep_output)
    faults = [each.name for each in chosen if not prover.prove(each)]
    print(f"{len(chosen) - len(faults)} of {len(chosen)} proved"
          + (f"; not: {', '.join(faults)}" if faults else ""))
    return 1 if faults else 0


def _last_lines(text: str) -> str:
    return "\n".join(text.rstrip().split("\n")[-30:])
