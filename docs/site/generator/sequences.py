"""Draws sequence diagrams: lifelines side by side, messages and notes from top to bottom."""

import html
import re
from dataclasses import dataclass

from generator.language import Language

FONT = 14  # units of the picture, which are pixels where there is room
LINE = 18
GAP = 26  # the least distance between the texts of two lifelines
ROW = 34

_PARTICIPANT = re.compile(r"(?:participant|actor) (?P<id>\w+)(?: as (?P<label>.+))?")
_MESSAGE = re.compile(r"(?P<from>\w+)(?P<arrow>-->>|->>|-->|->)(?P<to>\w+): ?(?P<text>.*)")
_NOTE = re.compile(r"[Nn]ote (?:over|right of|left of) (?P<ids>\w+(?:, ?\w+)?): ?(?P<text>.*)")


@dataclass
class _Step:
    """A message between two lifelines, or a note over one or two."""
    text: str
    first: int
    last: int
    arrow: str = ""  # empty for a note

    @property
    def height(self) -> float:
        return ROW + LINE * (len(lines_of(self.text)) - 1) + (0 if self.arrow else 8)


class Sequence:
    def __init__(self, lines: list[str], language: Language):
        self.language = language
        self.labels: dict[str, str] = {}
        self.steps = []
        for line in lines:
            if match := _PARTICIPANT.fullmatch(line):
                self.labels[match["id"]] = match["label"] or match["id"]
            elif match := _MESSAGE.fullmatch(line):
                self.steps.append(_Step(match["text"], self._place(match["from"]),
                                        self._place(match["to"]), match["arrow"]))
            elif match := _NOTE.fullmatch(line):
                places = [self._place(each.strip()) for each in match["ids"].split(",")]
                self.steps.append(_Step(match["text"], min(places), max(places)))
            elif line != "autonumber":
                raise ValueError(line)
        self.x = self._columns()

    def _place(self, name: str) -> int:
        self.labels.setdefault(name, name)
        return list(self.labels).index(name)

    # Places the lifelines as close together as the texts between them allow.
    def _columns(self) -> list[float]:
        widths = [width_of(label) + 24 for label in self.labels.values()]
        left = [widths[0] / 2 + 2]
        for step in self.steps:
            if not step.arrow and step.first == step.last == 0:
                left[0] = max(left[0], width_of(step.text) / 2 + 14)
        for place in range(1, len(widths)):
            needed = left[-1] + (widths[place - 1] + widths[place]) / 2 + GAP / 2
            left.append(max([needed, *(self._needed(step, place, left) for step in self.steps)]))
        right_edge = 0.0
        for step in self.steps:
            middle = (left[step.first] + left[step.last]) / 2
            right_edge = max(right_edge, middle + width_of(step.text) / 2 + 14)
            if step.arrow and step.first == step.last:
                right_edge = max(right_edge, left[step.first] + 40 + width_of(step.text))
        self.width = max(right_edge, left[-1] + widths[-1] / 2 + 2)
        self.box_widths = widths
        return left

    def _needed(self, step: _Step, place: int, left: list[float]) -> float:
        low, high = sorted((step.first, step.last))
        width = width_of(step.text)
        if low != high and high == place:
            return left[low] + width + GAP + (0 if step.arrow else -GAP)
        if low == high == place and not step.arrow:  # a note must not cover the one before
            return left[-1] + width / 2 + 20
        if low == high == place - 1:
            return left[-1] + (width + 44 if step.arrow else width / 2 + 20)
        return 0.0

    def svg(self) -> str:
        top = 36
        y = float(top)
        body = []
        for step in self.steps:
            body.append(self._message(step, y) if step.arrow else self._note(step, y))
            y += step.height
        bottom = y + 14
        parts = []
        for label, x, width in zip(self.labels.values(), self.x, self.box_widths):
            parts.append(f'<line class="lifeline" x1="{x:.0f}" y1="{top - 4}" x2="{x:.0f}" '
                         f'y2="{bottom:.0f}"/>')
            parts.append(f'<rect class="box" x="{x - width / 2:.0f}" y="2" width="{width:.0f}" '
                         f'height="30" rx="6"/>')
            parts.append(_text(label, x, 22))
        parts += body
        said = "; ".join(self._said(step) for step in self.steps)
        return _svg(self.width, bottom + 2, f"{self.language.sequence}: {said}", parts)

    def _said(self, step: _Step) -> str:
        names = list(self.labels.values())
        text = step.text.replace("<br/>", " ")
        if not step.arrow:
            return f"{names[step.first]}: {text}"
        return f"{self.language.from_to.format(names[step.first], names[step.last])}: {text}"

    def _message(self, step: _Step, y: float) -> str:
        start, end = self.x[step.first], self.x[step.last]
        dashed = " dashed" if step.arrow.startswith("--") else ""
        line = y + step.height - 8
        if step.first == step.last:
            path = f"M{start:.0f},{line - 12:.0f}h30v12h-24"
            text = _text(step.text, start + 38, line - 3, "start")
            return f'<path class="message{dashed}" d="{path}"/>{_head(start + 4, line, -1)}{text}'
        way = 1 if end > start else -1
        text = _text(step.text, (start + end) / 2, line - 7 - LINE * (len(lines_of(step.text)) - 1))
        return (f'<line class="message{dashed}" x1="{start:.0f}" y1="{line:.0f}" '
                f'x2="{end - 6 * way:.0f}" y2="{line:.0f}"/>{_head(end - way, line, way)}{text}')

    def _note(self, step: _Step, y: float) -> str:
        middle = (self.x[step.first] + self.x[step.last]) / 2
        width = max(width_of(step.text) + 20, self.x[step.last] - self.x[step.first] + 30)
        return (f'<rect class="note" x="{middle - width / 2:.0f}" y="{y + 8:.0f}" '
                f'width="{width:.0f}" height="{step.height - 12:.0f}" rx="4"/>'
                + _text(step.text, middle, y + 26))


def width_of(text: str) -> float:
    """The approximate width of a text; letters of East Asia take a whole em."""
    return max(sum(1.0 if ord(char) > 0x10FF else 0.56 for char in line)
               for line in lines_of(text)) * FONT


def lines_of(text: str) -> list[str]:
    return re.split(r"<br\s*/?>", text)


def _head(x: float, y: float, way: int) -> str:
    return f'<path class="head" d="M{x:.0f},{y:.0f}l{-9 * way},-4.5v9z"/>'


def _text(text: str, x: float, y: float, anchor: str = "middle") -> str:
    spans = "".join(f'<tspan x="{x:.0f}" y="{y + LINE * at:.0f}">{html.escape(line, quote=False)}'
                    "</tspan>" for at, line in enumerate(lines_of(text)))
    return f'<text text-anchor="{anchor}">{spans}</text>'


def _svg(width: float, height: float, said: str, parts: list[str]) -> str:
    return (f'<svg class="diagram" role="img" aria-label="{html.escape(said)}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
            f'font-size="{FONT}">' + "".join(parts) + "</svg>")
