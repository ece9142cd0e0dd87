"""Proves an exercise: its starting file fails by the named test, its solution passes, many times.

The programs run five at once, so that each of them has little of the processors.
"""

import argparse
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

AT_ONCE = 5
PASSED = 86  # all_passed in support/testing/exercise/report.hpp
LIMIT = 500  # seconds for one run, as in check.cmake: only ends a hang


def run(command: list[str]) -> tuple[int, str]:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=LIMIT, check=False)
    return done.returncode, done.stdout.decode("utf-8", errors="replace")


def complaint(code: int, output: str, fails: str, each: bool) -> str | None:
    """What is not as it should be after one run; `fails` is empty if it has to pass; `each`: as --each."""
    failed = re.findall(r"^FAILED  (\S+)", output, re.MULTILINE)
    if each and failed == ["BeforeTheTests"]: # a suite's first server has not even started
        return None
    if failed != ([fails] if fails else []):
        return f"failed by {failed or 'nothing'}, expected {fails or 'nothing'}"
    if fails and not re.search(r"Rule: .*\n +Read again: \S", output):
        return "the failure names no rule"
    if code != (1 if fails else PASSED):
        return f"exit code {code}"
    if not fails and not re.search(r"^ok ", output, re.MULTILINE):
        return "no test ran"
    return None


def names_of(command: list[str]) -> list[str]:
    """The names of all tests of the program."""
    code, output = run([*command, "--gtest_list_tests"])
    names = re.findall(r"^  (\w+)", output, re.MULTILINE)
    if code != PASSED or not names:
        sys.exit(f"it lists no tests:\n{output}")
    return names


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("emulator", nargs="*")
    parser.add_argument("--fails", default="", help="the test by which it fails; empty: it passes")
    parser.add_argument("--each", action="store_true", help="each test fails when it runs alone")
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()

    command = [*given.emulator, given.program]
    if given.each:
        runs = [([*command, f"--gtest_filter=*.{name}"], name) for name in names_of(command)]
    else:
        runs = [(command, given.fails)] * given.times
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda each: (*run(each[0]), each[1]), runs))
    faults = [(text, output) for code, output, fails in results
              if (text := complaint(code, output, fails, given.each))]
    for text, output in faults:
        print(f"{text}:\n{output}")
    print(f"{len(runs) - len(faults)} of {len(runs)} runs as expected")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
