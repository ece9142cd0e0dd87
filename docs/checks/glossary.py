"""Makes the glossaries from docs/terms.toml, the one list of terms in both languages."""

import posixpath
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from checks.markdown import Document
from checks.tree import Tree, korean_of, number_of_text

LIST = "docs/terms.toml"
ENGLISH, KOREAN = "docs/glossary.md", "docs/glossary.ko.md"

_ENGLISH_HEAD = """\
# Glossary

Each term of the field in a sentence or two, with the lesson that explains it first, and with the word that Korean \
textbooks or Microsoft's Korean pages use. Where they differ, the first one is the one that this tutorial's \
Korean edition takes.

| Term | 한국어 | Meaning | Explained in |
|---|---|---|---|
"""
_KOREAN_HEAD = """\
# 용어집

이 분야의 용어를 한두 문장으로 설명하고, 그 용어를 처음 설명하는 장을 적었다. 괄호 안은 교재나 Microsoft 문서에서 만나는 다른 말이다. \
이 튜토리얼의 한국어판은 괄호 앞의 말을 쓴다.

| 용어 | 영어 | 뜻 | 설명하는 장 |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Term:
    """A row of the glossary; docs/terms.toml says what its parts are."""
    english: str
    korean: str
    also: list[str]
    wrong: list[str]
    meaning: str
    meaning_ko: str
    lesson: str
    link: str
    seen: str = ""

    def number(self) -> str:
        """Made from the English meaning: what `seen` is until that changes."""
        return number_of_text(self.meaning)

    def korean_words(self) -> str:
        return f"{self.korean} ({', '.join(self.also)})" if self.also else self.korean


def terms_of(tree: Tree) -> list[Term]:
    return [Term(**row) for row in tomllib.loads(tree.read(LIST)).get("term", [])]


def refused_words(tree: Tree) -> dict[str, str]:
    """What Korean texts do not say, and what to write in its place."""
    words = dict(tomllib.loads(tree.read(LIST)).get("refused", {}))
    for term in terms_of(tree):
        words |= {wrong: term.korean for wrong in term.wrong}
    return words


def faults_of_meanings(tree: Tree) -> Iterator[str]:
    """A line for each Korean meaning that was written from another English one than there is now."""
    for term in terms_of(tree) if LIST in tree.files else []:
        if term.seen != term.number():
            yield (f"{term.english} is stale: its English meaning has changed. Look at meaning_ko, and then: "
                   f"python3 docs/check_korean.py --looked \"{LIST}#{term.english}\"")


def with_numbers(tree: Tree, looked: list[str]) -> str:
    """The list, in which new terms, and those that have been looked at, have the number of their meaning."""
    terms = {term.english: term for term in terms_of(tree)}
    term, lines = None, []
    for line in tree.read(LIST).split("\n"):
        if line.startswith("english = "):
            term = terms[tomllib.loads(line)["english"]]
        fresh = term and (not term.seen or LIST in looked or f"{LIST}#{term.english}" in looked)
        if not (fresh and line.startswith("seen = ")):
            lines.append(line)
        if fresh and line.startswith("link = "):
            lines.append(f'seen = "{term.number()}"')
    return "\n".join(lines)


def own_korean(tree: Tree) -> list[Document]:
    """What the list says in Korean as ours; `also` and `wrong` have words of others."""
    if LIST not in tree.files:
        return []
    ours = [line if line.startswith(("korean", "meaning_ko")) else "" for line in tree.read(LIST).split("\n")]
    return [Document(LIST, "\n".join(ours))]


def glossaries(tree: Tree, anchors: dict[str, dict[str, str]]) -> dict[str, str]:
    """The text of both. `anchors` has the Korean anchors of each Korean page by the English ones."""
    if LIST not in tree.files:
        return {}
    terms = terms_of(tree)
    english = [f"| {term.english} | {term.korean_words()} | {term.meaning} | [{term.lesson}]({term.link}) |\n"
               for term in terms]
    korean = [f"| {term.korean_words()} | {term.english} | {term.meaning_ko} "
              f"| [{term.lesson}]({_korean_link(term.link, anchors)}) |\n"
              for term in sorted(terms, key=lambda term: term.korean.lower())]
    return {ENGLISH: _ENGLISH_HEAD + "".join(english), KOREAN: _KOREAN_HEAD + "".join(korean)}


def _korean_link(link: str, anchors: dict[str, dict[str, str]]) -> str:
    page, _, anchor = link.partition("#")
    korean = korean_of(page)
    there = anchors.get(posixpath.normpath(f"docs/{korean}"), {})
    return f"{korean}#{there.get(anchor, anchor)}"
