"""Drives one of the programs from outside, as a user would, and checks what it promises.

    python3 support/testing/drive PROGRAM [EMULATOR...]

PROGRAM is an echo server (NAME_echo, NAME_server) or a copy (NAME_copy). On Linux EMULATOR is what
starts a Windows program, cmake/wine-run. Exit code: 0 no case failed, 1 some did, 2 wrong usage.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from drive import copies, echoes  # noqa: E402
from drive.cases import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(__doc__, copies, echoes))
