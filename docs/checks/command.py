"""The command line that the checks share: check_lessons.py, check_evidence.py, check_house.py.

A check is a module with a docstring, `OPTIONS` (of its own, as argparse takes them) and
`run(root, options)`, which prints the faults and returns 0, or 1 when there are any.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def start(check) -> None:
    """Runs `check` with the arguments of the program, and ends it."""
    sys.stdout.reconfigure(encoding="utf-8")  # also where Windows would choose another
    sys.exit(main(check, sys.argv[1:]))


def main(check, arguments: list[str]) -> int:
    """Exit code: 0 no fault, 1 faults, 2 wrong usage."""
    parser = argparse.ArgumentParser(description=check.__doc__.split("\n", maxsplit=1)[0])
    for name, option in check.OPTIONS.items():
        parser.add_argument(name, **option)
    parser.add_argument("--root", type=Path, default=ROOT,
                        help="the repository to check (default: this one)")
    options = parser.parse_args(arguments)
    try:
        return check.run(options.root, options)
    except (OSError, subprocess.CalledProcessError) as error:
        # A root that is no git repository, for one.
        print(f"{options.root}: {getattr(error, 'stderr', None) or error}", file=sys.stderr)
        return 2
