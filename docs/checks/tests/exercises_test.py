"""Tests of checks/exercises.py: each way in which an exercise would leave its learner alone."""

import re
import unittest

from checks import lessons
from checks.exercises import ENGLISH, Exercise, _of_all, exercises_of
from checks.tests import lessons_test
from checks.tests.fixture import Fixture
from checks.tree import Tree

FOLDER = "01_one/exercises/1.1_deaf"
TASK = """
    # 1.1 The deaf server

    - **Lesson**: [The code](../../README.md#the-code)
    - **Time**: 15 minutes
    - **Change**: `server.hpp`, about 5 lines

    Mend `serve`.
"""
CHECK = """
    const exercise::rule hear{"a server hears, "
                              "always",
                              "01_one/README.md", "The code"};

    TEST(deaf, Hears) { exercise::about(hear); }
    TEST(deaf, HearsAgain) { exercise::about(hear); }
"""
WHY = """
    # Why

    It did not listen.

    The same in public: [a/b#1](https://github.com/a/b/issues/1): it did not listen either.
"""
LISTED = """
    <!-- exercises -->
    Mend a broken program, or write one: a check says whether it is right, and which rule it breaks if not ([how](../docs/exercises.md)).

    | Exercise | Minutes | Begin with |
    |---|---|---|
    | [1.1 The deaf server](exercises/1.1_deaf/task.md) | 15 | `./tutorial exercise 1.1` |
    <!-- /exercises -->

    ## The code
"""
PAGE = """
    # Exercises

    <!-- exercises -->
    ### [One](../01_one/README.md)

    | Exercise | Minutes | Begin with |
    |---|---|---|
    | [1.1 The deaf server](../01_one/exercises/1.1_deaf/task.md) | 15 | `./tutorial exercise 1.1` |
    <!-- /exercises -->

    <!-- museum -->
    | Exercise | The same in public |
    |---|---|
    | [1.1 The deaf server](../01_one/exercises/1.1_deaf/task.md) | [a/b#1](https://github.com/a/b/issues/1): it did not listen either. |
    <!-- /museum -->
"""


