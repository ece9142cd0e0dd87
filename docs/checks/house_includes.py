"""Checks includes: a chapter includes itself and support/ only, and no folders form a circle."""

import posixpath
import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from checks import cpp
from checks.tree import Tree

SUFFIXES = (*cpp.SUFFIXES, ".h")

_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[\"<](?P<file>[^\">]+)[\">]", re.MULTILINE)


@dataclass(frozen=True)
class Include:
    """The include of a header of ours."""
    source: str
    line: int
    header: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line} includes {self.header}"


def zone_of(tree: Tree, path: str) -> str | None:
    """The chapter, `support` or `comparison` that a file belongs to."""
    top = path.split("/")[0]
    return top if top in tree.chapters or top in ("support", "comparison") else None


def check_includes(tree: Tree) -> None:
    includes = [include for path in tree.files
                if path.endswith(SUFFIXES) and zone_of(tree, path)
                for include in _includes_of(tree, path)]
    for each in includes:
        own, zone = zone_of(tree, each.source), zone_of(tree, each.header)
        if zone not in (own, "support"):
            allowed = "itself" if own == "support" else f"itself and support/, not {zone}/"
            tree.fault(each.source, each.line,
                       f"includes {each.header}: {own}/ includes only {allowed}")
    _check_circles(tree, includes)


def _includes_of(tree: Tree, path: str) -> list[Include]:
    code = cpp.code_only(tree.read(path), keep_strings=True)
    found = [(cpp.line_of(code, match.start()), _included(tree, path, match["file"]))
             for match in _INCLUDE.finditer(code)]
    return [Include(path, line, header) for line, header in found if header]


def _included(tree: Tree, source: str, name: str) -> str | None:
    """The file of ours that `source` means by `name`; None for a system's or a library's header.

    The include directories are CMake's affair, so this asks: which file could it be? One of the
    source's own zone comes first, then one of support/, then any other.
    """
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(source), name))
    if beside in tree.files:
        return beside
    tail = "/" + re.sub(r"^(?:\.\.?/)+", "", name)
    found = [path for path in tree.files if ("/" + path).endswith(tail) and zone_of(tree, path)]
    for zone in (zone_of(tree, source), "support"):
        if mine := [path for path in found if zone_of(tree, path) == zone]:
            return mine[0]
    return found[0] if found else None


# Each circle is reported, and taken apart, at one of its steps, until there is none: where a folder
# includes the one that it lies in, or else where the fewest includes are.
def _check_circles(tree: Tree, includes: list[Include]) -> None:
    edges: dict[str, dict[str, list[Include]]] = {}
    for each in includes:
        source, header = posixpath.dirname(each.source), posixpath.dirname(each.header)
        if source != header and zone_of(tree, each.source) == zone_of(tree, each.header):
            edges.setdefault(source, {}).setdefault(header, []).append(each)
    while circle := _circle(edges):
        steps = list(zip(circle, circle[1:]))
        source, header = wrong = min(steps, key=lambda step: (
            not step[0].startswith(step[1] + "/"), len(edges[step[0]][step[1]])))
        others = "; ".join(str(edges[a][b][0]) for a, b in steps if (a, b) != wrong)
        for each in edges[source].pop(header):
            tree.fault(each.source, each.line,
                       f"includes {each.header}, and so closes a circle of folders, "
                       f"{' -> '.join(circle)}: {others}")


def _circle(edges: dict[str, dict[str, list[Include]]]) -> list[str] | None:
    """The folders of a circle, with the first one once more at the end."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return error.args[1][::-1]
    return None
