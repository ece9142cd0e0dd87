"""The player of the recordings: its script, the films that it plays, and, beside each player, the
places in the chapter's source where the film's calls are made. Those are looked up at each build."""

import html
import json
import re
from pathlib import Path

from checks import cpp
from checks.tree import Tree

from generator.language import ENGLISH, Language

_FILMS = "docs/timelines/pictures/"
_SITE = "docs/site/look/player/"
# In the order in which they import each other.
_MODULES = ["docs/timelines/lib/moment.mjs", "docs/timelines/lib/pace.mjs",
            "docs/timelines/lib/source.mjs", _SITE + "texts.mjs", _SITE + "stage.mjs",
            _SITE + "controls.mjs", _SITE + "clock.mjs", _SITE + "notes.mjs", _SITE + "player.mjs"]
_IMPORT = re.compile(r"^import \{[^}]*\} from '[^']*';\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) )", re.MULTILINE)
# Where a chapter's own code leaves a call to the ground floor, which has few of them.
_SUPPORT = re.compile(r"support/(?:win32|program|files)/\w+\.[ch]pp")
# The standard library waits with these as well.
_LIBRARY = ("WaitForSingleObject", "WaitForMultipleObjects")
_CALL = re.compile(r"(?<![\w>])::(?P<name>[A-Za-z]\w*)\s*\("
                   r"|(?<![\w.>:])(?:self\.)?(?P<member>[a-z]+(?:_[a-z]+)*)_\(")
# The first line of a function: at the margin, or within a class.
_DEFINITION = re.compile(
    r"(?:[A-Za-z][\w:<>*&, ]* [*&]?)?(?:\w+::)*(?P<free>~?\w+)\([^;={]*(?:\{.*)?$"
    r"| {4}(?!if|for|while|switch|return|else|do)(?:[\w:<>*&\[\] ]+ )?(?P<member>~?\w+)"
    r"\([^=;]*\)(?: const| noexcept| override)*(?: \{.*\}?| :.*)?$")


class Player:
    def __init__(self, tree: Tree, language: Language = ENGLISH):
        self.tree = tree
        self.language = language
        self.films: dict[str, dict] = {}  # those that a page plays, by name

    def single(self, name: str) -> str:
        """The player of one film, below its timeline; nothing if the picture has no film."""
        return self._player(name, self._stage(name)) if self._read(name) else ""

    def together(self, titles: dict[str, str], lead: str, still: str) -> str:
        """The player of several films, with one clock. `titles`: HTML by the films' names.

        `lead` stands above it. Without a script `still` is shown.
        """
        stages = "".join(self._stage(name, title) for name, title in titles.items()
                         if self._read(name))
        return self._player("together", f'<p class="player-lead">{lead}</p>'
                            f'<div class="gallery still">{still}</div>{stages}')

    def script(self) -> str:
        """The player's modules as one script, which a page opened from a file may load, too."""
        parts = []
        for path in _MODULES:
            text = _EXPORT.sub("", _IMPORT.sub("", self.tree.read(path)))
            assert not re.search(r"^(?:import|export)\b", text, re.MULTILINE), path
            parts.append(text)
        return "'use strict';\n\n(() => {\n" + "\n".join(parts) + "})();\n"

    def write_films(self, folder: Path) -> None:
        for name in self.films:
            text = self.tree.read(f"{_FILMS}{name}.json").strip()
            (folder / f"film-{name}.js").write_text(
                f"(globalThis.films ??= {{}})['{name}'] = {text};\n", encoding="utf-8", newline="\n")

    def _read(self, name: str) -> dict | None:
        path = f"{_FILMS}{name}.json"
        if name not in self.films and path in self.tree.files:
            self.films[name] = json.loads(self.tree.read(path))
        return self.films.get(name)

    @staticmethod
    def _player(name: str, stages: str) -> str:
        return f'<div class="player" data-name="{name}">{stages}</div>'

    def _stage(self, name: str, title: str = "") -> str:
        head = f'<div class="stage-title">{title}</div>' if title else ""
        items = "".join(map(_item, self.places(name)))
        return (f'<div class="stage" data-film="{name}">{head}<ul class="places" hidden>{items}</ul>'
                f'<script src="{self.language.to_root}film-{name}.js"></script></div>')

    def places(self, name: str) -> list[dict]:
        """Where the calls of a film are made, in the chapter's own code or else in support/."""
        film = self._read(name)
        own = self._calls_in(self._sources(film["program"]))
        support = self._calls_in([path for path in self.tree.files if _SUPPORT.fullmatch(path)])
        found = []
        for call in film["names"]:
            for place in [each for each in own if each["call"] == call] or \
                    [each for each in support if each["call"] == call]:
                found.append(place | {"only": call in _LIBRARY})
        return found

    # The sources of a program: of its folder, if it has one, or of the folder in which it is built,
    # without the other job's.
    def _sources(self, program: str) -> list[str]:
        chapter, _, job = program.rpartition("_")
        folder = re.compile(rf"{chapter}/{job}/(?!tests/)(?:\w+/)?\w+\.[ch]pp")
        if own := [path for path in self.tree.files if folder.fullmatch(path)]:
            return own
        other = "echo_|session_" if job == "copy" else "copy_"
        source = re.compile(rf"{self._folder_of(program)}/(?!{other}|\w+_main)\w+\.[ch]pp")
        return [path for path in self.tree.files if source.fullmatch(path)]

    def _folder_of(self, program: str) -> str:
        built = re.compile(rf"^tutorial_program\({program}\b", re.MULTILINE)
        return next(path.rpartition("/")[0] for path in self.tree.files
                    if path.endswith("/CMakeLists.txt") and built.search(self.tree.read(path)))

    def _calls_in(self, paths: list[str]) -> list[dict]:
        found = []
        for path in paths:
            text = self.tree.read(path)
            code = cpp.code_only(text)
            functions = _functions(code)
            for match in _CALL.finditer(code):
                line = cpp.line_of(code, match.start())
                name = max([(0, ""), *((start, each) for start, each in functions if start <= line)])[1]
                arguments = _arguments(code, match.end())
                found.append({
                    "call": match["name"] or _pointed_to(match["member"]),
                    "path": path, "line": line, "name": name,
                    "text": text.split("\n")[line - 1].strip(),
                    "near": _near(code, functions, name), "on": _made_on(arguments),
                    "kind": _kind(f"{name} {arguments}"),
                })
        return found


