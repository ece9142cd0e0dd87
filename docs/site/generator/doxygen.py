"""Runs Doxygen, with our look on top of doxygen-awesome-css."""

import re
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

from generator.calls import Calls, id_of
from generator.pages import Page, Pages

_AWESOME = ["doxygen-awesome.css", "doxygen-awesome-sidebar-only.css",
            "doxygen-awesome-sidebar-only-darkmode-toggle.css"]
_SCRIPTS = ["doxygen-awesome-darkmode-toggle.js", "doxygen-awesome-fragment-copy-button.js",
            "doxygen-awesome-paragraph-link.js", "doxygen-awesome-interactive-toc.js"]
_OWN_SCRIPTS = ["site.js", "timeline.js"]


class DoxygenError(Exception):
    """Doxygen has failed, or has found a fault."""


class Doxygen:
    def __init__(self, site: Path, work: Path, theme: Path):
        self.site = site
        self.work = work
        self.theme = theme

    def run(self, pages: Pages, calls: Calls, rules: str) -> Path:
        """Makes the pages out of `work`/pages and `work`/sources; returns their folder."""
        (self.work / "timelines.css").write_text(rules, encoding="utf-8")
        self._header()
        self._layout(pages, calls)
        output = self.work / "html"
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
        for name in self._scripts():
            shutil.copy(name, output)
        return output

    def _places(self, output: Path) -> list[str]:
        styles = [self.theme / name for name in _AWESOME] + \
            [self.work / "timelines.css", self.site / "look" / "site.css"]
        sources = self.work / "sources"
        values = {
            "OUTPUT_DIRECTORY": [self.work], "HTML_OUTPUT": [output],
            "INPUT": [self.work / "pages", sources],
            "STRIP_FROM_PATH": [sources],
            "STRIP_FROM_INC_PATH": [sources],
            "WARN_LOGFILE": [self.work / "warnings.log"],
            "HTML_HEADER": [self.work / "header.html"],
            "LAYOUT_FILE": [self.work / "layout.xml"],
            "PROJECT_LOGO": [self.site / "look" / "logo.svg"],
            "HTML_EXTRA_STYLESHEET": styles,
        }
        return [f"{name} = " + " ".join(f'"{path.as_posix()}"' for path in paths)
                for name, paths in values.items()]

    def _scripts(self) -> list[Path]:
        return [self.theme / name for name in _SCRIPTS] + \
            [self.site / "look" / name for name in _OWN_SCRIPTS] + [self.work / "player.js"]

    def _command(self, *arguments: str) -> None:
        subprocess.run(["doxygen", *arguments], cwd=self.work, check=True, capture_output=True)

    # Adds our lines to the header of the Doxygen that is installed.
    def _header(self) -> None:
        self._command("-w", "html", "header.html", "footer.html", "unused.css")
        header = self.work / "header.html"
        icon = '<link rel="icon" href="$relpath^logo.svg"/>\n'
        scripts = "".join(f'<script src="$relpath^{path.name}"></script>\n'
                          for path in self._scripts())
        text = header.read_text(encoding="utf-8")
        text = re.sub(r"<html(?![^>]*lang=)", '<html lang="en"', text, count=1)
        header.write_text(text.replace("</head>", f"{icon}{scripts}</head>"), encoding="utf-8")

    # Replaces the tree of pages in the layout of the Doxygen that is installed.
    def _layout(self, pages: Pages, calls: Calls) -> None:
        self._command("-l", "layout.xml")
        layout = self.work / "layout.xml"
        text = layout.read_text(encoding="utf-8")
        topics = "topics" if 'type="topics"' in text else "modules"
        tabs = [_group("Lessons", [page for page in pages.all if page.kind == "lesson"])]
        tabs += [_tab(page) for page in pages.all if page.kind == "further"]
        tabs.append(_group("Tasks", [page for page in pages.all if page.kind == "exercise"]))
        tabs.append(_group("Details", [page for page in pages.all if page.kind == "details"]))
        tabs.append(_group("Look up", [page for page in pages.all if page.kind == "look-up"],
                           '<tab type="usergroup" url="@ref calls" title="Calls of Windows">'
                           + "".join(f'<tab type="user" url="@ref {id_of(name)}" title="{name}"/>'
                                     for name in calls.names()) + "</tab>"))
        tabs += [f'<tab type="{topics}" title="Reference"/>',
                 '<tab type="filelist" title="Files"/>',
                 _group("About", [page for page in pages.all if page.kind == "about"])]
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
