#!/usr/bin/env python3
"""The command of the proofs in checks/mutation_runs.py."""

from checks import command, mutation_runs

if __name__ == "__main__":
    command.start(mutation_runs)
