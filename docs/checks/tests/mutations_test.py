"""Tests of what proves the exercises' claims: the rows and their check, the outcomes, the runs."""

import unittest
from dataclasses import replace
from pathlib import Path

from checks import lessons, mutation_runs
from checks.mutation_outcome import Outcome, complaint, outcome_of, verdict
from checks.mutation_runs import Copy, Fault, Prover, run_program
from checks.mutations import Change, Mutation, read_mutations
from checks.tests.fixture import Fixture
from checks.tests.lessons_test import LAST_LESSON
from checks.tree import Tree

SOURCE = """
    void f() {
        cancel();
        wait();
    }
"""
ROWS = """
    [wait-without-cancel]
    file = "02_two/f.cpp"
    old = "    cancel();\\n"
    new = ""
    target = "02_two_tests"
    filter = "*Stop*"
    fails = ["StopReturns"]
"""
LESSON = "02_two/README.md"
DATA = "docs/mutations/02_two.toml"
EXERCISE = ("1. Leave `cancel()` out. `StopReturns` fails. <!-- mutation: wait-without-cancel -->\n\n"
            "   <details><summary>Answer</summary>\n\n   Nobody wakes it.\n\n   </details>\n")


class CheckMutationsTest(Fixture):
    check = lessons
    files = {
        ".gitignore": "/build/\n",
        "README.md": "# Front\n",
        LESSON: LAST_LESSON.replace("[one](../01_one/README.md#the-code)", "nothing").replace(
            "    ## What you", "    ## Exercises\n\n" + EXERCISE.replace("\n", "\n    ").replace(
                "1. Leave", "    1. Leave", 1) + "\n    ## What you"),
        "02_two/f.cpp": SOURCE,
        "02_two/tests/f_test.cpp": "TEST(f, StopReturns) {}\n",
        "02_two/CMakeLists.txt": "tutorial_tests(02_two_tests tests/f_test.cpp)\n",
        DATA: ROWS,
    }

    def test_a_tree_without_fault(self):
        self.assertIn("1 mutation: no fault", self.assert_no_fault())

    def test_an_old_text_that_has_gone_or_comes_twice(self):
        self.replace("02_two/f.cpp", "    cancel();\n", "    cancel(0);\n")
        self.assert_fault(f"{DATA}:1", "its old text stands 0 times in 02_two/f.cpp")
        self.write("02_two/f.cpp", SOURCE + SOURCE)
        self.assert_fault(f"{DATA}:1", "its old text stands 2 times in 02_two/f.cpp")

    def test_a_change_that_changes_nothing(self):
        self.replace(DATA, 'new = ""', 'new = "    cancel();\\n"')
        self.assert_fault(f"{DATA}:1", "changes nothing in 02_two/f.cpp")

    def test_a_second_change(self):
        row = self.read(DATA)
        more = '\n[[wait-without-cancel.also]]\nfile = "02_two/f.cpp"\nold = "{}"\nnew = ""\n'
        self.write(DATA, row + more.format("wait();"))
        self.assert_no_fault()
        self.write(DATA, row + more.format("sleep();"))
        self.assert_fault(f"{DATA}:1", "its old text stands 0 times")
        self.write(DATA, row + more.format("wait();").replace("new =", "now ="))
        self.assert_faults((f"{DATA}:1", "a further change has file, old and new"),
                           (self.mark(), "is called wait-without-cancel"))

    def test_what_a_row_names_and_is_not_there(self):
        for old, new, message in (
                ('"02_two/f.cpp"', '"02_two/g.cpp"', "there is no 02_two/g.cpp; did you mean"),
                ("02_two_tests", "02_two_test", "no CMakeLists.txt has 02_two_test; did you mean"),
                ('fails = ["StopReturns"]', 'fails = []\ndrive = "02_two/d.py"',
                 "there is no 02_two/d.py")):
            with self.subTest(new):
                self.setUp()
                self.replace(DATA, old, new)
                self.assert_fault(f"{DATA}:1", message)

    def test_a_test_that_is_not_there(self):
        self.replace(DATA, "StopReturns", "StopReturned")
        self.assert_faults((f"{DATA}:1", "there is no test StopReturned; did you mean StopReturns?"),
                           (self.mark(), "the lesson does not name StopReturned"))

    def test_a_row_that_is_miswritten(self):
        for old, new, message in (
                ('fails = ["StopReturns"]', "", "does not say what fails"),
                ('target = "02_two_tests"', "", "it has no target"),
                ("filter", "filtre", "there is no key filtre; did you mean filter?"),
                ('["StopReturns"]', '"StopReturns"', "fails is of another type: list"),
                ('fails = ["StopReturns"]', "fails = []\nruns = true", "runs is of another type: int"),
                ("[wait-without-cancel]", "[Wait]", "small letters"),
                ('fails = ["StopReturns"]', "fails = []\nruns = 2\nat_least = 3", "more than runs")):
            with self.subTest(new):
                self.setUp()
                self.replace(DATA, old, new)
                self.assert_faults((f"{DATA}:1", message),
                                   (self.mark(), "no mutation in docs/mutations is called"))

    def test_no_toml(self):
        self.replace(DATA, "[wait-without-cancel]", "[wait")
        code, lines = self.run_check()
        self.assertEqual(code, 1)
        self.assertTrue(any(line.startswith(f"{DATA}:1: no TOML") for line in lines), lines)

    def test_a_name_of_two_mutations(self):
        self.write("01_one/README.md", self.read(LESSON).split("## Exercises")[0]
                   + "## What you predicted\n\n1. A.\n2. B.\n\n[On](../02_two/README.md)\n")
        self.write("docs/mutations/01_one.toml", ROWS)
        self.assert_faults((f"{DATA}:1", "is the name of two mutations"),
                           ("docs/mutations/01_one.toml:1", "one lesson of 01_one has to say"))

    def test_rows_of_a_chapter_that_is_not_there(self):
        self.write("docs/mutations/03_three.toml", "")
        self.assert_fault("docs/mutations/03_three.toml:1", "no such chapter")

    def test_a_row_that_no_lesson_names(self):
        self.replace(LESSON, " <!-- mutation: wait-without-cancel -->", "")
        self.assert_fault(f"{DATA}:1", "one lesson of 02_two has to say "
                          "<!-- mutation: wait-without-cancel --> once; here are 0")

    def test_a_row_that_is_named_twice(self):
        self.append(LESSON, "<!-- mutation: wait-without-cancel -->")
        self.assert_fault(f"{DATA}:1", "once; here are 2")

    def test_a_name_without_a_row(self):
        at = self.append(LESSON, "<!-- mutation: wait-without -->")
        self.assert_fault(f"{LESSON}:{at}", "no mutation in docs/mutations is called wait-without; "
                                            "did you mean wait-without-cancel?")

    def test_a_name_that_is_only_shown(self):
        self.append(LESSON, "```text\n<!-- mutation: no -->\n```")
        self.assert_no_fault()

    def test_a_test_that_the_lesson_does_not_name(self):
        self.replace(LESSON, "`StopReturns` fails.", "A test fails.")
        self.assert_fault(self.mark(), "the lesson does not name StopReturns")

    def test_where_a_suite_hangs_the_lesson_names_no_test(self):
        self.replace(DATA, 'fails = ["StopReturns"]', 'hangs = "two/contract/x: stop()"')
        self.replace(LESSON, "`StopReturns` fails.", "It hangs.")
        self.assert_no_fault()

    def test_an_exercise_without_an_answer(self):
        self.replace(LESSON, "<details><summary>Answer</summary>", "The answer:")
        self.assert_fault(self.mark(), "this exercise has no answer")
        self.setUp()
        self.replace(LESSON, "## What you", "2. And now?\n\n## What you")
        self.assert_fault(f"{LESSON}:{self.number('2. And now?')}", "has no answer")

    def number(self, text: str) -> int:
        return next(number for number, line in enumerate(self.read(LESSON).split("\n"), 1)
                    if text in line)

    def mark(self) -> str:
        return f"{LESSON}:{self.number('1. Leave')}"