class ExercisesTest(Fixture):
    check = lessons
    files = lessons_test.CheckLessonsTest.files | {
        "docs/exercises.md": PAGE,
        "01_one/exercises/CMakeLists.txt": "tutorial_exercise(1.1_deaf PROOFS\n"
                                           "  start=Hears wrong_ear=HearsAgain)\n",
        f"{FOLDER}/task.md": TASK,
        f"{FOLDER}/hints.md": "# Hints\n\n## 1\n\nLook at `serve`.\n\n## 2\n\nListen.\n",
        f"{FOLDER}/why.md": WHY,
        f"{FOLDER}/check.cpp": CHECK,
        f"{FOLDER}/start/server.hpp": "// Prediction:\n\nvoid serve();\n",
        f"{FOLDER}/solution/server.hpp": "void serve();\n",
        f"{FOLDER}/wrong_ear/server.hpp": "void serve();\n",
    }

    def setUp(self):
        super().setUp()
        self.replace("01_one/README.md", "## The code\n", "LISTED\n")
        listed = "\n".join(line[4:] for line in LISTED.strip("\n").split("\n"))
        self.replace("01_one/README.md", "LISTED", listed)

    def test_whole_exercise_has_no_fault(self):
        self.assertIn("1 exercise", self.assert_no_fault())
        self.assertEqual([(each.number, each.minutes, each.lesson) for each
                          in exercises_of(Tree(self.root))], [("1.1", 15, "01_one/README.md")])

    def test_head_has_its_form(self):
        self.replace(f"{FOLDER}/task.md", "# 1.1 The", "# 1.2 The")
        code, lines = self.run_check()
        self.assertEqual(code, 1)
        self.assertIn(f"{FOLDER}/task.md:1: the first line is the title: # 1.1", "\n".join(lines))
        self.replace(f"{FOLDER}/task.md", "# 1.2 The", "# 1.1 The")
        self.replace(f"{FOLDER}/task.md", "15 minutes", "a quarter")
        self.assertIn(f"{FOLDER}/task.md:3: below the title", "\n".join(self.run_check()[1]))

    def test_files_are_there(self):
        (self.root / FOLDER / "hints.md").unlink()
        self.assert_fault(f"{FOLDER}/task.md:1", "no hints.md")

    def test_hints_are_two_or_three(self):
        self.replace(f"{FOLDER}/hints.md", "## 2", "## Then")
        self.assert_fault(f"{FOLDER}/hints.md:1", "two or three hints")

    def test_repair_mirrors_a_public_bug(self):
        self.replace(f"{FOLDER}/why.md", "The same in public: ", "As in ")
        code, lines = self.run_check()
        self.assertEqual(code, 1)
        self.assertIn(f"{FOLDER}/why.md:1: no paragraph", "\n".join(lines))

    def test_variants_have_the_same_files(self):
        (self.root / FOLDER / "wrong_ear/server.hpp").rename(
            self.root / FOLDER / "wrong_ear/other.hpp")
        self.assert_fault(f"{FOLDER}/task.md:1", "wrong_ear/ and start/")

    def test_start_has_a_place_for_the_prediction(self):
        self.write(f"{FOLDER}/start/server.hpp", "void serve();\n")
        self.assert_fault(f"{FOLDER}/task.md:1", "// Prediction:")

    def test_rule_leads_to_a_heading(self):
        self.replace(f"{FOLDER}/check.cpp", '"The code"', '"The codes"')
        self.assert_fault(f"{FOLDER}/check.cpp:1", "did you mean The code?")

    def test_check_has_a_rule(self):
        self.write(f"{FOLDER}/check.cpp", "TEST(deaf, Hears) {}\nTEST(deaf, HearsAgain) {}\n")
        self.assert_fault(f"{FOLDER}/check.cpp:1", "no exercise::rule")

    def test_hints_name_what_there_is(self):
        self.replace(f"{FOLDER}/hints.md", "`serve`", "`server_of_all`")
        self.assert_fault(f"{FOLDER}/hints.md:5", "`server_of_all` is in no file")

    def test_answers_are_not_read(self):
        self.write(f"{FOLDER}/solution/server.hpp", "void serve(); void server_of_all();\n")
        self.replace(f"{FOLDER}/hints.md", "`serve`", "`server_of_all`")
        self.assert_fault(f"{FOLDER}/hints.md:5", "`server_of_all` is in no file")

    def test_there_is_a_solution(self):
        (self.root / FOLDER / "solution/server.hpp").unlink()
        self.assert_fault("01_one/exercises/CMakeLists.txt:1", "there is no solution/")
        self.replace("01_one/exercises/CMakeLists.txt", "wrong_ear=HearsAgain",
                     "wrong_ear=HearsAgain SOLUTION 01_one")
        self.assert_no_fault()

    def test_each_variant_has_its_proof(self):
        self.replace("01_one/exercises/CMakeLists.txt", " wrong_ear=HearsAgain", "")
        self.assert_fault("01_one/exercises/CMakeLists.txt:1", "PROOFS names ['start']")

    def test_proof_names_a_test(self):
        self.replace("01_one/exercises/CMakeLists.txt", "start=Hears ", "start=Heres ")
        self.assert_fault("01_one/exercises/CMakeLists.txt:1", "did you mean Hears?")

    def test_exercise_has_its_targets(self):
        self.write("01_one/exercises/CMakeLists.txt", "\n")
        self.assert_fault("01_one/exercises/CMakeLists.txt:1", "no tutorial_exercise(1.1_deaf")

    def test_lists_are_made_anew(self):
        self.replace(f"{FOLDER}/task.md", "15 minutes", "10 minutes")
        self.assert_faults(("01_one/README.md:1", "out of date"),
                           ("docs/exercises.md:1", "out of date"))
        self.run_check("--update")
        self.assert_no_fault()
        self.assertIn("| 10 | `./tutorial exercise 1.1` |", self.read("01_one/README.md"))

    def test_no_heading_stands_twice(self):
        lessons = ("05_iocp/README.md", "05_iocp/server/README.md", "05_iocp/README.md")
        text = _of_all(Tree(self.root), [Exercise("f", "n", f"5.{number}", "T", 10, lesson)
                                         for number, lesson in enumerate(lessons)], {}, ENGLISH)
        self.assertEqual(re.findall(r"^### \[(.*)\]\((.*)\)$", text, re.MULTILINE), [
            ("05_iocp/README.md", "../05_iocp/README.md"),
            ("05_iocp/server/README.md", "../05_iocp/server/README.md"),
            ("To finish with: a server of your own", "../05_iocp/README.md")])

    def test_lesson_without_its_list(self):
        self.replace("01_one/README.md", "<!-- /exercises -->", "")
        self.assert_fault("01_one/README.md:1", "has no lines <!-- exercises -->")


if __name__ == "__main__":
    unittest.main()
