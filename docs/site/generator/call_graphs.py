"""Who calls whom, from a program's own functions down to the calls of Windows.

Read out of the sources by their form: clang-format sets each function's head and its last brace at
the beginning of a line (or one step in, within a class), and `::` stands before a call of Windows.
"""

import re
from dataclasses import dataclass, field

from checks import cpp
from checks.tree import Tree

from generator.calls import Calls
from generator.graphs import draw_calls

_HEAD = re.compile(r"(?=[\w\[~]).*?(?P<name>(?:\w+::)*~?\w+)\(")
_NO_HEAD = re.compile(r"(?:namespace|using|constexpr|enum|template|static_assert|if|for|while|switch|"
                      r"return|else|case|const|auto)\b")
_CLASS = re.compile(r"(?:class|struct) (?P<name>\w+).*\{$")
_WINDOWS = re.compile(r"(?<![\w>])::(?P<name>[A-Za-z]\w*)\s*\(")
# Loaded at run time, and so called through a pointer.
_LOADED = {"accept_ex_": "AcceptEx"}
# Made by a container.
_MADE = {"groups_.emplace_back(": "session_group::session_group"}
# What a thread runs that begins here.
_THREAD = re.compile(r"std::j?thread\{\[.*?\n\s*\}\};", re.DOTALL)
# They ask Windows for nothing that a picture of I/O should show.
_ASIDE = {"GetLastError", "WSAGetLastError", "htonl", "getsockname", "new", "delete"}


@dataclass
class _Function:
    owner: str  # its class, or nothing
    name: str
    path: str
    line: int
    takes: bool = False  # parameters
    body: str = ""
    calls: dict[str, bool] = field(default_factory=dict)  # to another's id: whether now, or later
    windows: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.owner}::{self.name}" if self.owner else self.name


class CallGraph:
    """Of the functions in some sources of one chapter."""

    def __init__(self, tree: Tree, paths: list[str]):
        self.functions: dict[str, _Function] = {}
        for path in paths:
            self._read(path, cpp.code_only(tree.read(path)).split("\n"))
        for each in self.functions.values():
            self._find_calls(each)

    def svg(self, calls: Calls) -> str:
        """The picture; functions lead to their lines, calls of Windows to Microsoft's pages."""
        used = {name for each in self.functions.values() for name in each.windows}
        drawn = self._drawn()
        own = {each.id: f"source:{each.path}#{each.line}" for each in drawn}
        edges = [(each.id, other, now) for each in drawn
                 for other, now in each.calls.items() if other in own]
        edges += [(each.id, f"::{name}", True) for each in drawn for name in each.windows]
        return draw_calls(own, {f"::{name}": calls.url(name) for name in sorted(used)}, edges)

    # Those from which a call of Windows is reached, and what they have called later.
    def _drawn(self) -> list[_Function]:
        reaching = {each.id for each in self.functions.values() if each.windows}
        while more := {each.id for each in self.functions.values()
                       if each.id not in reaching and reaching & set(each.calls)}:
            reaching |= more
        reaching |= {other for name in reaching
                     for other, now in self.functions[name].calls.items() if not now}
        return [each for each in self.functions.values() if each.id in reaching]

    def _read(self, path: str, lines: list[str]) -> None:
        owner = indent = ""
        function = None
        for number, line in enumerate(lines, 1):
            if function:
                function.body += line + "\n"
                if line.startswith(f"{indent}}}") or line.rstrip().endswith(";") and not \
                        function.body.count("{"):
                    self._keep(function)
                    function = None
            elif match := _CLASS.match(line):
                owner, indent = match["name"], "    "
            elif line.startswith("};"):
                owner = indent = ""
            elif line.startswith(indent) and (match := _HEAD.match(line, len(indent))) \
                    and not _NO_HEAD.match(line, len(indent)):
                scope, _, name = match["name"].rpartition("::")
                function = _Function(scope.rpartition("::")[2] or owner, name, path, number,
                                     line[match.end():match.end() + 1] != ")",
                                     line[match.end():] + "\n")
                if line.rstrip().endswith((";", "}")):
                    function = None  # declared only, or nothing in it to draw

    def _keep(self, function: _Function) -> None:
        if "{" in function.body:
            self.functions[function.id] = function

    def _find_calls(self, function: _Function) -> None:
        found = [match["name"] for match in _WINDOWS.finditer(function.body)]
        found += [call for name, call in _LOADED.items() if f"{name}(" in function.body]
        function.windows = sorted(set(found) - _ASIDE)
        now, later = _THREAD.sub("", function.body), "".join(_THREAD.findall(function.body))
        for other in self.functions.values():
            if other is function or other.name.startswith("~"):
                continue
            if self._is_called(function, other, now):
                function.calls[other.id] = True
            elif self._is_called(function, other, later) or \
                    re.search(rf"&(?:\w+::)?{other.name}\b|, {other.name}\)", now):
                function.calls[other.id] = False
        function.calls |= {made: True for text, made in _MADE.items()
                           if text in now and made in self.functions}

    # A call without an object is to a function of the same class or of none. One on an object may be
    # to another thing of that name, as list.end() is: then it takes no parameters where ours does.
    def _is_called(self, function: _Function, other: _Function, body: str) -> bool:
        if other.name == other.owner and re.search(rf"\b{other.name} \w+\{{", body):
            return True  # it makes such an object
        for match in re.finditer(rf"(?P<before>::|\.|->)?\b{other.name}\((?P<none>\))?", body):
            if match["before"] in (".", "->"):
                if bool(match["none"]) != other.takes and self._owner_is_meant(function, other):
                    return True
            elif not match["before"] and other.owner in ("", function.owner):
                return True
        return False

    def _owner_is_meant(self, function: _Function, other: _Function) -> bool:
        same = self.functions.get(f"{function.owner}::{other.name}")
        return bool(other.owner) and (other.owner != function.owner or same is other)
