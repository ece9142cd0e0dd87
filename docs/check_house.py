#!/usr/bin/env python3
"""The command of the check in checks/house.py."""

from checks import command, house

if __name__ == "__main__":
    command.start(house)
