"""Checks CMake's links: a chapter and support/ use no target and no folder of another zone.

An include can be right and the link wrong: a chapter that builds or starts a part of comparison/
cannot be taken alone. comparison/ starts the chapters' programs, so it may name those, but no
library of theirs.
"""

import posixpath
import re

from checks.house_includes import zone_of
from checks.tree import Tree

_COMMENT = re.compile(r"#[^\n]*")
_TARGET = re.compile(r"\b(?P<command>add_library|add_executable|add_custom_target"
                     r"|\w+_(?:library|executable|program|tests))\s*\(\s*(?P<name>[\w.-]+)(?=[\s)])")
_WORD = re.compile(r"(?<![\w./-])[\w.-]+(?!/)")
_FOLDER = re.compile(r"(?<=/)\w+(?=[/\s\")]|$)")


def check_links(tree: Tree) -> None:
    texts = {path: _COMMENT.sub("", tree.read(path)) for path in tree.files
             if posixpath.basename(path) == "CMakeLists.txt" and zone_of(tree, path)}
    targets = {match["name"]: (zone_of(tree, path), "library" in match["command"])
               for path, text in texts.items() for match in _TARGET.finditer(text)}
    for path, text in texts.items():
        own = zone_of(tree, path)
        allowed = "itself" if own == "support" else "itself and support/"
        for number, line in enumerate(text.split("\n"), 1):
            for name in _WORD.findall(line):
                zone, is_library = targets.get(name, (own, False))
                if zone in (own, "support"):
                    continue
                if own != "comparison":
                    tree.fault(path, number, f"uses {name} of {zone}/: what {own}/ builds and "
                                             f"links comes only from {allowed}")
                elif is_library:
                    tree.fault(path, number, f"uses {name} of {zone}/: comparison/ knows the "
                                             "chapters as programs only")
            for folder in _FOLDER.findall(line):
                if own != "comparison" and zone_of(tree, folder) not in (None, own, "support"):
                    tree.fault(path, number, f"uses the folder {folder}/: what {own}/ builds and "
                                             f"links comes only from {allowed}")
