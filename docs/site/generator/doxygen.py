"""Runs Doxygen, with our look on top of doxygen-awesome-css."""

import re
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

from generator.calls import Calls, id_of
from generator.finish import SWITCH
from generator.language import ENGLISH, Language
from generator.pages import Page, Pages

_AWESOME = ["doxygen-awesome.css", "doxygen-awesome-sidebar-only.css",
            "doxygen-awesome-sidebar-only-darkmode-toggle.css"]
_SCRIPTS = ["doxygen-awesome-darkmode-toggle.js", "doxygen-awesome-fragment-copy-button.js",
            "doxygen-awesome-paragraph-link.js", "doxygen-awesome-interactive-toc.js"]
_OWN_SCRIPTS = ["site.js", "timeline.js"]
# In a list of names: pages and their headings, of which each language has its own, and enumerators, which
# Doxygen 1.9.4 mistakes for those of another enumeration of the same name.
_LEFT_OUT = re.compile(r' *<compound kind="page">.*?</compound>\n| *<docanchor .*?</docanchor>\n'
                       r'| *<enumvalue .*?</enumvalue>\n', re.DOTALL)


class DoxygenError(Exception):
    """Doxygen has failed, or has found a fault."""


class Doxygen:
    def __init__(self, site: Path, work: Path, theme: Path, language: Language = ENGLISH):
        """English comes first: what is there in that language only, the others link to."""
        self.site = site
        self.work = work / language.folder
        self.root = work
        self.theme = theme
        self.language = language
        self.is_first = language == ENGLISH
        self.output = work / "html" / language.folder

    def run(self, pages: Pages, calls: Calls, rules: str) -> Path:
        """Makes the pages out of `work`/pages and `work`/sources; returns their folder."""
        (self.work / "timelines.css").write_text(rules, encoding="utf-8")
        self._header()
        self._layout(pages, calls)
        output = self.output
        shutil.rmtree(output, ignore_errors=True)
        settings = self.site / "Doxyfile"
        doxyfile = self.work / "Doxyfile"
        doxyfile.write_text("\n".join([
            f'@INCLUDE = "{settings.as_posix()}"', *self._places(output)]), encoding="utf-8")
        log = self.work / "warnings.log"
        done = subprocess.run(["doxygen", str(doxyfile)], cwd=self.work, capture_output=True,
                              text=True, encoding="utf-8", errors="replace")
        faults = self._readable(log.read_text(encoding="utf-8", errors="replace")
                                if log.exists() else "")
        if done.returncode != 0 or faults:
            raise DoxygenError(faults or done.stderr or done.stdout)
        for name in self._scripts() if self.is_first else []:
            shutil.copy(name, output)
        return output

    def _places(self, output: Path) -> list[str]:
        styles = [self.theme / name for name in _AWESOME] + \
            [self.work / "timelines.css", self.site / "look" / "site.css"]
        sources = [self.root / "sources"] if self.is_first else []
        values = {
            "OUTPUT_DIRECTORY": [self.work], "HTML_OUTPUT": [output],
            "INPUT": [self.work / "pages", *sources],
            "STRIP_FROM_PATH": sources,
            "STRIP_FROM_INC_PATH": sources,
            "WARN_LOGFILE": [self.work / "warnings.log"],
            "HTML_HEADER": [self.work / "header.html"],
            "LAYOUT_FILE": [self.work / "layout.xml"],
            "PROJECT_LOGO": [self.site / "look" / "logo.svg"],
            "HTML_EXTRA_STYLESHEET": styles,
        }
        return [f"{name} = " + " ".join(f'"{path.as_posix()}"' for path in paths)
                for name, paths in values.items()] + [
            f'PROJECT_BRIEF = "{self.language.brief}"', f"OUTPUT_LANGUAGE = {self.language.doxygen}",
            self._names()]

    # English writes the list of all names in the code, from which the others link to its reference.
    def _names(self) -> str:
        tags = self.root / "names.tag"
        if self.is_first:
            return f'GENERATE_TAGFILE = "{tags.as_posix()}"'
        text = tags.read_text(encoding="utf-8")
        tags.write_text(_LEFT_OUT.sub("", text), encoding="utf-8")
        return f'TAGFILES = "{tags.as_posix()}={self.language.to_root}"'

    def _scripts(self) -> list[Path]:
        return [self.theme / name for name in _SCRIPTS] + \
            [self.site / "look" / name for name in _OWN_SCRIPTS] + [self.root / "player.js"]

    def _command(self, *arguments: str) -> None:
        subprocess.run(["doxygen", *arguments], cwd=self.work, check=True, capture_output=True)

    # Adds our lines to the header of the Doxygen that is installed.
    def _header(self) -> None:
        self._command("-w", "html", "header.html", "footer.html", "unused.css")
        header = self.work / "header.html"
        icon = '<link rel="icon" href="$relpath^logo.svg"/>\n'
        scripts = "".join(f'<script src="$relpath^{self.language.to_root}{path.name}"></script>\n'
                          for path in self._scripts())
        text = header.read_text(encoding="utf-8")
        text = re.sub(r"<html(?![^>]*lang=)", f'<html lang="{self.language.code}"', text, count=1)
        text = re.sub(r'<td id="projectalign".*?</td>', lambda match: match[0] + SWITCH, text, count=1,
                      flags=re.DOTALL)
        header.write_text(text.replace("</head>", f"{icon}{scripts}</head>"), encoding="utf-8")

    # Replaces the tree of pages in the layout of the Doxygen that is installed.
    def _layout(self, pages: Pages, calls: Calls) -> None:
        self._command("-l", "layout.xml")
        layout = self.work / "layout.xml"
        text = layout.read_text(encoding="utf-8")
        topics = "topics" if 'type="topics"' in text else "modules"
        words = self.language
        tabs = [_group(words.lessons, [page for page in pages.all if page.kind == "lesson"])]
        tabs += [_tab(page) for page in pages.all if page.kind == "further"]
        tabs.append(_group(words.tasks, [page for page in pages.all if page.kind == "exercise"]))
        tabs.append(_group(words.details, [page for page in pages.all if page.kind == "details"]))
        tabs.append(_group(words.look_up, [page for page in pages.all if page.kind == "look-up"],
                           f'<tab type="usergroup" url="@ref calls" title="{words.calls}">'
                           + "".join(f'<tab type="user" url="@ref {id_of(name)}" title="{name}"/>'
                                     for name in calls.names()) + "</tab>"))
        kinds = ((topics, "modules.html", words.reference), ("filelist", "files.html", words.files))
        tabs += [f'<tab type="{kind}" title="{title}"/>' if self.is_first else
                 f'<tab type="user" url="{words.to_root}{page}" title="{title}"/>'
                 for kind, page, title in kinds]
        tabs += [_group(words.about, [page for page in pages.all if page.kind == "about"])]
        navigation = "<navindex>" + "\n".join(tabs) + "</navindex>"
        layout.write_text(re.sub(r"<navindex>.*?</navindex>", lambda match: navigation, text,
                                 flags=re.DOTALL), encoding="utf-8")

    def _readable(self, log: str) -> str:
        """The faults, at the places where they can be mended."""
        for folder in ("sources", "pages"):
            log = log.replace(f"{(self.work / folder).as_posix()}/", "")
        return log.strip()


def _tab(page: Page) -> str:
    title = escape(page.numbered, {'"': "&quot;"})
    return f'<tab type="user" url="@ref {page.id}" title="{title}"/>'


def _group(title: str, pages: list[Page], more: str = "") -> str:
    return f'<tab type="usergroup" title="{title}">' + "".join(map(_tab, pages)) + more + "</tab>"
