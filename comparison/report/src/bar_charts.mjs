// Charts with a row per model: bars, changes, and stacks of calls.
import * as Plot from '@observablehq/plot';

import {
  describe, finish, FONT, NARROW, short, tick, ticksOf, tip, widthOf,
} from './chart_parts.mjs';
import { number } from './format.mjs';
import { callFigure, callsOf, kindOf, labelsOf, parameterOf, troubleOf } from './results.mjs';
import { words } from './words.mjs';

const SEGMENT = 11; // the size of the font in a part of a bar
const BAR = 22;
const BAR_AND_LABEL = 43;

/** `figure`, a bar per run of `scenario`. */
export function barChart(scenario, figure, looks, options) {
  return bars(scenario, looks, options, {
    title: figure.title,
    values: (run) => partsOf(run, [figure]),
    marks: (rows) => rows.flatMap((row) => {
      const { className, look } = row;
      const [{ value }] = row.parts;
      return [
        Plot.rect([row], {
          className, x1: 0, x2: value.median, y1: 'y1', y2: 'y2', rx2: 2,
          fill: look.peer ? 'var(--paper)' : look.paint, fillOpacity: look.peer ? 1 : 0.88,
          stroke: look.peer ? look.paint : 'none', strokeWidth: 1.5,
          strokeDasharray: look.dash ?? 'none',
        }),
        Plot.link(value.highest > value.lowest ? [row] : [], {
          className, x1: value.lowest, x2: value.highest, y1: row.middle, y2: row.middle,
          stroke: 'var(--ink)', strokeWidth: 1.5, markerStart: 'tick', markerEnd: 'tick',
        }),
      ];
    }),
  });
}

/** The change from one figure to another of the same unit, a line per run of `scenario`. */
export function changeChart(scenario, from, to, looks, options) {
  return bars(scenario, looks, options, {
    title: words.change(from.title, to.title),
    values: (run) => partsOf(run, [from, to]),
    marks: (rows) => rows.flatMap((row) => {
      const { className, look } = row;
      const [first, last] = [row.parts[0], row.parts.at(-1)];
      return [
        ...row.parts.filter(({ value }) => value.highest > value.lowest).map(({ value }) =>
          Plot.link([row], {
            className, x1: value.lowest, x2: value.highest, y1: row.middle, y2: row.middle,
            stroke: look.paint, strokeWidth: 9, strokeOpacity: 0.3, strokeLinecap: 'round',
          })),
        Plot.link([row], {
          className, x1: first.value.median, x2: last.value.median, y1: row.middle, y2: row.middle,
          stroke: look.paint, strokeWidth: 2.5, strokeDasharray: look.dash ?? 'none',
        }),
        Plot.dot([row], {
          className, x: first.value.median, y: row.middle, r: 5, fill: 'var(--paper)',
          stroke: look.paint, strokeWidth: 2,
        }),
        ...(row.parts.length > 1 ? [Plot.dot([row], {
          className, x: last.value.median, y: row.middle, r: 6, fill: look.paint,
          stroke: 'var(--paper)', strokeWidth: 1,
        })] : []),
      ];
    }),
  });
}

/** The calls of each run of `scenario` at `parameter`, stacked: those of a kind side by side. */
export function callChart(scenario, parameter, looks, options) {
  const here = { ...scenario, runs: scenario.runs.filter(
    (run) => parameterOf(scenario, run) === parameter) };
  const calls = ['moves', 'waits', 'other'].flatMap((kind) =>
    callsOf(scenario.runs).filter((call) => kindOf(scenario, call) === kind)
      .map((call) => ({ call, kind })));
  return bars(here, looks, options, {
    title: words.calls,
    stacked: true,
    values: (run) => {
      let sum = 0;
      return calls.flatMap(({ call, kind }) => {
        const value = callFigure(run, call);
        if (!value) return [];
        const start = sum;
        sum += value.median;
        const figure = { title: call, unit: 'per echo' };
        return [{ figure, value, kind, start, end: sum, peak: sum }];
      });
    },
    marks: (rows, x) => rows.flatMap((row) => [
      Plot.rect(row.parts.map((part) => ({ ...part, y1: row.y1, y2: row.y2 })), {
        className: row.className, x1: 'start', x2: 'end', y1: 'y1', y2: 'y2',
        fill: (d) => `var(--${d.kind})`, insetRight: 1,
      }),
      Plot.text(row.parts.filter((part) => x(part.end) - x(part.start)
        > widthOf([part.figure.title], SEGMENT) * 1.12 + 8), {
        className: row.className, x: (d) => (d.start + d.end) / 2, y: row.middle,
        text: (d) => d.figure.title, fill: 'var(--paper)', fontSize: SEGMENT, fontWeight: 600,
      }),
    ]),
  });
}

function partsOf(run, figures) {
  return figures.filter((figure) => run.figures[figure.name]).map((figure) => {
    const value = run.figures[figure.name];
    return { figure, value, peak: value.highest };
  });
}

