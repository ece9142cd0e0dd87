#!/usr/bin/env python3
"""Tests the tool of the exercises (exercise.cmake) as a learner meets it, without a build.

    exercise_test.py CMAKE [unittest's arguments...]

A script takes the place of the program that checks. ../../.ci/run does an exercise as a whole.
"""

import pathlib
import re
import signal
import stat
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CMAKE = "cmake"
DEADLINE = 60
PASSED = 86  # what a check returns that has passed
FIRST = "1.1_unstoppable"
SOURCE = "server.hpp"


class ExerciseTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.my = self.folder / "my files"
        self.file = self.my / FIRST / SOURCE

    def command(self, *words):
        return [CMAKE, "-D", f"MY={self.my}", "-D", "EMULATOR=", "-D", "COMMAND=exercise",
                "-P", str(ROOT / "exercise.cmake"), *words]

    def call(self, *words, code=0):
        """Returns what the tool says on standard output, and then on standard error."""
        done = subprocess.run(self.command(*words), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=DEADLINE, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        if code == 0:
            self.assertEqual(done.stderr, "")
        return done.stdout + done.stderr

    def program(self, words, code):
        """A program that says so, and ends so."""
        path = self.folder / "program"
        path.write_text(f"#!/bin/sh\necho '{words}'\nexit {code}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def test_list_says_what_comes_next(self):
        said = self.call()
        self.assertEqual(said, self.call("list"))
        self.assertRegex(said, r"(?m)^  next +1\.1_unstoppable +The server that does not stop +15 min$")
        self.assertIn("0 of ", said)
        tasks = list(ROOT.glob("0*/exercises/*/task.md"))
        self.assertEqual(len(re.findall(r"(?m) min$", said)), len(tasks))
        self.assertFalse(self.my.exists())

    def test_task_comes_with_its_file(self):
        said = self.call("next")
        self.assertIn("The server that does not stop", said)
        self.assertNotIn("](", said)
        self.assertIn("exercise check", said)
        start = ROOT / "01_blocking/exercises" / FIRST / "start" / SOURCE
        self.assertEqual(self.file.read_bytes(), start.read_bytes())

    def test_names(self):
        for name in ("1.1", "unstoppable", "unst", FIRST, f"my/{FIRST}/", "UNSTOPPABLE"):
            with self.subTest(name):
                self.assertIn("# 1.1 The server", self.call(name))
        said = self.call("1.5")
        self.assertTrue((self.my / "1.5_build/echo_server.cpp").is_file())
        self.assertTrue((self.my / "1.5_build/echo_server.hpp").is_file())
        self.assertIn("echo_server.cpp and my/1.5_build/echo_server.hpp", said.replace("\n", " "))
        self.assertIn('"build" may be: 1.5_build, ', self.call("hint", "buil", code=1)
                      .replace('"buil"', '"build"'))

    def test_wrong_words(self):
        self.assertIn("no exercise \"nothing\"", self.call("nothing", code=1))
        self.assertIn("no exercise \"9.9\"", self.call("check", "9.9", code=1))
        self.assertIn("Which exercise?", self.call("hint", code=1))
        self.assertIn("takes one name", self.call("hint", "1.1", "1.5", code=1))
        self.assertIn("no verb", self.call("chek", "1.1", code=1))
        self.assertIn("takes no name", self.call("next", "1.1", code=1))
        self.assertIn("Usage: exercise", self.call("help"))
        self.assertFalse(self.my.exists())

    def test_file_is_never_overwritten(self):
        self.call("1.1")
        self.file.write_text("mine", encoding="utf-8")
        self.call("1.1")
        self.call("put", "1.1")
        self.assertEqual(self.file.read_text(encoding="utf-8"), "mine")

    def test_reset_keeps_what_was_there(self):
        self.call("1.1")
        first = self.file.read_bytes()
        for number in (1, 2):
            self.file.write_text(f"mine {number}", encoding="utf-8")
            self.assertIn(f"{SOURCE}.{number}", self.call("reset"))
            self.assertEqual(self.file.read_bytes(), first)
        for number in (1, 2):
            kept = self.file.with_name(f"{SOURCE}.{number}")
            self.assertEqual(kept.read_text(encoding="utf-8"), f"mine {number}")

    def test_hints_come_one_by_one(self):
        self.call("1.1")
        said = [self.call("hint") for _ in range(4)]
        for number, each in enumerate(said[:3], 1):
            self.assertTrue(each.startswith(f"Hint {number} of 3"), each)
            self.assertNotIn("## ", each)
        self.assertIn("That was the last hint", said[2])
        self.assertEqual(said[3], said[2])
        self.assertEqual(len(set(said)), 3)

    def test_solution_is_shown_if_asked_twice(self):
        self.call("1.1")
        self.assertNotIn("CancelIoEx", self.call("solution"))
        self.assertIn("::CancelIoEx(", self.call("solution"))

    def test_check_that_fails(self):
        self.call("1.1")
        said = self.call("run", "1.1", self.program("FAILED  It", 1), code=1)
        self.assertIn("FAILED  It", said)
        self.assertIn("so that it fails is right", said)
        self.assertIn("write your prediction", said)
        self.file.write_text("// Prediction: none\n", encoding="utf-8")
        self.assertNotIn("is right", self.call("run", "1.1", self.program("FAILED  It", 1), code=1))
        self.assertIn("next   1.1", self.call())

    def test_check_that_crashes(self):
        self.call("1.1")
        said = self.call("run", "1.1", self.program("ok", 5), code=1)
        self.assertIn("has not come to its end: 5", said)

    def test_program_that_ends_itself_has_not_passed(self):
        self.call("1.1")
        self.file.write_text("mine", encoding="utf-8")
        said = self.call("run", "1.1", self.program("ok", 0), code=1)
        self.assertIn("not come to its end: the program ended itself, with exit code 0", said)
        self.assertIn("0 of ", self.call())

    def test_pass(self):
        self.call("1.1")
        self.file.write_text("// Prediction: in accept,\n// I think\n#pragma once\n", encoding="utf-8")
        said = self.call("run", "1.1", self.program("ok", PASSED))
        self.assertIn("\nPASSED\n", said)
        self.assertIn("You predicted: in accept, I think\n", said)
        self.assertIn("https://github.com/", said)
        self.assertRegex(said, r"Next, 1\.[2-9]")
        self.assertRegex(self.call(), r"(?m)^  done +1\.1_unstoppable ")
        self.assertIn("1 of ", self.call())
        self.assertNotIn("# 1.1 ", self.call("next"))
        self.assertIn("::CancelIoEx(", self.call("solution", "1.1"))
        self.call("reset", "1.1")
        self.assertIn("0 of ", self.call())

    def test_pass_without_a_change_is_told(self):
        self.call("1.1")
        said = self.call("run", "1.1", self.program("ok", PASSED))
        self.assertIn("It has passed unchanged", said)
        self.assertIn("0 of ", self.call())

    def test_goes_on_where_the_learner_was(self):
        self.call("1.5")
        self.assertIn("# 1.5 ", self.call("next"))

    def test_all_done(self):
        names = [task.parent.name for task in ROOT.glob("0*/exercises/*/task.md")]
        (self.my / ".progress").mkdir(parents=True)
        for name in names:
            (self.my / ".progress" / f"{name}.passed").write_text("1", encoding="utf-8")
        self.assertIn(f"All {len(names)} are done", self.call())
        self.assertIn("You have done all exercises", self.call("next"))

    def test_watch_ends_with_ctrl_c(self):
        self.call("1.1")
        # In this folder every build fails, at once.
        build = self.folder / "build"
        (build / "exercises").mkdir(parents=True)
        for name in ("CMakeCache.txt", "exercises/libraries_built"):
            (build / name).write_text("", encoding="utf-8")
        watch = self.command("watch")
        watch[1:1] = ["-D", f"BUILD={build}"]
        with subprocess.Popen(watch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as process:
            for save in range(2):
                self.file.write_text(f"save {save}", encoding="utf-8")
                said = ""
                while "Ctrl+C ends." not in said:
                    line = process.stdout.readline()
                    self.assertTrue(line, said)
                    said += line
                self.assertRegex(said, r"(?m)^=== \d\d:\d\d:\d\d$")
                self.assertIn("It does not compile yet", said)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=DEADLINE)
        self.assertEqual(process.returncode, -signal.SIGINT)


if __name__ == "__main__":
    CMAKE = sys.argv.pop(1)
    unittest.main()
