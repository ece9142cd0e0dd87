#!/usr/bin/env python3
"""Tests the tool of the exercises (exercise.cmake) as a learner meets it, without a build.

    exercise_test.py CMAKE [unittest's arguments...]

Scripts take the place of the compiler and of the program that checks. ../../.ci/run does an exercise as a
whole.
"""

import fcntl
import os
import pathlib
import re
import shutil
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

    def command(self, *words, options=(), root=ROOT):
        return [CMAKE, "-D", f"MY={self.my}", "-D", "EMULATOR=", "-D", "COMMAND=exercise", *options,
                "-P", str(root / "exercise.cmake"), *words]

    def call(self, *words, code=0, language="C.UTF-8", **place):
        """Returns what the tool says on standard output, and then on standard error."""
        done = subprocess.run(self.command(*words, **place), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, encoding="utf-8", timeout=DEADLINE, check=False,
                              env=dict(os.environ, LC_ALL=language))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        if code == 0:
            self.assertEqual(done.stderr, "")
        return done.stdout + done.stderr

    @staticmethod
    def names():
        return [task.parent.name for task in ROOT.glob("0*/exercises/*/task.md")]

    def script(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def program(self, words, code):
        """A program that says so, and ends so."""
        return self.script(self.folder / "program", f"echo '{words}'\nexit {code}")

    def build(self, compiler, program="exit 1"):
        """A build's folder whose compiler and whose program for 1.1 are these scripts."""
        build = self.folder / "build"
        source = self.folder / "source"
        self.script(source / "compiler", compiler)
        (source / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(fake NONE)\n"
            "add_custom_target(exercise_libraries)\n"
            "add_custom_target(exercise_1.1 COMMAND ${CMAKE_SOURCE_DIR}/compiler)\n", encoding="utf-8")
        subprocess.run([CMAKE, "-G", "Ninja", "-S", source, "-B", build], check=True,
                       stdout=subprocess.DEVNULL)
        self.script(build / "exercises/exercise_1.1.exe", program)
        return ["-D", f"BUILD={build}"]

    def test_list_says_what_comes_next(self):
        said = self.call()
        self.assertEqual(said, self.call("list"))
        self.assertRegex(said, r"(?m)^  next +1\.1_unstoppable +The server that does not stop +15 min$")
        self.assertIn("0 of ", said)
        self.assertEqual(len(re.findall(r"(?m) min$", said)), len(self.names()))
        self.assertFalse(self.my.exists())

    def test_task_comes_with_its_file(self):
        said = self.call("next")
        self.assertIn("The server that does not stop", said)
        self.assertNotIn("](", said)
        self.assertIn("exercise check", said)
        start = ROOT / "01_blocking/exercises" / FIRST / "start" / SOURCE
        self.assertEqual(self.file.read_bytes(), start.read_bytes())

    def test_reader_of_korean_gets_the_korean_edition(self):
        korean = "ko_KR.UTF-8"
        self.assertRegex(self.call(language=korean), r"(?m)^  다음 +1\.1_unstoppable +[가-힣 ]+ 15분$")
        said = self.call("next", language=korean)
        self.assertRegex(said, r"^# 1\.1 [가-힣]")
        self.assertNotIn("<!--", said)
        self.assertRegex(said, "관련된 장: +01_blocking/README.ko.md")
        self.assertRegex(self.call("hint", language=korean), "^1\\.1 [가-힣 ]+: 힌트 1/3\n\n.*[가-힣]")
        self.assertIn("5.9_bottomless", self.call("b", code=1, language=korean))

    def test_konkani_is_not_korean(self):
        self.assertIn("Usage:", self.call("help", language="kok_IN.UTF-8"))

    def test_words_are_the_same_in_both_languages(self):
        text = (ROOT / "cmake/exercise/words.cmake").read_text(encoding="utf-8")
        said = {"en": {}, "ko": {}}
        for language, key, words in re.findall(r'(?s)\nset\((en|ko)_(\w+)\s+"(.*?)(?<!\\)"\)', text):
            said[language][key] = set(re.findall(r"@\w+@|\\\\1", words))
        self.assertGreater(len(said["en"]), 50)
        # A Korean sentence may leave out a name that its English one has.
        self.assertEqual(said["en"].keys(), said["ko"].keys())
        for key, names in said["ko"].items():
            self.assertLessEqual(names, said["en"][key], key)
        tool = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "cmake/exercise").glob("*.cmake"))
        used = set(re.findall(r"\b(?:words|tell|refuse|misuse)\(([a-z]\w*)", tool))
        self.assertEqual(used, set(said["en"]))

    def test_names(self):
        for name in ("1.1", "unstoppable", "unst", FIRST, f"my/{FIRST}/", f"my\\{FIRST}\\",
                     "UNSTOPPABLE"):
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
        self.assertIn("1.3 takes no second word", self.call("1.3", "check", code=1))
        self.assertIn("takes a name and a program", self.call("run", "1.1", code=1))
        self.assertIn("takes no name", self.call("next", "1.1", code=1))
        self.assertIn("Usage: exercise", self.call("help"))
        for words in (["-h"], ["check", "--help"]):
            said = subprocess.run([ROOT / "tutorial", "exercise", *words], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=DEADLINE, check=True)
            self.assertIn("Usage: ./tutorial exercise [VERB]", said.stdout)
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
            said = self.call("reset")
            self.assertIn(f"{SOURCE}.{number}\n", said)
            self.assertIn("exercise check 1.1\n", said)
            self.assertEqual(self.file.read_bytes(), first)
        for number in (1, 2):
            kept = self.file.with_name(f"{SOURCE}.{number}")
            self.assertEqual(kept.read_text(encoding="utf-8"), f"mine {number}")

    def test_hints_come_one_by_one(self):
        self.call("1.1")
        said = [self.call("hint") for _ in range(4)]
        for number, each in enumerate(said[:3], 1):
            numbers = [str(k + 1) for k in range(number)]
            self.assertEqual(re.findall(r"(?m)^Hint (\d) of 3 for 1\.1 ", each), numbers)
            self.assertTrue(each.startswith(said[number - 2].rstrip() if number > 1 else "Hint 1"))
            self.assertNotIn("## ", each)
        self.assertIn("That was the last hint. Ours, and why: exercise solution 1.1", said[2])
        self.assertEqual(said[3], said[2])

    def test_solution_is_shown_if_asked_twice(self):
        self.call("1.1")
        self.assertNotIn("CancelIoEx", self.call("solution"))
        said = self.call("solution")
        self.assertIn("::CancelIoEx(", said)
        place = f"01_blocking/exercises/{FIRST}/solution/{SOURCE}"
        self.assertIn(f"git diff --no-index my/{FIRST}/{SOURCE} {place}\n", said)

    def test_solution_of_a_server_to_write_is_the_chapters(self):
        self.call("solution", "1.5")
        said = self.call("solution", "1.5")
        for name in ("echo_server.cpp", "echo_server.hpp"):
            self.assertIn(f"git diff --no-index my/1.5_build/{name} 01_blocking/{name}\n", said)

    def test_verbs_are_about_what_was_looked_at_last(self):
        self.call("1.1")
        self.call("put", "1.2") # what a build does
        self.assertIn("for 1.1 ", self.call("hint"))
        self.call("put", "1.3")
        said = self.call("run", "1.3", self.program("FAILED  It", 1), code=1)
        self.assertIn("A hint: exercise hint 1.3", said)
        self.assertIn("for 1.3 ", self.call("hint"))
        self.call("hint", "1.2")
        self.assertIn("Hint 2 of 3 for 1.2 ", self.call("hint"))
        self.call("solution", "1.4")
        self.assertIn("# Why", self.call("solution"))

    def test_folder_that_cannot_be_written(self):
        self.my.write_text("no folder", encoding="utf-8")
        self.assertIn("You may not write to ", self.call("next", code=1))

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
        self.assertRegex(said, r"(?m)^Next: exercise next \(1\.[2-9] ")
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

    def test_last_pass_offers_ours(self):
        self.call("1.1")
        self.file.write_text("mine", encoding="utf-8")
        for name in self.names():
            (self.my / ".progress" / f"{name}.passed").write_text("1", encoding="utf-8")
        said = self.call("run", "1.1", self.program("ok", PASSED))
        self.assertIn("Ours, to compare: exercise solution 1.1\nThat was the last one.", said)

    def test_exercise_that_is_gone(self):
        self.call("1.1")
        (self.my / ".progress/current").write_text("9.9_gone", encoding="utf-8")
        self.assertIn("looked at last, 9.9_gone, is there no more", self.call("check", code=1))
        self.assertIn("# 1.1 ", self.call("next"))

    def test_begun_is_what_has_a_file(self):
        self.call("1.5")
        (self.my / "1.2_cut_short").mkdir()
        self.call("1.3")
        self.assertEqual(re.findall(r"(?m)^  begun +(\S+)", self.call()), ["1.5_build"])

    def test_path_with_brackets(self):
        root = self.folder / "a [b]"
        for task in ROOT.glob("01*/exercises/*"):
            if task.is_dir():
                shutil.copytree(task, root / task.relative_to(ROOT))
        shutil.copytree(ROOT / "cmake/exercise", root / "cmake/exercise")
        shutil.copy(ROOT / "exercise.cmake", root)
        self.assertEqual(self.call("1.1", root=root), self.call("1.1"))
        self.assertTrue(self.file.is_file())

    def test_goes_on_where_the_learner_was(self):
        self.call("1.5")
        self.assertIn("# 1.5 ", self.call("next"))

    def test_all_done(self):
        names = self.names()
        (self.my / ".progress").mkdir(parents=True)
        for name in names:
            (self.my / ".progress" / f"{name}.passed").write_text("1", encoding="utf-8")
        self.assertIn(f"All {len(names)} are done", self.call())
        self.assertIn("You have done all exercises", self.call("next"))

    def test_check_builds_and_runs(self):
        build = self.build("exit 0", f"echo here >&2; echo ok; exit {PASSED}")
        self.call("1.1")
        self.file.write_text("mine", encoding="utf-8")
        said = self.call("check", options=build)
        self.assertIn("\nhere\nok\n\nPASSED\n", said) # all of it on standard output, in its order
        self.assertRegex(self.call(), r"(?m)^  done +1\.1_unstoppable ")

    def test_warning_stops_nothing(self):
        build = self.build("echo 'a.hpp:1: warning: unused'", f"exit {PASSED}")
        self.call("1.1")
        self.file.write_text("mine", encoding="utf-8")
        said = self.call("check", options=build)
        self.assertIn("\na.hpp:1: warning: unused\nThese are warnings: they stop nothing.\n\n1.1 ", said)
        self.assertIn("PASSED", said)

    def test_all_of_a_compilers_words_are_shown(self):
        lines = [f"a.hpp:{i}: error: no 'a;b[{i}' \\ \"c\" (ninja: x)" for i in range(5000)]
        words = self.folder / "words"
        words.write_text("\n".join(lines) + "\n", encoding="utf-8")
        said = self.call("check", "1.1", code=1, options=self.build(f"cat '{words}'; exit 1"))
        self.assertTrue("\n" + "\n".join(lines) + "\n\nIt does not compile yet." in said)
        self.assertIsNone(re.search(r"(?m)^(FAILED:|ninja: build|\[\d)", said))
        self.assertEqual(list((self.my / ".progress").glob("said*")), [])

    def test_build_that_fails_without_the_learners_part(self):
        for words in ("LINK : fatal error LNK1104: cannot open file", "MSBUILD : error MSB1009: no",
                      "ninja: error: loading", "fatal error: x: No space left on device", ""):
            with self.subTest(words):
                said = self.call("check", "1.1", code=1,
                                 options=self.build(f"echo '{words}'; exit 1"))
                self.assertIn(words, said)
                self.assertIn("your files have no part in it", said)
                self.assertNotIn("It does not compile", said)

    def test_configuration_that_failed_is_none(self):
        build = self.build("exit 0")
        (self.folder / "build/build.ninja").unlink()
        self.assertIn("no folder of a build that has been configured",
                      self.call("check", "1.1", code=1, options=build))

    def test_checks_come_one_after_another(self):
        build = self.build("exit 0", f"exit {PASSED}")
        self.call("1.1")
        self.file.write_text("mine", encoding="utf-8")
        with open(self.my / ".progress/lock", "w", encoding="utf-8") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            with subprocess.Popen(self.command("check", options=build), stdout=subprocess.PIPE,
                                  text=True) as process:
                self.assertIn("Another check is running", process.stdout.readline())
                fcntl.lockf(lock, fcntl.LOCK_UN)
                self.assertIn("PASSED", process.communicate(timeout=DEADLINE)[0])

    def test_file_may_be_away_for_a_moment(self):
        self.call("1.1")
        self.file.write_text("// Prediction: accept\n", encoding="utf-8")
        program = self.script(self.folder / "program", f"rm '{self.file}'\nexit {PASSED}")
        self.assertIn("You predicted: accept\n", self.call("run", "1.1", program))
        self.assertIn("PASSED", self.call("run", "1.1", self.program("ok", PASSED)))

    def test_ends_of_lines_are_no_change(self):
        self.call("1.1")
        self.file.write_bytes(self.file.read_bytes().replace(b"\n", b"\r\n"))
        said = self.call("run", "1.1", self.program("FAILED  It", 1), code=1)
        self.assertIn("so that it fails is right", said)

    def test_missing_file_is_put_back(self):
        self.call("1.5")
        start = self.my / "1.5_build/echo_server.cpp"
        text = start.read_text(encoding="utf-8")
        header = self.my / "1.5_build/echo_server.hpp"
        header.write_text("mine", encoding="utf-8")
        start.unlink()
        self.call("1.5")
        self.assertEqual(start.read_text(encoding="utf-8"), text)
        self.assertEqual(header.read_text(encoding="utf-8"), "mine")

    def test_watch_ends_with_ctrl_c(self):
        self.call("1.1")
        watch = self.command("watch", options=self.build("echo 'a.hpp:1: error: no'; exit 1"))
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
                self.file.unlink() # as an editor does for a moment
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=DEADLINE)
        self.assertEqual(process.returncode, -signal.SIGINT)


if __name__ == "__main__":
    CMAKE = sys.argv.pop(1)
    unittest.main()
