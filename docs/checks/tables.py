"""Tables of a Markdown file: where their rows are, and what stands in a cell."""

import re
from dataclasses import dataclass

from checks.markdown import Document

_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*")


@dataclass(frozen=True)
class Table:
    head: int             # the number of its first line; the rule is the next one
    rows: tuple[int, ...]  # those of its rows


def tables_of(document: Document) -> list[Table]:
    lines = document.prose.split("\n")
    found = []
    for rule in (at for at, line in enumerate(lines) if at > 0 and _RULE.fullmatch(line)):
        end = rule + 1
        while end < len(lines) and "|" in lines[end]:
            end += 1
        found.append(Table(rule, tuple(range(rule + 2, end + 1))))
    return found


def cells_of(document: Document, number: int) -> list[str]:
    """The cells of a table's line. A bar inside of code parts none, nor one after a backslash."""
    line, prose = document.lines[number - 1], document.prose.split("\n")[number - 1]
    bars = [match.start() for match in re.finditer(r"(?<!\\)\|", prose)]
    borders = [-1, *bars, len(line)]
    cells = [line[start + 1:end].strip() for start, end in zip(borders, borders[1:])]
    if prose.lstrip().startswith("|"):
        del cells[0]
    if len(cells) > 1 and prose.rstrip().endswith("|"):
        del cells[-1]
    return cells


def lead_of(document: Document, table: Table) -> str:
    """The line right above a table, which says what it is about, without its colon."""
    above = [line for line in document.lines[:table.head - 1] if line.strip()]
    return above[-1].strip().removesuffix(":") if above and above[-1].strip().endswith(":") else ""
