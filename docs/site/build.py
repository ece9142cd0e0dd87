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
from generator.calls import Calls  # noqa: E402
from generator.doxygen import Doxygen, DoxygenError  # noqa: E402
from generator.figures import Figures  # noqa: E402
from generator.finish import Finish  # noqa: E402
from generator.lesson import Lesson  # noqa: E402
from generator.markup import listing, page_of  # noqa: E402
from generator.pages import Pages  # noqa: E402
from generator.reference import copy_sources  # noqa: E402

DEBIAN_THEME = Path("/usr/share/doxygen-awesome-css")
# GitHub Pages serves it, as 404.html, for an address without a page. Its relative links hold in the
# site's own folder, and the site has no other.
NOT_FOUND = """\
<p>Nothing is at this address. Perhaps it has moved: look for it in the search, or begin at the
<a href="index.html">front page</a>, which leads to all lessons.</p>"""
_SOURCE = re.compile(r'"source:([^"#]*)')


def write_pages(tree: Tree, folder: Path) -> tuple[Pages, Calls, Figures, dict[str, str]]:
    """Writes every page that is not Doxygen's own. Returns also the pages of files, by path."""
    documents = documents_of(tree)
    pages = Pages(tree, documents)
    snippets = Snippets(tree)
    figures = Figures(tree)
    texts = {page.id: Lesson(page, pages, snippets, figures).text() for page in pages.all}
    for page in pages.all:
        snippets.check(documents[page.path], page.kind in ("front", "lesson", "details"))
    snippets.check_all_used()
    calls = Calls(pages)
    texts |= calls.texts()
    texts["not-found"] = page_of("No such page", "not-found", NOT_FOUND)
    shown = {}
    for path in sorted({path.rstrip("/") for text in texts.values()
                        for path in _SOURCE.findall(text)}):
        if not path.endswith((".cpp", ".hpp")):
            name = "file-" + re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
            shown[path] = f"{name}.html"
            texts[name] = page_of_file(tree, path, name)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
    return pages, calls, figures, shown


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
    for name in ("pages", "sources"):
        shutil.rmtree(output / name, ignore_errors=True)
        (output / name).mkdir(parents=True)
    pages, calls, figures, shown = write_pages(tree, output / "pages")
    if tree.faults:
        return [f"{path}:{line}: {text}" for path, line, text in sorted(set(tree.faults))]
    copy_sources(pages, output / "sources")
    (output / "player.js").write_text(figures.player.script(), encoding="utf-8", newline="\n")
    doxygen = Doxygen(ROOT / "docs" / "site", output, theme)
    folder = doxygen.run(pages, calls, "".join(figures.rules.values()))
    figures.player.write_films(folder)
    search.Search(folder / "search").add(search.terms(pages), search.headings(pages))
    return Finish(folder).run(shown)


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
