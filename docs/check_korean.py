#!/usr/bin/env python3
"""The command of the check in checks/korean.py."""

from checks import command, korean

if __name__ == "__main__":
    command.start(korean)
