#!/usr/bin/env python3
"""Runs the whole benchmark once, with numbers too small to say anything.

    benchmark_run_test.py BUILD WINE_RUN
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
BUILD, WINE_RUN = map(pathlib.Path, sys.argv[1:3])
ECHOES, CLIENTS = 80, 30


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-B", HERE / "benchmark.py", "--programs", BUILD / "bin",
         "--work", BUILD / "benchmark_test", "--wine-run", WINE_RUN, *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=500)


class TheWholeBenchmark(unittest.TestCase):
    def test_measures_every_server_and_judges_every_goal(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "results.json"
            done = run("--rounds", "2", "--seconds", "0.05", "--file-mib", "2", "--arrival-rounds", "1", "--clients",
                       str(CLIENTS), "--echoes", str(ECHOES), "--json", file)
            self.assertEqual(done.returncode, 0, done.stderr)
            found = json.loads(file.read_text(encoding="utf-8"))

        servers = {"05_iocp_server", "Asio"}
        if (BUILD / "bin/peer_go_echo.exe").exists():
            servers.add("Go")
        for part, entries in (("echo", 5), ("arrivals", 1), ("messages_an_echo", 2),
                              ("messages_a_client", 1)):
            names = [each["server"] for each in found[part]]
            self.assertEqual(sorted(names), sorted([*servers] * entries), part)
        for clients in ("under Wine", "on one processor"):
            self.assertEqual({each["server"] for each in found["echo"]
                              if each["clients"] == clients}, servers)
        for each in found["echo"]:
            self.assertEqual(len(each["rounds"]), 2)
            for window in each["rounds"]:
                self.assertGreater(window["replies"], 0)
                self.assertGreaterEqual(window["seconds"], 0.05)
        files = {"05_iocp_server"}
        if (BUILD / "bin/peer_go_files.exe").exists():
            files.add("Go")
        self.assertEqual({each["server"] for each in found["downloads"]}, files)
        self.assertEqual({each["server"] for each in found["messages_a_mib"]}, files)
        for each in found["downloads"]:
            self.assertEqual(len(each["rounds"]), 2)
            for download in each["rounds"]:
                self.assertGreater(download["received"], 0)
        for each in found["arrivals"]:
            self.assertEqual(each["rounds"][0]["clients"], CLIENTS)
            self.assertGreater(each["rounds"][0]["threads"], 1)
        for each in found["messages_an_echo"]:
            # A reply is received and sent: less than that a server cannot ask for.
            self.assertGreaterEqual(sum(each["requests"].values()), 2, each)
            self.assertLess(sum(each["requests"].values()), 60, each)

        for goal in found["goals"]:
            measured = "Go" in servers or "Go's" not in goal["what"]
            self.assertEqual(goal["met"] is not None, measured, goal)
            self.assertIn(goal["what"], done.stdout)
        verdicts = sum(done.stdout.count(each) for each in ("  met", "  MISSED", "  not measured"))
        self.assertEqual(verdicts, len(found["goals"]), done.stdout)

    def test_says_what_is_missing(self):
        with tempfile.TemporaryDirectory() as folder:
            for program in ("05_iocp_server.exe", "peer_asio_echo.exe", "comparison_load.exe",
                            "05_iocp_http.exe"):
                done = run("--programs", folder)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"{program} is not there: build it first", done.stderr)
                (pathlib.Path(folder) / program).touch()

    def test_refuses_bad_arguments(self):
        for wrong in (("--rounds", "0"), ("--seconds", "no"), ("--clients", "15001"), ("--what",)):
            done = run(*wrong)
            self.assertEqual(done.returncode, 2, wrong)
            self.assertIn("usage: ", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
