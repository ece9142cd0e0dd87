"""Turns the lessons' Markdown into HTML: paragraphs, quotes, lists, tables, and the spans in a line.

Doxygen reads Markdown too, but otherwise than GitHub in many small things, and each version in
others. The lessons are to look the same in both places, so what is prose reaches Doxygen as HTML.
"""

import html
import re
from collections.abc import Callable

from checks.markdown import COMMENT, SPANS, slug_of
from checks.tables import RULE, cells_of

# The address of a link, from its text and its target.
Address = Callable[[str, str], str]
# The HTML of an image, from its words and its target.
Picture = Callable[[str, str], str]

# The languages of columns, by their heads.
_LANGUAGES = {"한국어": ' lang="ko"', "영어": ' lang="en"'}

# Code with this many letters may be broken at the end of a line.
LONG = 30
# A table with more letters than this in a row, on average, holds sentences.
SENTENCE = 60

_INLINE = re.compile(SPANS + r"|\*\*(?P<strong>(?=\S).+?(?<=\S))\*\*"
                     r"|(?<!\w)\*(?P<em>(?=[^\s*]).+?(?<=[^\s*]))\*(?![A-Za-z0-9_])", re.DOTALL)
_SOURCE = re.compile(r"(?P<before>\s(?:href|src)=\")(?P<target>[^\"]*)\"")
# A long name, for example a test's, may be broken between its words.
_LONG_NAME = re.compile(r"[A-Z]\w+")
_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# The start of an anchor, which gets the prefix of its page, as in Pages.section().
_ANCHOR = re.compile(r"\sid=\"")
_ITEM = re.compile(r"(?P<indent> *)(?P<mark>[-*]|\d+\.) +(?P<text>.*)")
_QUOTE = re.compile(r"> ?")


# A paragraph that opens or closes what a reader may unfold: the text between is paragraphs of its own.
_FOLD = re.compile(r"<details>\s*<summary>.*</summary>|</details>", re.DOTALL)

# A figure that is a link and alone in a paragraph, which may hold no box. The box scrolls, so it has
# to lie around the link.
_FIGURE_LINK = re.compile(r'<p>\s*<a(?P<link>[^>]*)>(?P<box><div class="figure[^>]*>)(?P<figure>.*?)'
                          r"</div></a>\s*</p>", re.DOTALL)


