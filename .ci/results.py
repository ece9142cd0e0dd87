#!/usr/bin/env python3
"""Says how the tests of several runs have ended: python3 .ci/results.py REPORT...

A REPORT is what `ctest --output-junit` has written; one that is missing is left out, since the step
that should have made it has said so itself. Each failed test is printed with the end of its output,
so that the end of a long log tells what went wrong.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

LINES = 25


def was_skipped(result):
    """A test that skipped itself, not one whose program is missing, which did not run either."""
    skipped = result.find("skipped")
    return skipped is not None and skipped.get("message").startswith("SKIP_")


def main(reports):
    results = [(report, result)
               for report in map(Path, reports) if report.exists()
               for result in ElementTree.parse(report).iter("testcase")]
    skipped = sum(was_skipped(result) for _, result in results)
    failed = [(report, result) for report, result in results
              if result.get("status") in ("fail", "notrun") and not was_skipped(result)]
    for report, result in failed:
        output = (result.findtext("system-out") or "").rstrip().splitlines()
        print(f"Failed: {result.get('name')} ({report.parent.name}), {float(result.get('time')):.1f} s")
        print(*(f"    {line}" for line in output[-LINES:]), sep="\n")
    passed = sum(result.get("status") == "run" for _, result in results)
    print(f"{passed} passed, {len(failed)} failed, {skipped} skipped")


main(sys.argv[1:])
