"""Holds the Korean edition to the English one, section by section.

docs/writing-korean.md says how the Korean edition is written, and so what is checked here. A mark below each
Korean heading names the English section, and has a number that is made from the English text: when that
changes, the Korean section is stale until somebody has looked at it.
"""

import re
from pathlib import Path
from urllib.parse import unquote

from checks import glossary, korean_pictures
from checks.korean_sections import Edition, compare, number_of
from checks.korean_tools import diagrams_of, korean_of_tools
from checks.korean_words import faults_of_words, patterns_of
from checks.links import resolve
from checks.markdown import Document, documents_of
from checks.tree import KOREAN_ENDING, Tree, count, english_of, korean_of

OPTIONS = {
    "--update": {"action": "store_true",
                 "help": "first write the anchors of links, the numbers that new marks lack, the glossaries, and "
                         "docs/timelines/pictures/*.ko.svg"},
    "--looked": {"metavar": "FILE", "action": "append", "default": [],
                 "help": "say that all stale sections of this Korean file have been looked at "
                         "(may be repeated; FILE#anchor: one section); also docs/terms.toml#TERM and "
                         "docs/timelines/pictures.ko.json#NAME"},
}

# For those who work on the tutorial. Every other page has a Korean edition.
ENGLISH_ONLY = ("CONTRIBUTING.md", "comparison/report/README.md", "comparison/results/README.md",
                "comparison/server_benchmark/README.md", "docs/site/README.md", "docs/writing-korean.md",
                "docs/writing-lessons.md", "support/trace/README.md")
# Made in both languages by check_evidence.py, with the marks: only the anchors are of use here.
MADE = ("docs/evidence.md",)


def editions(tree: Tree) -> list[str]:
    """The English pages whose Korean edition is held to them."""
    return [path for path in tree.files if path.endswith(".md") and not path.endswith(KOREAN_ENDING)
            and path not in MADE and path != glossary.ENGLISH
            and (path not in ENGLISH_ONLY or korean_of(path) in tree.files)]


def korean_documents(tree: Tree) -> list[Document]:
    return [document for path, document in documents_of(tree).items() if path.endswith(KOREAN_ENDING)]


def _read(tree: Tree) -> tuple[dict[str, Document], list[Edition], dict[str, dict[str, str]]]:
    documents = documents_of(tree)
    found, made = ([Edition(tree, documents[path], documents[korean_of(path)]) for path in paths
                    if path in documents and korean_of(path) in documents]
                   for paths in (editions(tree), MADE))
    return documents, found, {each.korean.path: each.anchors() for each in found + made}


def _update(tree: Tree, looked: list[str]) -> None:
    documents, found, maps = _read(tree)
    known = {glossary.LIST, korean_pictures.KOREAN} | {edition.korean.path for edition in found}
    for name in looked:
        if name.partition("#")[0] not in known:
            raise SystemExit(f"check_korean.py: --looked {name}: there is no such Korean page")
    for edition in found:
        lines = list(edition.korean.lines)
        for source, target in edition.pairs:
            mark = edition.mark(target)
            seen = edition.korean.path in looked or f"{edition.korean.path}#{target.anchor}" in looked
            if mark and mark["anchor"] == source.anchor and (seen or not mark["number"]):
                lines[target.first] = f"<!-- en: {source.anchor} {number_of(edition.english, source)} -->"
        document = Document(edition.korean.path, "\n".join(lines))
        _write(tree, edition.korean.path, _with_korean_anchors(document, maps))
    if words := korean_pictures.looked_at(tree, looked):
        _write(tree, korean_pictures.KOREAN, words)
    if glossary.LIST in tree.files:
        _write(tree, glossary.LIST, glossary.with_numbers(tree, looked))
    for path, text in (glossary.glossaries(tree, maps) | korean_pictures.pictures(tree)).items():
        _write(tree, path, text)


def _write(tree: Tree, path: str, text: str) -> None:
    if path not in tree.files or text != tree.read(path):
        tree.write(path, text)
        print(f"updated {path}")


def _with_korean_anchors(document: Document, maps: dict[str, dict[str, str]]) -> str:
    text = document.text
    for link in reversed(document.links):
        page = resolve(document, link.target or "")
        anchor = unquote((link.target or "").partition("#")[2])
        if page in maps and anchor in maps[page] and anchor not in maps[page].values():
            old = text[link.start:link.end]
            place = old.rindex(f"#{link.target.partition('#')[2]}")
            new = f"{old[:place]}#{maps[page][anchor]}{old[place + 1 + len(link.target.partition('#')[2]):]}"
            text = text[:link.start] + new + text[link.end:]
    return text


def run(root: Path, options) -> int:
    if options.update or options.looked:
        _update(Tree(root), options.looked)
    return check(Tree(root))


def check(tree: Tree) -> int:
    documents, found, maps = _read(tree)
    for path in editions(tree):
        if korean_of(path) not in documents:
            tree.fault(path, 1, f"has no Korean edition, {korean_of(path)}")
    for path in documents:
        if path.endswith(KOREAN_ENDING) and english_of(path) not in documents:
            tree.fault(path, 1, f"has no English edition, {english_of(path)}")
    sections = 0
    for edition in found:
        compare(edition, maps)
        sections += len(edition.pairs)
    for path, text in (glossary.glossaries(tree, maps) | korean_pictures.pictures(tree)).items():
        if path not in tree.files or text != tree.read(path):
            source = f"{english_of(path)} and {korean_pictures.KOREAN} say" if path.endswith(".svg") \
                else f"{glossary.LIST} says"
            tree.fault(path, 1, f"is not what {source}: python3 docs/check_korean.py --update")
    for message in glossary.faults_of_meanings(tree):
        tree.fault(glossary.LIST, 1, message)
    patterns = patterns_of(glossary.refused_words(tree)) if glossary.LIST in tree.files else patterns_of({})
    # The glossary has refused words as words of others; what it says itself is checked in its list.
    pages = [document for path, document in documents.items()
             if path.endswith(KOREAN_ENDING) and path != glossary.KOREAN]
    for document in [*pages, *map(diagrams_of, pages), *korean_of_tools(tree), *glossary.own_korean(tree)]:
        for line, message in faults_of_words(document, patterns):
            tree.fault(document.path, line, message)
    return tree.report(f"{count(len(found), 'Korean file')}, {count(sections, 'section')}")
