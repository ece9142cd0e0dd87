#!/usr/bin/env python3
"""Drives 05_iocp_inside from outside, as a user would: what it prints, and never how fast it was.

    drive_inside.py PROGRAM [EMULATOR...]

Exit code: 0 no case failed, 1 some did, 2 wrong usage.
"""

import functools
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "support" / "testing"))
from drive.cases import (  # noqa: E402
    LongPaths, ProgramCase, expect_output_to_matter, expect_trace_to_spare_other_files, main)
from drive.program import expect_help, expect_range, expect_usage, require  # noqa: E402

DESIGNS = ("limit-lifo", "no-limit-lifo", "limit-fifo", "no-limit-fifo", "thread-each", "system")
LOADS = {"bursts-long": 64, "bursts-short": 64, "singles": 1}
QUICK = ("--rounds", "1", "--load", "singles")
SPREAD = {"median", "lowest", "highest", "rounds"}


class InsideCase(ProgramCase):
    programs = ("05_iocp_inside",)

    @functools.cache  # pylint: disable=method-cache-max-size-none
    def output(self, *arguments):
        """What a run prints; it says nothing on stderr, and ends with 0."""
        result = self.program.run(*arguments)
        require(result.code == 0 and result.error == "", f"wanted exit 0: {result}")
        return result.out


class CommandLine(LongPaths, InsideCase):
    def test_help(self):
        """--help names every option"""
        expect_help(self.program, "--threads", "--limit", "--rounds", "--load", *LOADS, "--json",
                    "--watch", *DESIGNS, "--trace")

    def test_bad_arguments(self):
        """arguments, numbers out of range: usage, exit 2"""
        for arguments in (["bursts"], ["--nonsense"], ["--json=maybe"],
                          ["--load", "bursts"], ["--load", "Singles"], ["--watch", "lifo"]):
            with self.subTest(arguments=arguments):
                expect_usage(self.program.run(*arguments), "--rounds")
        expect_range(self.program, "--threads", 1, 1024)
        expect_range(self.program, "--limit", 1, 1024)
        expect_range(self.program, "--rounds", 1, 1000)

    def test_unwritable_output(self):
        """a stdout that takes nothing: --help, a run"""
        expect_output_to_matter(self.program, "--help")
        expect_output_to_matter(self.program, *QUICK)


class Json(InsideCase):
    def whole(self):
        return json.loads(self.output("--json", "--rounds", "2", "--threads", "5", "--limit", "3"))

    def test_conditions(self):
        """--json says under which conditions it was measured"""
        whole = self.whole()
        self.assertEqual([whole[name] for name in ("threads", "limit", "rounds")], [5, 3, 2])
        self.assertRegex(whole["system"], r"^(Wine|Windows) \d+\.\d+")
        self.assertGreaterEqual(whole["processors"], 1)
        self.assertIn(whole["switches"], ("waiting", "all"))

    def test_every_design_under_every_load(self):
        """--json has each load with each design, and each figure of each round"""
        loads = self.whole()["loads"]
        self.assertEqual({load["load"]: load["burst"] for load in loads}, LOADS)
        for load in loads:
            self.assertEqual(tuple(row["design"] for row in load["designs"]), DESIGNS)
            self.assertEqual(load["packets"] % load["burst"], 0)
            self.assertGreater(load["work_us"], 0)
            for row in load["designs"]:
                for name in ("switches", "preempted", "threads", "us"):
                    with self.subTest(load=load["load"], design=row["design"], figure=name):
                        self.check(row[name], name in ("threads", "us"))

    def check(self, figure, is_always_there):
        """A median between the lowest and the highest of two rounds. Switches may not be counted."""
        if figure is None:
            self.assertFalse(is_always_there)
            return
        self.assertEqual(set(figure), SPREAD)
        self.assertEqual(len(figure["rounds"]), 2)
        self.assertEqual([figure["lowest"], figure["highest"]], sorted(figure["rounds"]))
        self.assertLessEqual(figure["lowest"], figure["median"])
        self.assertLessEqual(figure["median"], figure["highest"])

    def test_threads(self):
        """no more threads have packets than there are: 5 in a pool, one for each of 64 clients"""
        for load in self.whole()["loads"]:
            for row in load["designs"]:
                most = 64 if row["design"] == "thread-each" else 5
                with self.subTest(load=load["load"], design=row["design"]):
                    self.assertGreaterEqual(row["threads"]["lowest"], 1)
                    self.assertLessEqual(row["threads"]["highest"], most)
                    if row["design"] == "thread-each":
                        self.assertEqual(row["threads"]["lowest"], most)


class Table(InsideCase):
    def test_table(self):
        """the table has a heading for each load, and a line for each design"""
        lines = self.output("--rounds", "1").splitlines()
        self.assertRegex(lines[0], r"^W.* \d+ processors?: 16 threads, limit \d+\. One round\.$")
        headings = [line for line in lines if line.endswith(" us of work")]
        self.assertEqual(len(headings), len(LOADS))
        row = re.compile(r"(\S.*?\S) {2,}(?:\d+\.\d\d|not counted) +\d+ +\d+\.\d")
        names = [match[1] for line in lines if (match := row.fullmatch(line))]
        self.assertEqual(len(names), len(LOADS) * len(DESIGNS))
        self.assertEqual(len(set(names)), len(DESIGNS))

    def test_one_load(self):
        """--load: that load and no other"""
        lines = self.output("--load", "bursts-short", "--rounds", "1").splitlines()
        self.assertEqual([line for line in lines if line.endswith(" us of work")],
                         ["Bursts of 64 packets, each 5 us of work"])
        self.assertEqual(len(lines), 5 + len(DESIGNS))

    def test_spread(self):
        """several rounds: a median, and the lowest and the highest value"""
        text = self.output("--rounds", "2")
        self.assertIn("Median of 2 rounds (lowest to highest).", text.splitlines()[0])
        self.assertRegex(text, r" \d+\.\d \(\d+\.\d to \d+\.\d\)\r?\n")


class Watch(InsideCase):
    def test_watch(self):
        """--watch: one line for the design, and no table"""
        for design, worked in (("limit-lifo", "[12]"), ("thread-each", "36")):
            with self.subTest(design=design):
                self.assertRegex(
                    self.output("--watch", design, "--threads", "6", "--limit", "2"),
                    rf"^\S.*: packets went to {worked} threads\r?\n$")


class Trace(InsideCase):
    def test_trace(self):
        """--trace replaces only an earlier recording"""
        expect_trace_to_spare_other_files(self.program, *QUICK)


if __name__ == "__main__":
    sys.exit(main(__doc__, sys.modules[__name__]))
