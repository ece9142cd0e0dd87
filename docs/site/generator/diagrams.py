"""The lessons' diagrams, which GitHub draws with Mermaid, as SVG without a script.

Three kinds are known, and of them what the lessons use: sequence diagrams (participants, messages,
notes), flowcharts (boxes, arrows, groups, links) and states. A line that is not understood is a
fault that names it: no diagram appears with a part left out. Colours are the site's, by class
names, so that they follow light and dark.
"""

import re
from collections.abc import Callable

from generator.language import ENGLISH, Language
from generator.graphs import draw_flowchart, draw_states
from generator.sequences import Sequence


class DiagramError(Exception):
    """A diagram cannot be drawn; the text says why."""


def draw(source: list[str], address: Callable[[str], str], language: Language = ENGLISH) -> str:
    """The SVG of a diagram; `address` gives the address for a target of its `click` lines."""
    lines = [line.strip() for line in source if line.strip() and not line.strip().startswith("%%")]
    try:
        if lines[0] == "sequenceDiagram":
            return Sequence(lines[1:], language).svg()
        if match := re.fullmatch(r"(?:flowchart|graph) (LR|TD|TB)", lines[0]):
            return draw_flowchart(lines[1:], match[1], address, language)
        if lines[0] == "stateDiagram-v2":
            return draw_states(lines[1:], language)
        raise ValueError(lines[0])
    except ValueError as error:
        raise DiagramError(f"the site cannot draw this line of a diagram: {error}") from error
