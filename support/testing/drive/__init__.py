"""Drives the programs from outside, as a user would: command line, output, exit codes, Ctrl+C."""
