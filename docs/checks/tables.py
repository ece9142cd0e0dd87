"""The tables of a Markdown file, their rows and their cells."""

import re
from dataclasses import dataclass

from checks.markdown import Document

_CODE = re.compile(r"(?P<ticks>`+).+?(?<!`)(?P=ticks)(?!`)")
RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*")


@dataclass(frozen=True)
class Table:
    head: int             # the number of its first line; the rule is the next line
    rows: tuple[int, ...]  # the numbers of its rows


def tables_of(document: Document) -> list[Table]:
    lines = document.prose.split("\n")
    found = []
    for rule in (at for at, line in enumerate(lines) if at > 0 and RULE.fullmatch(line)):
        end = rule + 1
        while end < len(lines) and "|" in lines[end]:
            end += 1
        found.append(Table(rule, tuple(range(rule + 2, end + 1))))
    return found


def cells_of(line: str) -> list[str]:
    """The cells of a table's line. A bar within code or after a backslash separates none."""
    prose = _CODE.sub(lambda match: " " * len(match[0]), line.strip())
    borders = [match.start() for match in re.finditer(r"(?<!\\)\|", prose)]
    if not prose.startswith("|"):
        borders.insert(0, -1)
    if not prose.endswith("|") or len(borders) == 1:
        borders.append(len(prose))
    return [line.strip()[start + 1:end].strip() for start, end in zip(borders, borders[1:])]


def lead_of(document: Document, table: Table) -> str:
    """The line right above a table that introduces it, without its colon."""
    above = [line for line in document.lines[:table.head - 1] if line.strip()]
    return above[-1].strip().removesuffix(":") if above and above[-1].strip().endswith(":") else ""
