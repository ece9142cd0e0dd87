"""Draws flowcharts and states, with Graphviz for the layout."""

import html
import re
import subprocess
from collections.abc import Callable

from generator.language import Language

_NODE = re.compile(r' *(?P<id>\w+)(?:(?:\["?|\("?)'
                   r'(?P<text>[^"\])]+(?:\([^"\])]*\)[^"\])]*)*)(?:"?\]|"?\)))?')
_EDGE = re.compile(r' *(?P<line>-->|-\.->|---|==>)(?:\|"?(?P<label>[^|"]+)"?\|)?')
_CLICK = re.compile(r'click (?P<id>\w+) "(?P<target>[^"]+)"')
_SUBGRAPH = re.compile(r'subgraph (?P<id>\w+)(?:\["?(?P<label>[^"\]]+)"?\])?')
_STYLES = {"-->": "", "-.->": "style=dashed", "---": "arrowhead=none", "==>": "penwidth=2"}
_STATE = re.compile(r"(?P<from>\w+|\[\*\]) --> (?P<to>\w+|\[\*\])(?:: *(?P<label>.+))?")


class _Graph:
    """The input of Graphviz."""

    def __init__(self, language: Language):
        self.language = language
        self.labels: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.body: list[str] = []
        self.said: list[str] = []

    def node(self, name: str, text: str | None) -> str:
        if text or name not in self.labels:
            self.labels[name] = text or name
        return name

    def edge(self, a: str, b: str, style: str, label: str | None) -> None:
        if label:
            style += f" label={_quoted(' ' + label + ' ')}"
        self.body.append(f"{a} -> {b} [{style}];")
        words = [self.labels.get(each, "").replace("<br/>", " ") for each in (a, b)]
        both = self.language.from_to.format(*words) if all(words) else "".join(words)
        self.said.append(both + (f", {label}" if label else ""))

    def svg(self, direction: str) -> str:
        nodes = [f"{name} [label={_quoted(label)}"
                 + (f" URL={_quoted(self.links[name])}" if name in self.links else "") + "];"
                 for name, label in self.labels.items()]
        # Arial is about as wide as the fonts that the page is shown in.
        source = (f"digraph {{ rankdir={direction}; bgcolor=transparent; nodesep=0.22; "
                  'ranksep=0.42; node [shape=box style=rounded fontname="Arial" fontsize=14 '
                  'height=0.42 margin="0.22,0.08"]; edge [arrowsize=0.7 fontname="Arial" '
                  'fontsize=13]; graph [fontname="Arial" fontsize=13 style=rounded];\n'
                  + "\n".join(self.body + nodes) + "\n}")
        drawn = subprocess.run(["dot", "-Tsvg"], input=source, check=True, capture_output=True,
                               text=True, encoding="utf-8").stdout
        svg = drawn[drawn.index("<svg"):]
        svg = re.sub(r"<!--.*?-->|<title>.*?</title>", "", svg, flags=re.DOTALL)
        svg = re.sub(r' (?:xmlns(?:\:xlink)?|xlink:title|font-family|id)="[^"]*"', "", svg)
        svg = svg.replace("xlink:href", "href")
        # Graphviz writes points, which are shown as pixels.
        svg = re.sub(r'(width|height)="([\d.]+)pt"', r'\1="\2"', svg)
        role = "group" if self.links else "img"
        said = html.escape(f"{self.language.diagram}: " + "; ".join(self.said))
        return svg.replace("<svg", f'<svg class="diagram flowchart" role="{role}" '
                                   f'aria-label="{said}"', 1).strip()


def draw_flowchart(lines: list[str], direction: str, address: Callable[[str], str],
                   language: Language) -> str:
    graph = _Graph(language)
    for line in lines:
        if match := _CLICK.fullmatch(line):
            graph.links[match["id"]] = address(match["target"])
        elif match := _SUBGRAPH.fullmatch(line):
            graph.body.append(f"subgraph cluster_{match['id']} {{ "
                              f"label={_quoted(match['label'] or match['id'])};")
        elif line == "end":
            graph.body.append("}")
        else:
            _chain(graph, line)
    if direction != "LR":
        return graph.svg("TB")
    # A phone has no room for a chart from left to right.
    return (graph.svg("LR").replace('class="diagram', 'class="wide diagram', 1)
            + graph.svg("TB").replace('class="diagram', 'class="narrow diagram', 1))


def _chain(graph: _Graph, line: str) -> None:
    """A node, or several with arrows between them."""
    node = _NODE.match(line)
    if node and node.end() == len(line):
        graph.body.append(f"{graph.node(node['id'], node['text'])};")
        return
    while node and node.end() < len(line):
        edge = _EDGE.match(line, node.end())
        after = _NODE.match(line, edge.end()) if edge else None
        if after:
            graph.edge(graph.node(node["id"], node["text"]),
                       graph.node(after["id"], after["text"]),
                       _STYLES[edge["line"]], edge["label"])
        node = after
    if not node:
        raise ValueError(line)


def draw_states(lines: list[str], language: Language) -> str:
    graph = _Graph(language)
    ends = {"from": "begin", "to": "finish"}  # the names of [*] on the left and on the right
    for line in lines:
        match = _STATE.fullmatch(line)
        if not match:
            raise ValueError(line)
        names = []
        for side, name in ends.items():
            if match[side] == "[*]":
                graph.body.append(f'{name} [shape=circle label="" width=0.16 height=0.16];')
                names.append(name)
            else:
                names.append(graph.node(match[side], None))
        graph.edge(*names, "", match["label"])
    return graph.svg("TB")


def _quoted(text: str) -> str:
    return '"' + re.sub(r"<br\s*/?>", r"\\n", text.replace('"', r"\"")) + '"'
