#!/usr/bin/env python3
"""Drives 05_iocp_what_breaks from outside, as a user would, and checks what each mistake prints.

    drive_what_breaks.py PROGRAM [EMULATOR...]

Exit code: 0 no case failed, 1 some did, 2 wrong usage.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "support" / "testing"))
from drive.cases import (  # noqa: E402
    LongPaths, ProgramCase, expect_output_to_matter, expect_trace_to_spare_other_files, main)
from drive.program import expect_help, expect_usage, require  # noqa: E402

NAMES = ("torn", "reordered", "recursion", "early-touch")


class WhatBreaksCase(ProgramCase):
    programs = ("05_iocp_what_breaks",)

    def lines(self, *arguments, code=0):
        """The lines that a run prints; it says nothing on stderr, and ends with `code`."""
        result = self.program.run(*arguments)
        require(result.code == code and result.error == "", f"wanted exit {code}: {result}")
        return result.out.splitlines()


class CommandLine(LongPaths, WhatBreaksCase):
    def test_help(self):
        """--help names every mistake and option"""
        expect_help(self.program, "NAME", "--mended", "--trace",
                    *(f"\n  {name} " for name in NAMES))

    def test_bad_arguments(self):
        """no name, an unknown name and others: usage, exit 2"""
        for arguments in ([], ["--mended"], ["nonsense"], ["Torn"], ["torn", "reordered"],
                          ["torn", "--nonsense"]):
            with self.subTest(arguments=arguments):
                expect_usage(self.program.run(*arguments), "NAME", "--mended", *NAMES)

    def test_unwritable_output(self):
        """a stdout that takes nothing: --help, a mistake"""
        expect_output_to_matter(self.program, "--help")
        expect_output_to_matter(self.program, "torn")

    def test_trace(self):
        """--trace replaces only an earlier recording"""
        expect_trace_to_spare_other_files(self.program, "torn")


class Torn(WhatBreaksCase):
    def test_mistake(self):
        """torn: a body stands under the header of another message"""
        self.assertEqual(self.lines("torn"), [
            "the stream: 00050012good morninghello",
            'header "0005": body "0012g"',
            'header "ood ": no number, and the stream is lost'])

    def test_mended(self):
        """torn --mended: both messages are whole"""
        self.assertEqual(self.lines("torn", "--mended"), [
            "the stream: 0012good morning0005hello",
            'header "0012": body "good morning"',
            'header "0005": body "hello"'])


class Reordered(WhatBreaksCase):
    def test_mistake(self):
        """reordered: the bytes are handled in another order than they came in"""
        self.assertEqual(self.lines("reordered"), ["received: now", "handled:  won"])

    def test_mended(self):
        """reordered --mended: the order is that of the stream"""
        self.assertEqual(self.lines("reordered", "--mended"), ["received: now", "handled:  now"])


class Recursion(WhatBreaksCase):
    COUNTS = [1, 100, 1000, 10_000, 20_000]

    def rows(self, *arguments):
        """The numbers of each line: messages, depth, bytes of stack, and how many messages more
        would use the stack up."""
        pattern = re.compile(r" *(\d+) messages: depth +(\d+), +(\d+) bytes of stack"
                             r"(?:(?:, stopped)?; (\d+) more would use it up)?")
        rows = []
        for line in self.lines("recursion", *arguments):
            match = pattern.fullmatch(line)
            require(match, f"not such a line: {line!r}")
            rows.append([int(number or 0) for number in match.groups()])
        self.assertEqual([row[0] for row in rows], self.COUNTS)
        return rows

    def test_mistake(self):
        """recursion: a level of the stack for each message, until there is too little left"""
        rows = self.rows()
        _, _, first, _ = rows[0]
        level = (rows[1][2] - first) // 99
        self.assertGreater(level, 0)
        for messages, depth, stack, more in rows:
            # It stops 64 KiB before the end of 1 MiB; how soon depends on the compiler.
            self.assertTrue(depth == messages or more * level <= 2 ** 16, f"{depth} {more}")
            self.assertAlmostEqual(stack, first + (depth - 1) * level, delta=1000)
            self.assertLess(stack, 2 ** 20 - 2 ** 16)
        self.assertLess(rows[-1][1], 20_000)

    def test_mended(self):
        """recursion --mended: one level, however many messages there are"""
        rows = self.rows("--mended")
        self.assertEqual(rows, [[count, 1, rows[0][2], 0] for count in self.COUNTS])


class EarlyTouch(WhatBreaksCase):
    FREED = "worker:  received 0 bytes: the client has left, and the session is freed"

    def test_mistake(self):
        """early-touch: the program crashes at the touch, exit 3"""
        freed, crash = self.lines("early-touch", code=3)
        self.assertEqual(freed, self.FREED)
        self.assertRegex(crash, r"^starter: access violation, read of address [0-9A-Fa-f]{16}: "
                                r"the session that the worker freed$")

    def test_mended(self):
        """early-touch --mended: nothing of the session is touched, exit 0"""
        self.assertEqual(self.lines("early-touch", "--mended"),
                         [self.FREED, "starter: receive 1 has been started"])


if __name__ == "__main__":
    sys.exit(main(__doc__, sys.modules[__name__]))
