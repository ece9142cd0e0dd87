"""Sets the lessons' pictures into the pages, where they follow the site's light and dark, and where
the timelines can be stretched and played."""

import html
import json
import re

from checks.links import resolve
from checks.markdown import Document
from checks.tree import Tree, english_of

from generator.language import ENGLISH, KOREAN, Language
from generator.player import Player

_TIMELINES = "docs/timelines/pictures/"
_HEAD = 44  # units at the top of a timeline, for its title


class Figures:
    def __init__(self, tree: Tree, language: Language = ENGLISH):
        self.tree = tree
        self.player = Player(tree, language)
        texts = "pictures.ko.json" if language == KOREAN else "pictures.json"
        # The titles and the captions of the timelines.
        self.texts = json.loads(tree.read(f"docs/timelines/{texts}"))
        self.rules: dict[str, str] = {}  # the timelines' colours, one set for all

    def figure(self, document: Document, words: str, target: str, small: bool) -> str:
        path = resolve(document, target)
        svg = self._picture(path)
        name = re.sub(r"\W", "-", english_of(path).rsplit("/", 1)[-1].removesuffix(".svg"))
        if not path.startswith(_TIMELINES):
            svg = _named(_with_own_ids(scoped(svg, name), name), words)
            return f'<div class="figure picture" data-name="{name}">{svg}</div>'
        svg = _with_own_ids(self._without_colours(svg), name)
        if small:
            return f"{_small(svg)}<span>{html.escape(words)}</span>"
        return (f'<div class="figure timeline" data-name="{name}">{svg}</div>'
                f"{self.player.single(name)}")

    def together(self, chapters: list[tuple[str, str]], lead: str) -> str:
        """A player of the echo servers of `chapters` (folders and addresses), with one clock."""
        titles, stills = {}, []
        for number, (chapter, address) in enumerate(chapters, 1):
            name = f"{chapter}_echo"
            title, caption = (html.escape(self.texts[name][each]) for each in ("title", "caption"))
            titles[name] = f'<a href="{address}">{number} · {title}</a><p>{caption}</p>'
            svg = self._without_colours(self._picture(f"{_TIMELINES}{name}.svg"))
            stills.append(f'<a href="{address}">{_small(svg)}<span>{number} · {title}</span></a>')
        return self.player.together(titles, lead, "".join(stills))

    def _picture(self, path: str) -> str:
        return re.sub(r"<metadata>.*?</metadata>", "", self.tree.read(path), flags=re.DOTALL).strip()

    # All timelines have the same rules; the site keeps one set, which follows its switch.
    def _without_colours(self, svg: str) -> str:
        style = re.search(r"<style>(.*?)</style>", svg, re.DOTALL)
        self.rules["timeline"] = themed(style[1], ".timeline")
        return svg.replace(style[0], "")


def themed(style: str, scope: str) -> str:
    """The rules of a picture, within `scope`; those for the dark follow the site's switch."""
    parts = re.split(r"@media[^{]*\(prefers-color-scheme: ?dark\)\{((?:[^{}]*\{[^{}]*\})*)\}", style)
    light = "".join(parts[0::2])
    dark = "".join(parts[1::2])
    return _prefixed(light, scope) + _prefixed(dark, f"html.dark-mode {scope}")


def _prefixed(rules: str, scope: str) -> str:
    done = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", rules):
        each = ",".join(scope if selector.strip() in (":root", "svg") else
                        f"{scope} {selector.strip()}" for selector in selectors.split(","))
        done.append(f"{each}{{{body}}}")
    return "".join(done)


def scoped(svg: str, name: str) -> str:
    """A picture whose rules hold within it only, and follow the site's switch."""
    return re.sub(r"<style>(.*?)</style>",
                  lambda match: f"<style>{themed(match[1], f'[data-name={name}]')}</style>", svg,
                  flags=re.DOTALL)


def _with_own_ids(svg: str, name: str) -> str:
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', svg)
    return re.sub(r'aria-labelledby="([^"]+)"', lambda match: 'aria-labelledby="' + " ".join(
        f"{name}-{each}" for each in match[1].split()) + '"', svg)


def _named(svg: str, words: str) -> str:
    """The picture, named by the words of the page that shows it; its own description stays."""
    svg = re.sub(r' aria-labelledby="[^"]*"', "", svg, count=1)
    return svg.replace("<svg ", f'<svg aria-label="{html.escape(words)}" ', 1)


def _small(svg: str) -> str:
    return f'<span class="timeline small">{_without_words(svg)}</span>'


def _without_words(svg: str) -> str:
    """The bars of a picture, without letters: a small picture is a link, with words below it."""
    axis = re.search(r'<g[^>]*class="axis"[^>]*>', svg)
    bottom = float(re.search(r"translate\(0,([\d.]+)\)", axis[0])[1])
    svg = re.sub(r"<(title|desc|text)\b.*?</\1>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (?:role|aria-labelledby|height)="[^"]*"', "", svg, count=3)
    return re.sub(r'viewBox="0 0 (\S+) [^"]*"',
                  rf'aria-hidden="true" viewBox="0 {_HEAD} \1 {bottom - _HEAD:g}"', svg, count=1)