# A function that is asked of a socket stands in a member: AcceptEx in accept_ex_.
def _pointed_to(member: str) -> str:
    return "".join(part.capitalize() for part in member.split("_"))


def _arguments(code: str, start: int) -> str:
    depth = 1
    for at in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return code[start:at]
    return code[start:]


# The object that a call is made on, as its arguments tell: the listener, a session, a file, or none yet.
def _made_on(arguments: str) -> str:
    for words, on in ((r"\blistener_", "listener"), (r"INVALID_HANDLE_VALUE", "none"),
                      (r"\b(?:self|each)\b", "session"), (r"\bfile\b", "file")):
        if re.search(words, arguments):
            return on
    return ""


# The way that the bytes of a call go, as its function and its arguments tell.
def _kind(words: str) -> str:
    kinds = [kind for kind, names in (("receive", "read|receive|input"), ("send", "write|send|output"))
             if re.search(rf"(?<![a-z])(?:{names})(?![a-z])", words)]
    return kinds[0] if len(kinds) == 1 else ""


def _functions(code: str) -> list[tuple[int, str]]:
    """(line, name) of each function that is defined in `code`."""
    return [(number, match["free"] or match["member"])
            for number, line in enumerate(code.split("\n"), 1) if (match := _DEFINITION.match(line))]


def _near(code: str, functions: list[tuple[int, str]], name: str) -> list[str]:
    """The functions of the same file that `name` calls, or that call it."""
    lines = code.split("\n")
    names = {each for _, each in functions}
    called: dict[str, set[str]] = {each: set() for each in names}
    for (start, each), (end, _) in zip(functions, functions[1:] + [(len(lines) + 1, "")]):
        called[each] |= names & set(re.findall(r"~?\w+", "\n".join(lines[start:end - 1])))
    return sorted(called.get(name, set()) | {each for each in names if name in called[each]} - {name})


def _item(place: dict) -> str:
    data = {"call": place["call"], "on": place["on"], "near": " ".join(place["near"]),
            "kind": place["kind"], "file": place["path"], "only": "true" if place["only"] else ""}
    attributes = "".join(f' data-{key}="{html.escape(value)}"' for key, value in data.items() if value)
    return (f'<li{attributes}><a href="source:{place["path"]}#{place["line"]}">{place["name"]}</a> '
            f'<code>{html.escape(place["text"])}</code></li>')
