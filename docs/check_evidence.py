#!/usr/bin/env python3
"""The command of the check in checks/evidence.py."""

from checks import command, evidence

if __name__ == "__main__":
    command.start(evidence)
