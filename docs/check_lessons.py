#!/usr/bin/env python3
"""The command of the check in checks/lessons.py."""

from checks import command, lessons

if __name__ == "__main__":
    command.start(lessons)