// Draws rows with a label each. `kind`: title, values(run), marks(rows with values, x), stacked.
function bars(scenario, looks, options, kind) {
  const { width } = options;
  const all = [...looks.keys()];
  const labels = labelsOf(scenario.runs, []).sort((a, b) => all.indexOf(a) - all.indexOf(b));
  const above = width < NARROW;
  const step = above ? BAR_AND_LABEL : BAR + 7;
  const rows = labels.map((label, index) => {
    const run = scenario.runs.find((each) => each.label === label);
    const parts = kind.values(run);
    const bottom = (index + 1) * step - 3;
    const y1 = bottom - (above ? BAR - 4 : BAR);
    return {
      label, run, parts, y1, y2: bottom, middle: (y1 + bottom) / 2,
      look: looks.get(label),
      className: `series s${all.indexOf(label)}`,
      title: describe(run, parts, ''),
    };
  });
  const filled = rows.filter((row) => row.parts.length > 0);
  const peaks = filled.flatMap((row) => row.parts.map((part) => part.peak));
  const lows = filled.flatMap((row) => row.parts.map((part) => part.value.lowest));
  const high = Math.max(...peaks, 0) || 1;
  const log = options.log && Math.min(...lows) > 0 && lows.length > 0;
  const domain = log ? [Math.min(...lows) / 1.5, high] : [0, high];
  // A stack has no number at its end: a sum of medians is no measurement.
  const ends = kind.stacked ? [] : filled.map(valueText);
  const marginRight = Math.min(widthOf(ends) + 18, width * 0.4);
  const marginLeft = above ? 2 : widthOf(labels.map(short)) + 14;
  const [left, right] = [marginLeft, width - marginRight];
  const height = rows.length * step + 26;
  const x = (value) => left + ((value - domain[0]) / (domain[1] - domain[0])) * (right - left);
  const text = (items, textOptions) => Plot.text(items, {
    y: (d) => d.middle, textAnchor: 'start', fill: 'var(--ink)', ...textOptions,
  });
  const ticks = ticksOf(domain, log);
  return finish(Plot.plot({
    document: options.document,
    width,
    height,
    marginLeft,
    marginRight,
    marginTop: 0,
    marginBottom: 26,
    style: { fontSize: `${FONT}px`, background: 'none', overflow: 'visible' },
    x: { domain, type: log ? 'log' : 'linear', label: null },
    y: { domain: [0, rows.length * step], range: [0, rows.length * step], axis: null },
    color: { type: 'identity' },
    marks: [
      Plot.gridX(ticks, { stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisX(ticks, { text: tick, tickSize: 0, tickPadding: 8, fill: 'var(--faint)' }),
      ...kind.marks(filled, x),
      ...(log ? [] : [Plot.ruleX([0], { stroke: 'var(--faint)' })]),
      ...ends.map((end, index) => text([filled[index]], {
        className: filled[index].className, text: () => end,
        x: (d) => Math.max(...d.parts.map((each) => each.peak)),
        dx: 9, fontVariant: 'tabular-nums',
        stroke: 'var(--paper)', strokeWidth: 3,
      })),
      ...rows.filter((row) => row.parts.length === 0).map((row) => text([row], {
        className: `${row.className} stopped`, x: domain[0], dx: 6,
        text: (d) => (troubleOf(d.run) ? `\u00d7 ${troubleOf(d.run)}` : words.notMeasured),
        lineWidth: (width - marginLeft - 12) / FONT, textOverflow: 'ellipsis-end',
        fill: 'var(--faint)', fontStyle: 'italic',
      })),
      above
        ? text(rows, { frameAnchor: 'left', y: (d) => d.y1 - 9, text: (d) => short(d.label) })
        : text(rows, {
          frameAnchor: 'left', text: (d) => short(d.label), textAnchor: 'end', dx: -10,
        }),
      ...(options.tips === false ? [] : [tip(tipsOf(rows, kind, domain), (d) => d.x, 'middle',
        kind.stacked ? Plot.pointer : Plot.pointerY)]),
    ],
  }), `${kind.title}. ${rows.map((row) => row.title.replaceAll('\n', ', ')).join('. ')}.`);
}

// One tip for a row, or one for each of its parts where they are stacked.
function tipsOf(rows, kind, domain) {
  return rows.flatMap((row) => {
    if (!kind.stacked || row.parts.length === 0) {
      const x = row.parts.length > 0 ? row.parts.at(-1).value.median : domain[0];
      return [{ x, middle: row.middle, title: row.title }];
    }
    return row.parts.map((part) => ({
      x: (part.start + part.end) / 2,
      middle: row.middle,
      title: describe(row.run, [part], ''),
    }));
  });
}

function valueText(row) {
  const texts = row.parts.map(({ value }) => number(value.median));
  const stopped = troubleOf(row.run) ? ' \u00d7' : '';
  return texts.join(' \u2192 ') + stopped;
}