def mutation(**values) -> Mutation:
    return Mutation("x", "docs/mutations/02_two.toml", 1, (Change("f.cpp", "a", "b"),), "t", **values)


PASSED = """
[ RUN      ] s/c/m.One
[       OK ] s/c/m.One (1 ms)
[ RUN      ] s/c/m.Two
[       OK ] s/c/m.Two (2 ms)
[  PASSED  ] 2 tests.
"""
FAILED = PASSED.replace("[       OK ] s/c/m.Two (2", "f.cpp:1: Failure\r\n"
                        "[  FAILED  ] s/c/m.Two, where TypeParam = m<(w)0> (23") + """
[  FAILED  ] 1 test, listed below:
[  FAILED  ] s/c/m.Two, where TypeParam = m<(w)0>
"""
HANGING = """
[ RUN      ] s/c/m.One
[       OK ] s/c/m.One (1 ms)
[ RUN      ] s/c/m.Two
[  FAILED  ] s/c/m.Two: stop() hangs
"""
CRASHING = HANGING.replace("s/c/m.Two: stop() hangs", "crashed: exception c0000005 at 0000001")


class OutcomeTest(unittest.TestCase):
    def test_tests_that_pass_and_fail(self):
        self.assertTrue(outcome_of(PASSED, 0).all_passed())
        self.assertEqual(outcome_of(FAILED, 1), Outcome({"s/c/m.One": "passed",
                                                         "s/c/m.Two": "failed"}))

    def test_the_watchdogs_words(self):
        self.assertEqual(outcome_of(HANGING, 1).hangs, "s/c/m.Two: stop()")
        self.assertEqual(outcome_of("[  FAILED  ] s/c/m: the destructor hangs", 1).hangs,
                         "s/c/m: the destructor")

    def test_a_program_that_ends_before_its_time(self):
        self.assertEqual(outcome_of(CRASHING, 5).crashes, "s/c/m.Two")
        open_end = HANGING.partition("[  FAILED")[0]
        self.assertEqual(outcome_of(open_end, None).endless, "s/c/m.Two")
        self.assertEqual(outcome_of(open_end, 3).crashes, "s/c/m.Two")
        self.assertEqual(outcome_of("", 3).broken, "no test, exit code 3")
        self.assertFalse(outcome_of("[  SKIPPED ] s.One (0 ms)", 0).all_passed())

    def test_just_what_was_said(self):
        for said, output in ((dict(fails=("Two",)), FAILED), (dict(fails=("s/c/m.Two",)), FAILED),
                             (dict(fails=()), PASSED), (dict(passes=("One",)), FAILED),
                             (dict(hangs="Two: stop()"), HANGING), (dict(crashes="Two"), CRASHING),
                             (dict(fails=("Two",), tests=2), FAILED),
                             (dict(fails=("Two",)), FAILED.replace("m.Two", "m.Two/1_thread")),
                             (dict(fails=("Two/1",)), FAILED.replace("m.Two", "m.Two/1"))):
            with self.subTest(said):
                self.assertIsNone(complaint(mutation(**said), outcome_of(output, 1)))

    def test_otherwise_than_was_said(self):
        for said, output, message in (
                (dict(fails=("One",)), FAILED, "also s/c/m.Two and not One"),
                (dict(fails=("Two",)), PASSED, "not Two"),
                (dict(fails=()), FAILED, "also s/c/m.Two"),
                (dict(passes=("One",)), PASSED, "of the tests that pass: also s/c/m.Two"),
                (dict(fails=("Two",)), HANGING, "hangs: s/c/m.Two: stop(); said: nothing"),
                (dict(hangs="Two: stop()"), PASSED, "hangs: nothing; said: Two: stop()"),
                (dict(hangs="One: stop()"), HANGING, "said: One: stop()"),
                (dict(hangs="Two: it"), HANGING, "said: Two: it"),
                (dict(hangs="Two: stop()"), CRASHING, "hangs: nothing"),
                (dict(fails=("Two",), tests=3), FAILED, "2 tests ran, and not 3")):
            with self.subTest(said):
                self.assertIn(message, complaint(mutation(**said), outcome_of(output, 1)))

    def test_any_of_the_tests(self):
        either = mutation(fails=("Two", "Three"), any=True)
        for output in (FAILED, HANGING, CRASHING):
            self.assertIsNone(complaint(either, outcome_of(output, 1)))
            self.assertIsNone(complaint(mutation(any=True), outcome_of(output, 1)))
        for output in (PASSED, *(text.replace("Two", "Four") for text in (FAILED, CRASHING))):
            self.assertIsNotNone(complaint(either, outcome_of(output, 1)))
        self.assertIsNotNone(complaint(mutation(any=True), outcome_of(PASSED, 0)))

    def test_how_often(self):
        good, other, clean = (outcome_of(text, 1) for text in (FAILED, HANGING, PASSED))
        always = mutation(fails=("Two",))
        self.assertTrue(verdict(always, [good, good])[0])
        self.assertFalse(verdict(always, [good, clean])[0])
        often = mutation(fails=("Two",), runs=3, at_least=2)
        self.assertTrue(verdict(often, [good, clean, good])[0])
        self.assertEqual(verdict(often, [good, clean, clean]),
                         (False, "1 of 3 as said; at least 2 were said"))
        self.assertFalse(verdict(often, [good, other, good])[0])
        self.assertTrue(verdict(often, [good])[0])
        self.assertFalse(verdict(often, [clean])[0])


