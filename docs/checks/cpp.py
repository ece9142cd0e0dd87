"""Reads comments, tests and system calls out of C++ sources, by regular expressions."""

import re

SUFFIXES = (".cpp", ".hpp")

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<string>R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"
                  |"(?:\\.|[^"\\\n])*")
      | (?P<other>'(?:\\.|[^'\\\n])+'|\d(?:'?[\w.])*)  # a quote in here opens no string""",
    re.DOTALL | re.VERBOSE)

_TEST = re.compile(r"\b(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P)\s*"
                   r"\(\s*(?P<suite>\w+)\s*,\s*(?P<name>\w+)\s*\)")
# Only the `::` of the global namespace matches: no name of a scope stands before it.
_GLOBAL_CALL = re.compile(r"(?<![\w>])::(?P<name>[A-Za-z]\w*)\s*\(")


def code_only(text: str, keep_strings: bool = False) -> str:
    """`text` with comments (and strings) blanked; every line keeps its number."""
    def blank(match: re.Match) -> str:
        if match["other"] or (match["string"] and keep_strings):
            return match[0]
        return re.sub(r"[^\n]", " ", match[0])
    return _TOKEN.sub(blank, text)


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def tests(text: str) -> list[tuple[str, str, int]]:
    """The (suite, test, line) of each GoogleTest test defined in `text`."""
    code = code_only(text)
    return [(match["suite"], match["name"], line_of(code, match.start()))
            for match in _TEST.finditer(code)]


def system_calls(text: str) -> list[tuple[str, int]]:
    """The (name, line) of each call as `::Name(`: so this project writes system calls."""
    code = code_only(text)
    return [(match["name"], line_of(code, match.start())) for match in _GLOBAL_CALL.finditer(code)
            if match["name"] not in ("new", "delete")]
