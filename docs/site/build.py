#!/usr/bin/env python3
"""Builds the site: the lessons in order, and the reference beside them.

It needs Doxygen, Graphviz and doxygen-awesome-css, and nothing from the network.
Exit code: 0 built, 1 a fault (each is a line), 2 wrong usage.
"""

import argparse
import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "docs"), str(ROOT / "docs" / "site")]

from checks.markdown import documents_of  # noqa: E402
from checks.snippets import Snippets  # noqa: E402
from checks.tree import Tree  # noqa: E402

from generator import search  # noqa: E402
from generator.doxygen import Doxygen, DoxygenError  # noqa: E402
from generator.edition import Edition  # noqa: E402
from generator.finish import Finish  # noqa: E402
from generator.language import ENGLISH, KOREAN  # noqa: E402
from generator.markup import listing, page_of  # noqa: E402
from generator.reference import copy_sources  # noqa: E402

DEBIAN_THEME = Path("/usr/share/doxygen-awesome-css")
# GitHub Pages serves it, as 404.html, for an address without a page.
NOT_FOUND = """\
<p>Nothing is at this address. Perhaps it has moved: look for it in the search, or begin at the
<a href="index.html">front page</a>, which leads to all lessons.</p>
<p lang="ko">이 주소에는 아무것도 없다. 옮겼을지도 모른다. 검색에서 찾거나, 모든 장으로 이어지는
<a href="ko/index.html">첫 페이지</a>에서 시작하자.</p>"""


def editions_of(tree: Tree) -> tuple[list[Edition], dict[str, str]]:
    """The pages in each language that are not Doxygen's own. Returns also the pages of files, by path."""
    documents = documents_of(tree)
    editions = [Edition(tree, documents, language) for language in (ENGLISH, KOREAN)]
    for each in editions:
        each.pages.others = [other.pages for other in editions if other is not each]
    snippets = Snippets(tree)
    for each in editions:
        each.make(snippets)
    snippets.check_all_used()
    texts = editions[0].texts
    texts["not-found"] = page_of("No such page", "not-found", NOT_FOUND)
    shown = {}
    for path in sorted(set().union(*(each.linked_files() for each in editions))):
        if not path.endswith((".cpp", ".hpp")):
            name = "file-" + re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
            shown[path] = f"{name}.html"
            texts[name] = page_of_file(tree, path, name)
    return editions, shown


def page_of_file(tree: Tree, path: str, name: str) -> str:
    """The page of a file that Doxygen does not show, or of a folder, with the files in it."""
    if path in tree.folders:
        inside = [each for each in tree.files if each.startswith(path + "/")]
        body = "<ul>" + "".join(f"<li><code>{html.escape(each)}</code></li>"
                                for each in inside) + "</ul>"
    else:
        body = listing(tree.read(path).split("\n"))
    return page_of(path, name, body)


def build(output: Path, theme: Path) -> list[str]:
    """Builds into `output`/html; returns the faults."""
    tree = Tree(ROOT)
    editions, shown = editions_of(tree)
    if tree.faults:
        return [f"{path}:{line}: {text}" for path, line, text in sorted(set(tree.faults))]
    english, korean = editions
    copy_sources(english.pages, empty(output / "sources"))
    (output / "player.js").write_text(english.figures.player.script(), encoding="utf-8", newline="\n")
    both = {f"{name}.html" for name in english.texts.keys() & korean.texts.keys()}
    faults = []
    for edition, other in ((english, korean), (korean, english)):
        language = edition.language
        edition.write(empty(output / language.folder / "pages"))
        folder = Doxygen(ROOT / "docs" / "site", output, theme, language).run(
            edition.pages, edition.calls, "".join(edition.figures.rules.values()))
        edition.figures.player.write_films(output / "html")
        search.Search(folder / "search").add(search.terms(edition.pages), search.headings(edition.pages))
        finish = Finish(folder, language, other.language, both)
        faults += finish.run(shown)
        # The Korean pages lead to those of the English ones that show sources.
        shown = {path: f"{KOREAN.to_root}{page}" for path, page in finish.sources.items()}
    return faults


def empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "docs",
                        help="where to build; the site is in its folder html")
    parser.add_argument("--theme", type=Path, default=DEBIAN_THEME,
                        help="the folder of doxygen-awesome-css (default: Debian's)")
    options = parser.parse_args(arguments)
    missing = [name for name in ("doxygen", "dot", "git") if not shutil.which(name)]
    if not (options.theme / "doxygen-awesome.css").is_file():
        missing.append(f"doxygen-awesome-css (no {options.theme / 'doxygen-awesome.css'})")
    if missing:
        print(f"Missing: {', '.join(missing)}", file=sys.stderr)
        return 1
    try:
        faults = build(options.output.resolve(), options.theme.resolve())
    except DoxygenError as error:
        faults = str(error).splitlines()
    except subprocess.CalledProcessError as error:
        faults = [f"{error}: {error.stderr}"]
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"The site: {options.output / 'html' / 'index.html'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