class CopyWithoutBuild(Copy):
    """A copy whose build notes the source, and fails where that does not compile."""

    def __init__(self, tree: Tree):
        super().__init__(tree)
        self.built: list[str] = []

    def build(self, targets: list[str]) -> None:
        self.built.append((self.root / "02_two/f.cpp").read_text("utf-8"))
        if "syntax error" in self.built[-1]:
            raise Fault("it does not compile")


class ProverTest(Fixture):
    check = mutation_runs
    files = CheckMutationsTest.files

    def setUp(self):
        super().setUp()
        self.copy = CopyWithoutBuild(Tree(self.root))
        self.copy.refresh()
        self.said: list[str] = []
        self.prover = Prover(self.copy, say=self.said.append)
        self.outputs: list[tuple[int | None, str]] = []
        original = mutation_runs.run_program
        mutation_runs.run_program = lambda command, limit: self.outputs.pop(0)
        self.addCleanup(setattr, mutation_runs, "run_program", original)

    def row(self, new: str = "") -> Mutation:
        return replace(mutation(fails=("Two",), runs=2),
                       changes=(Change("02_two/f.cpp", "cancel();", new),))

    def source(self, folder: Path) -> str:
        return (folder / "02_two/f.cpp").read_text("utf-8")

    def test_a_claim_that_holds(self):
        self.outputs = [(0, PASSED), (1, FAILED), (1, FAILED)]
        self.assertTrue(self.prover.prove(self.row()))
        self.assertIn("2 of 2 as said", self.said[0])
        self.assertEqual(["cancel" in text for text in self.copy.built], [True, False])
        self.assertEqual(self.source(self.copy.root), self.source(self.root))

    def test_a_claim_that_does_not_hold(self):
        self.outputs = [(0, PASSED), (0, PASSED)]
        self.assertFalse(self.prover.prove(self.row()))
        self.assertIn("not Two", self.said[0])
        self.assertEqual(self.source(self.copy.root), self.source(self.root))

    def test_tests_that_fail_without_the_change(self):
        self.outputs = [(1, FAILED)]
        self.assertFalse(self.prover.prove(self.row()))
        self.assertIn("without the change", self.said[0])

    def test_it_looks_once_without_the_change(self):
        self.outputs = [(0, PASSED)] + [(1, FAILED)] * 4
        self.assertTrue(self.prover.prove(self.row()) and self.prover.prove(self.row()))
        self.assertEqual(self.outputs, [])

    def test_a_change_that_does_not_compile_is_undone(self):
        self.outputs = [(0, PASSED)]
        self.assertFalse(self.prover.prove(self.row("syntax error")))
        self.assertIn("does not compile", self.said[0])
        self.assertEqual(self.source(self.copy.root), self.source(self.root))
        self.outputs = [(1, FAILED)] * 2
        self.assertTrue(self.prover.prove(self.row()))

    def test_the_copy_follows_the_tree(self):
        file = self.copy.root / "02_two/f.cpp"
        before = file.stat().st_mtime_ns
        self.write("02_two/new.cpp", "int i;\n")
        Copy(Tree(self.root)).refresh()
        self.assertEqual(file.stat().st_mtime_ns, before)
        self.assertTrue((self.copy.root / "02_two/new.cpp").exists())
        file.write_text("left changed", "utf-8")
        (self.root / "02_two/new.cpp").unlink()
        Copy(Tree(self.root)).refresh()
        self.assertEqual(self.source(self.copy.root), self.source(self.root))
        self.assertFalse((self.copy.root / "02_two/new.cpp").exists())

    def test_the_list(self):
        code, lines = self.run_check("--list")
        self.assertEqual((code, lines), (0, [f"wait-without-cancel: {LESSON}, 02_two_tests"]))

    def test_a_name_that_is_not_there(self):
        code, lines = self.run_check("--only", "nothing")
        self.assertEqual(code, 2)
        self.assertIn("no mutation is called nothing", lines[0])

    def test_what_has_rotted_is_not_run(self):
        self.write("02_two/f.cpp", "void f() {}\n")
        code, lines = self.run_check()
        self.assertEqual(code, 1)
        self.assertIn("its old text stands 0 times", lines[0])


class RunTest(unittest.TestCase):
    def test_a_program_that_goes_on_for_ever_is_killed(self):
        self.assertEqual(run_program(["sh", "-c", "echo begins; sleep 60"], 0.5), (None, "begins\n"))

    def test_what_it_prints_and_how_it_ends(self):
        self.assertEqual(run_program(["sh", "-c", "echo a; echo b >&2; exit 3"], 60), (3, "a\nb\n"))