class Markup:
    def __init__(self, address: Address, picture: Picture, rows: str = "", page: str = ""):
        """`rows` is the kind of the tables' rows, if links lead to them; `page` the page's name."""
        self._address = address
        self._picture = picture
        self._rows = rows
        self._page = page

    def inline(self, text: str) -> str:
        """The HTML of one run of text."""
        done = []
        last = 0
        for match in _INLINE.finditer(text):
            done.append(html.escape(text[last:match.start()], quote=False))
            done.append(self._one(match))
            last = match.end()
        done.append(html.escape(html.unescape(text[last:]), quote=False))
        return "".join(done)

    def _one(self, match: re.Match) -> str:
        if match["escaped"]:
            return html.escape(match["escaped"][1])
        if match["code"]:
            code = match["code"].replace("\\|", "|").strip()
            if _LONG_NAME.fullmatch(code) and len(code) >= LONG:
                return f"<code>{_WORD_BORDER.sub('<wbr>', code)}</code>"
            short = ' class="short"' if len(code) < LONG else ""
            return f"<code{short}>{html.escape(code, quote=False)}</code>"
        if match["target"] is not None and match[0].startswith("!"):
            return self._picture(match["text"], match["target"])
        if match["target"] is not None:
            address = html.escape(self._address(match["text"], match["target"]))
            return f'<a href="{address}">{self.inline(match["text"])}</a>'
        if match["words"] is not None:  # brackets without a target are text
            words = self.inline(match["words"])
            before, after = (html.escape(match.string[slice(*ends)], quote=False) for ends in (
                (match.start(), match.start("words")), (match.end("words"), match.end())))
            return before + words + after
        if match["url"]:
            return f'<a href="{html.escape(match["url"])}">{html.escape(match["url"])}</a>'
        if match["tag"]:
            return self._tag(match["tag"])
        if match["strong"]:
            return f"<strong>{self.inline(match['strong'])}</strong>"
        return f"<em>{self.inline(match['em'])}</em>"

    def _tag(self, tag: str) -> str:
        if tag.startswith("<img "):
            attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            return self._picture(attributes.get("alt", ""), attributes["src"])
        tag = _ANCHOR.sub(rf"\g<0>{self._page}-", tag) if self._page else tag
        return _SOURCE.sub(lambda match: match["before"] + html.escape(
            self._address("", match["target"])) + '"', tag)

    def blocks(self, text: str) -> str:
        """The HTML of prose: paragraphs, quotes, lists and tables, no headings and fenced blocks."""
        lines = COMMENT.sub("", text).split("\n")
        done = []
        at = 0
        while at < len(lines):
            if not lines[at].strip():
                at += 1
            elif _QUOTE.match(lines[at]):
                at = self._quote(lines, at, done)
            elif _ITEM.match(lines[at]):
                at = self._list(lines, at, done)
            elif at + 1 < len(lines) and "|" in lines[at] and RULE.fullmatch(lines[at + 1]):
                at = self._table(lines, at, done)
            else:
                at = self._paragraph(lines, at, done)
        return "\n".join(done)

    def _paragraph(self, lines: list[str], at: int, done: list[str]) -> int:
        first = at
        while at < len(lines) and lines[at].strip() and not _ITEM.match(lines[at]):
            at += 1
        text = "\n".join(lines[first:at])
        content = self.inline(text)
        if text.startswith("<p>") and "small" in content:
            content = content.replace("<p>", '<p class="gallery">', 1)
        content = _FIGURE_LINK.sub(r"\g<box><a\g<link>>\g<figure></a></div>", content)
        # A paragraph of tags has a <p> of its own, and a picture needs none.
        is_whole = content.startswith(("<p", "<div")) or _FOLD.fullmatch(text)
        done.append(content if is_whole else f"<p>{content}</p>")
        return at

    def _quote(self, lines: list[str], at: int, done: list[str]) -> int:
        first = at
        while at < len(lines) and _QUOTE.match(lines[at]):
            at += 1
        content = self.blocks("\n".join(_QUOTE.sub("", line) for line in lines[first:at]))
        done.append(f"<blockquote>{content}</blockquote>")
        return at

    def _list(self, lines: list[str], at: int, done: list[str]) -> int:
        start = _ITEM.match(lines[at])
        ordered = start["mark"][0].isdigit()
        done.append("<ol>" if ordered else "<ul>")
        while at < len(lines) and (item := _ITEM.match(lines[at])):
            if item["indent"] != start["indent"] or item["mark"][0].isdigit() != ordered:
                break
            inside = item.start("text")
            body = [item["text"]]
            at += 1
            while at < len(lines) and (
                    not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip()) >= inside):
                body.append(lines[at][inside:])
                at += 1
            done.append(f"<li>{self._item(body)}</li>")
        done.append("</ol>" if ordered else "</ul>")
        return at

    def _item(self, body: list[str]) -> str:
        content = self.blocks("\n".join(body))
        # An item with a single paragraph needs no <p>, also with a list below it.
        return re.sub(r"<p>(.*?)</p>", r"\1", content, count=1, flags=re.DOTALL) \
            if content.count("<p>") == 1 else content

    def _table(self, lines: list[str], at: int, done: list[str]) -> int:
        heads = cells_of(lines[at])
        at += 2
        end = at
        while end < len(lines) and lines[end].strip().startswith("|"):
            end += 1
        rows = [cells_of(line) for line in lines[at:end]]
        kind = "table sentences" if _are_sentences(rows) else "table"
        done.append(f'<div class="{kind}" tabindex="0"><table class="markdownTable"><thead><tr>')
        done += [f"<th>{self.inline(cell)}</th>" for cell in heads]
        done.append("</tr></thead><tbody>")
        for cells in rows:
            name = f' id="{row_id(self._rows, key_of(heads, cells))}"' if self._rows else ""
            done.append(f"<tr{name}>" + "".join(
                f'<td data-head="{html.escape(words_of(head))}"{_LANGUAGES.get(head, "")}>'
                f"{self.inline(cell)}</td>" for head, cell in zip(heads, cells)) + "</tr>")
        done.append("</tbody></table></div>")
        return end


def raw(text: str) -> str:
    """HTML that Doxygen leaves alone."""
    return f"\\htmlonly[block]\n{text}\n\\endhtmlonly\n"


def page_of(title: str, name: str, content: str) -> str:
    """A page for Doxygen, with HTML below its title."""
    return f"# {title} {{#{name}}}\n\n{raw(content)}"


def listing(lines: list[str], language: str = "") -> str:
    """Lines of code, as Doxygen shows them, in no colours."""
    content = "".join(f'<div class="line">{html.escape(line, quote=False)}</div>\n'
                      for line in lines)
    return f'<div class="{f"fragment {language}".strip()}">{content}</div>'


def key_of(heads: list[str], cells: list[str]) -> str:
    """The cell of a row that names it in every language: the English one."""
    return cells[heads.index("영어")] if "영어" in heads else cells[0]


def row_id(kind: str, cell: str) -> str:
    """The anchor of a row that begins with this cell: its first name, as in "APC, a call"."""
    return f"{kind}-{slug_of(re.split(r', | ?[(]', words_of(cell))[0])}"


def _are_sentences(rows: list[list[str]]) -> bool:
    """Whether a table is for reading, not for comparing. A phone shows its rows as paragraphs."""
    return sum(len(words_of(cell)) for cells in rows for cell in cells) > SENTENCE * len(rows)


def words_of(text: str) -> str:
    """Markdown of one line as plain words, for titles."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[`*]", "", text)
