"""Finishes Doxygen's pages: links to sources, without reference.py's additions, mended scripts."""

import re
from collections.abc import Collection
from pathlib import Path

from generator.language import ENGLISH, KOREAN, Language

_LINK = re.compile(r'href="source:(?P<path>[^"#]*)(?:#(?P<line>\d+))?"')
_TITLE = re.compile(r"<title>[^<]*?: (?P<path>\S+) Source File</title>")
# An addition of reference.py to the copies, as Doxygen shows it.
_ADDED = re.compile(
    r' ?<span class="comment">\s*/\*\* (?:\\(?:end)?cond|\\addtogroup \w+|@[{}]) \*/</span> ?')
# The picture in the list of files that leads to a source; it is all that its link has.
_ICON = '<span class="icondoc">'
# How to include a header: the compiler looks for it from its chapter on, or from support/.
_INCLUDE = re.compile(r"(<code>#include &lt;(?:<a [^>]*>)?)(?:0\d_\w+|support|comparison)/")
# A link of a class's summary; some lead to private members, which the page does not show.
_SUMMARY = re.compile(r'<a href="#(?P<name>[\w-]+)">[^<]*</a> &#124;\s*')
# The place in the header for the link to the other language.
SWITCH = '<td id="language"></td>'
# What Doxygen says on its Korean pages and in their search, and better Korean.
_KOREAN = (
    ("다음에 의해 생성됨 :", "만든 도구:"),
    ("로딩중...", "불러오는 중…"),
    ("검색중...", "찾는 중…"),
    ("일치하는것 없음", "찾은 것이 없다"),
    ("(전역 이름공간)", "(전역 네임스페이스)"),
    ('"네임스페이스들"', '"네임스페이스"'),
    ('"파일들"', '"파일"'),
    ('"타입정의"', '"타입 정의"'),
    ('"그룹들"', '"그룹"'),
    ('"페이지들"', '"페이지"'),
    ("패널 동기화를 비활성화하기 위해 클릭하십시오", "목록이 본문을 따라가지 않게 한다"),
    ("패널 동기화를 활성화하기 위해 클릭하십시오", "목록이 본문을 따라가게 한다"),
)
# Scripts and styles of others: the file, the text in it, and the one in its place.
_AMENDED = (
    # The field of the search has no name for screen readers.
    ("menu.js", 'id="MSearchField"', 'id="MSearchField" aria-label="Search"'),
    # The contents stand beside the text from 1000 pixels on, where code would have no room.
    ("doxygen-awesome.css", "min-width: 1000px", "min-width: 1400px"),
    ("doxygen-awesome.css", "max-width: 999px", "max-width: 1399px"),
)
# GitHub Pages serves 404.html at whatever address has no page, below ko/ too, and no link of the page may
# depend on that: there the links begin where the site does, whose own folder this page does not know.
_FROM_THE_SITE = """\
<script>
{
  const site = location.pathname.match(/^.*\\/(?=ko\\/)/);
  if (site) document.head.appendChild(document.createElement('base')).href = site[0];
}
</script>
"""


class Finish:
    def __init__(self, html: Path, language: Language = ENGLISH, other: Language | None = None,
                 both: Collection[str] = ()):
        """`both`: the pages that are there in the `other` language, too."""
        self.html = html
        self.language = language
        self.other = other
        self.both = both
        self.pages = {path: path.read_text(encoding="utf-8") for path in html.rglob("*.html")}
        self.sources = {match["path"]: path.name for path, text in self.pages.items()
                        if path.name.endswith("_source.html")
                        and (match := _TITLE.search(text))}
        self.faults: list[str] = []

    def run(self, own_pages: dict[str, str]) -> list[str]:
        """Finishes every page; `own_pages` has those files that are shown on pages of ours.

        Returns the links that lead nowhere, and what Doxygen no longer says.
        """
        self.sources |= own_pages
        for path, text in self.pages.items():
            text = _LINK.sub(self._address, text)
            text = _INCLUDE.sub(r"\1", _ADDED.sub("", text))
            text = text.replace(_ICON, f'{_ICON[:-1]} role="img" aria-label="Source">')
            text = _SUMMARY.sub(lambda match: match[0] if f'name="{match["name"]}"' in text else "",
                                text)
            if self.other:
                text = self._with_switch(path.name, text)
            path.write_text(text, encoding="utf-8")
        if (missing := self.html / "not-found.html").exists():
            text = missing.read_text(encoding="utf-8")
            (self.html / "404.html").write_text(
                text.replace("<head>\n", f"<head>\n{_FROM_THE_SITE}", 1), encoding="utf-8")
        if self.language == KOREAN:
            self._speak_better_korean()
        for name, old, new in _AMENDED:
            for file in self.html.glob(name):
                text = file.read_text(encoding="utf-8")
                new = new.replace('"Search"', f'"{self.language.search}"')
                file.write_text(text.replace(old, new), encoding="utf-8")
        self._name_tree()
        return self.faults

    # What another Doxygen says otherwise would stay as it is, unnoticed.
    def _speak_better_korean(self) -> None:
        said = set()
        for file in [*self.pages, *self.html.glob("*.js"), *self.html.glob("search/*.js")]:
            text = better = file.read_text(encoding="utf-8")
            for old, new in _KOREAN:
                if old in better:
                    said.add(old)
                    better = better.replace(old, new)
            if better != text:
                file.write_text(better, encoding="utf-8")
        self.faults += [f"docs/site/generator/finish.py: this Doxygen says {old} nowhere"
                        for old, _ in _KOREAN if old not in said]

    # A page that has no other language leads to the other front page.
    def _with_switch(self, name: str, text: str) -> str:
        other = self.other
        there = self.language.to_root + other.folder
        alternate = ' rel="alternate"' if name in self.both else ""
        address = there + (name if name in self.both else "index.html")
        link = f'<a href="{address}" hreflang="{other.code}" lang="{other.code}"{alternate}>{other.name}</a>'
        text = text.replace(SWITCH, SWITCH.replace("></", f">{link}</"), 1)
        if name not in self.both:
            return text
        links = "".join(f'<link rel="alternate" hreflang="{language.code}" href="{href}"/>\n'
                        for language, href in ((self.language, name), (other, address)))
        return text.replace("</head>", f"{links}</head>", 1)

    # Doxygen names a variable after the file that it describes, but no name may begin with a digit.
    def _name_tree(self) -> None:
        numbered = [path.stem for path in self.html.glob("[0-9]*.js")]
        for script in self.html.glob("*.js"):
            text = old = script.read_text(encoding="utf-8")
            for name in numbered:
                text = text.replace(f'"{name}" ]', f'"file_{name}" ]')
            if script.stem in numbered:
                text = text.replace(f"var {script.stem} =", f"var file_{script.stem} =", 1)
                script.unlink()
                script = script.with_name(f"file_{script.name}")
            if text != old:
                script.write_text(text, encoding="utf-8")

    def _address(self, match: re.Match) -> str:
        page = self.sources.get(match["path"].rstrip("/"))
        if page is None:
            self.faults.append(f"no page shows {match['path']}")
            return 'href=""'
        if match["line"] and page.endswith("_source.html"):
            page += f"#l{int(match['line']):05}"
        return f'href="{page}"'
