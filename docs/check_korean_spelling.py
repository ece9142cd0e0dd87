#!/usr/bin/env python3
"""The command of the check in checks/korean_spelling.py."""

from checks import command, korean_spelling

if __name__ == "__main__":
    command.start(korean_spelling)
