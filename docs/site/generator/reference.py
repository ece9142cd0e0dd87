"""The sources as Doxygen reads them: copies, sorted into groups by their folders.

Each line keeps its number, so that links to lines, and Doxygen's own, hold for the real file. What
the copies add is taken out of the pages again (finish.py).
"""

import re
from dataclasses import dataclass
from pathlib import Path

from checks import cpp
from checks.tree import Tree

from generator.pages import Pages

# Files that are internal to a program or library: shown as sources, but not in the reference.
_INTERNAL = re.compile(
    r".*/(?:tests|contracts|exercise)/.*|.*_(?:test|main|contract)\.[ch]pp"
    r"|support/trace/(?!recorder|program_trace|chrome_trace|summary|log/event\.).*"
    r"|comparison/(?!load/(?:load\.|load_report|histogram)|outcome/(?:rankings|results)"
    r"|recordings/recordings|rows/run\.).*"
    r"|(?:support|comparison)/.*\.cpp"
    r"|0\d_\w+/.*\.cpp"
    r"|05_iocp/(?:apps|server/(?!pool/)\w+)/.*"
    r"|05_iocp/server/(?:acceptor|buffer_pool|send_queue|session_context|session_states"
    r"|pool/(?:counters|ready_list|timer_wheel))\.hpp")
# A defaulted copy needs no comment.
_DEFAULT = re.compile(r"^    (?!.*//)\S.*(?:&|const \w+&)\) = default;$")
# A private base is not part of the interface.
_PRIVATE_BASE = re.compile(r"^(class \w+ final)( : private [\w:]+)(?= \{)", re.MULTILINE)
_SCOPE = re.compile(r"(?<=[ (])::(?=\w)")
_TAG = re.compile(r"[ \t]*//!\s*\[[^\[\]]+\][ \t]*$", re.MULTILINE)
_NAMESPACE = re.compile(r"^(namespace [\w:]+ \{)$", re.MULTILINE)


@dataclass(frozen=True)
class Group:
    """A group of the reference."""
    id: str
    title: str
    brief: str
    folder: str
    namespace: str
    parent: str = ""


_SUPPORT = [
    Group("server", "The server library", "A thread-pool server on one completion port, to be "
          "taken into a product.", "05_iocp/server", "", "chapter5"),
    Group("support", "Support", "What the chapters share because they do not teach it.",
          "", "", ""),
    Group("win32", "Handles, errors, Winsock", "Owners of handles, errors with the name of the "
          "call, UTF-8, and the start of Winsock.", "support/win32", "win32", "support"),
    Group("files", "Files", "A copy's source and destination, and files for tests and measurements.",
          "support/files", "files", "support"),
    Group("program", "Programs", "The command line, Ctrl+C and errors of every program.",
          "support/program", "program", "support"),
    Group("trace", "Recorder", "Records the I/O calls of a running program, from outside its code.",
          "support/trace", "trace", "support"),
    Group("testing", "Contracts and fixtures", "What every echo server and every copy must keep, "
          "and what the tests use for it.", "support/testing", "harness", "support"),
    Group("measuring", "Comparison", "Gives the same work to all programs, and measures what it "
          "costs.", "comparison", "comparison"),
]


def groups_of(pages: Pages) -> list[Group]:
    found = []
    for chapter in pages.tree.chapters:
        page = pages.by_path[f"{chapter}/README.md"]
        found.append(Group(f"chapter{page.number}", page.numbered,
                           f"The code of <a href=\"{page.address}\">lesson {page.number}</a>.",
                           chapter, chapter[3:]))
    return found + _SUPPORT


def _group_of(groups: list[Group], path: str) -> Group:
    fitting = [group for group in groups if group.folder and path.startswith(group.folder + "/")]
    return max(fitting, key=lambda group: len(group.folder))


def copy_sources(pages: Pages, folder: Path) -> None:
    """Writes the copies, and the groups' own descriptions, into `folder`."""
    tree: Tree = pages.tree
    groups = groups_of(pages)
    for path in tree.files:
        if not path.endswith(cpp.SUFFIXES) or "/exercises/" in path:
            continue  # an exercise's files would show its solution
        text = _TAG.sub("", tree.read(path))
        if _INTERNAL.fullmatch(path):
            text = f"/** \\cond */ {text.rstrip()} /** \\endcond */\n"
        elif path.endswith(".hpp"):
            text = _grouped(text, _group_of(groups, path))
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    (folder / "groups.dox").write_text("".join(map(_described, groups)), encoding="utf-8",
                                       newline="\n")


def _grouped(text: str, group: Group) -> str:
    if not text.rstrip().rsplit("\n", 1)[-1].startswith("}"):
        return text  # it declares nothing
    # Doxygen would look for a call of Windows in a comment among our names.
    lines = [_SCOPE.sub("%", line) if line.lstrip().startswith("///") else
             _DEFAULT.sub(r"    /** \\cond */ \g<0> /** \\endcond */", line)
             for line in text.rstrip().split("\n")]
    text = _PRIVATE_BASE.sub(r"\1 /** \\cond */ \2 /** \\endcond */ ", "\n".join(lines))
    text = _NAMESPACE.sub(rf"\1 /** \\addtogroup {group.id} */ /** @{{ */", text, count=1)
    head, last = text.rsplit("\n", 1)
    return f"{head}\n/** @}} */ {last}\n"


def _described(group: Group) -> str:
    parent = f"\\ingroup {group.parent}\n" if group.parent else ""
    text = f"/** \\defgroup {group.id} {group.title}\n{parent}{group.brief}\n*/\n"
    if group.namespace:
        text += f"/** \\namespace {group.namespace}\n{group.brief}\n*/\n"
    return text
