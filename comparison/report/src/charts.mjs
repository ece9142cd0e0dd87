// The charts, as SVG elements. The page draws them in its document, the README's picture in one of
// linkedom's; colours are variables of the style sheet around them (looks.mjs).
import * as Plot from '@observablehq/plot';

import { count, isWord, number, range, withUnit } from './format.mjs';
import {
  callFigure, callsOf, labelsOf, parameterOf, parametersOf, roundsMissing, troubleOf,
} from './results.mjs';

const FONT = 12;
const LETTER = 0.58; // of a letter's width to its height, on average
const STAGGER = 2.5; // pixels between the points of neighbours that have the same place
const LONGEST = 26; // letters of a label
const SEGMENT = 11; // the font in a part of a bar
const NARROW = 460; // no room beside a chart that is less wide
const BAR = 22;
const BAR_AND_LABEL = 43;

// A label as it stands in a chart: one that is very long would leave the chart no room.
function short(label) {
  return label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}\u2026` : label;
}

export function widthOf(texts, size = FONT) {
  return Math.max(0, ...texts.map((each) => each.length)) * size * LETTER;
}

/**
 * `figure` over what varies in `scenario`, a line per label. `looks`: looksOf. `options`: document,
 * width, height, log (of the figure's axis), direct (labels at the lines' ends), size (of the
 * font), tips (false for none).
 */
export function lineChart(scenario, figure, looks, options) {
  const { width, size = FONT } = options;
  const labels = [...looks.keys()];
  const points = pointsOf(scenario, figure);
  const missing = missingOf(scenario, figure);
  const domain = valueDomain(points, options.log);
  const direct = options.direct && width >= NARROW;
  const at = (d) => d.x;
  const shift = new Map(labels.map((label, index) =>
    [label, (index - (labels.length - 1) / 2) * STAGGER]));
  const series = labels.flatMap((label) => {
    const look = looks.get(label);
    const mine = points.filter((each) => each.label === label);
    const style = { className: `series s${labels.indexOf(label)}`, dx: shift.get(label) };
    return [
      Plot.ruleX(mine.filter((each) => each.high > each.low), {
        ...style, x: at, y1: 'low', y2: 'high', stroke: look.paint, strokeWidth: 2,
        strokeOpacity: 0.5,
      }),
      Plot.lineY(mine, {
        ...style, x: at, y: 'y', stroke: look.paint, strokeWidth: look.peer ? 1.6 : 2.2,
        strokeDasharray: look.dash ?? 'none', strokeLinejoin: 'round',
      }),
      Plot.dot(mine, { ...style, ...dotOf(look, size / 3.2), x: at, y: 'y' }),
      Plot.dot(mine.filter((each) => each.trouble), {
        ...style, x: at, y: 'y', symbol: 'times', r: size / 1.9, stroke: look.paint, strokeWidth: 2,
      }),
    ];
  });
  const marginRight = direct ? widthOf(labels.map(short), size) + 26 : 16;
  const stopped = missing.map((each) => ({ ...each, y: domain[0] }));
  return finish(Plot.plot({
    document: options.document,
    width,
    height: options.height,
    marginLeft: widthOf(ticksOf(domain, options.log).map(tick), size) + 16,
    marginRight,
    marginTop: 12,
    marginBottom: 2 * size + 20,
    style: { fontSize: `${size}px`, background: 'none', overflow: 'visible' },
    x: {
      ...parameterScale(scenario),
      label: scenario.by === 'silent' ? 'silent clients' : scenario.by,
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 2 * size + 14,
      tickFormat: (value) => String(value),
      tickSize: 0,
      tickPadding: 8,
    },
    y: { type: options.log ? 'log' : 'linear', domain, label: null },
    color: { type: 'identity' },
    symbol: { type: 'identity' },
    marks: [
      Plot.gridY(ticksOf(domain, options.log), { stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisY(ticksOf(domain, options.log), {
        text: tick, tickSize: 0, tickPadding: 8, fill: 'var(--faint)',
      }),
      Plot.ruleY([domain[0]], { stroke: 'var(--faint)' }),
      ...series,
      ...stopped.map((each, index) => Plot.dot([each], {
        className: `series stopped s${labels.indexOf(each.label)}`,
        x: at, y: 'y', dy: -9 - 11 * stackedBefore(stopped, index), symbol: 'times', r: 4.5,
        stroke: looks.get(each.label).paint, strokeWidth: 2,
      })),
      ...(direct ? endLabels(points, looks, labels, size) : []),
      ...(options.tips === false ? [] : [tip([...points, ...stopped], at, 'y')]),
    ],
  }), `${figure.title}, over ${scenario.by}. ${summary(points, figure, labels)}`);
}

/** `figure`, a bar per run of `scenario`. */
export function barChart(scenario, figure, looks, options) {
  return bars(scenario, looks, options, {
    title: figure.title,
    figure,
    values: (run) => {
      const value = run.figures[figure.name];
      return value ? [{ figure, value, peak: value.highest }] : [];
    },
    marks: (rows, y, place) => rows.filter((row) => row.parts.length > 0).flatMap((row) => {
      const look = looks.get(row.label);
      const className = `series s${place(row)}`;
      const [{ value }] = row.parts;
      return [
        Plot.rect([row], {
          className, x1: 0, x2: value.median, ...y, rx2: 2,
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

/** How `to` differs from `from`, two figures of the same unit, a line per run of `scenario`. */
export function changeChart(scenario, from, to, looks, options) {
  return bars(scenario, looks, options, {
    title: `${from.title}, and ${to.title}`,
    figure: to,
    values: (run) => [from, to].filter((each) => run.figures[each.name]).map((figure) => {
      const value = run.figures[figure.name];
      return { figure, value, peak: value.highest };
    }),
    marks: (rows, y, place) => rows.filter((row) => row.parts.length > 0).flatMap((row) => {
      const look = looks.get(row.label);
      const middle = { y: (d) => d.middle };
      const className = `series s${place(row)}`;
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
          className, x: first.value.median, ...middle, r: 5, fill: 'var(--paper)',
          stroke: look.paint, strokeWidth: 2,
        }),
        ...(row.parts.length > 1 ? [Plot.dot([row], {
          className, x: last.value.median, ...middle, r: 6, fill: look.paint,
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
    callsOf(scenario.runs).filter((call) => kindOf(call) === kind).map((call) => ({ call, kind })));
  const figureOf = (call) => ({ title: call, unit: 'per echo' });
  return bars(here, looks, options, {
    title: 'calls per echo',
    figure: { title: 'calls', unit: '' },
    total: true,
    values: (run) => {
      let sum = 0;
      return calls.flatMap(({ call, kind }) => {
        const value = callFigure(run, call);
        if (!value) return [];
        const start = sum;
        sum += value.median;
        return [{ figure: figureOf(call), value, kind, start, end: sum, peak: sum }];
      });
    },
    marks: (rows, y, place, x) => rows.flatMap((row) => [
      Plot.rect(row.parts.map((part) => ({ ...part, y1: row.y1, y2: row.y2 })), {
        className: `series s${place(row)}`, x1: 'start', x2: 'end', y1: 'y1', y2: 'y2',
        fill: (d) => `var(--${d.kind})`, insetRight: 1,
      }),
      Plot.text(row.parts.filter((part) => x(part.end) - x(part.start)
        > widthOf([part.figure.title], SEGMENT) * 1.12 + 8), {
        className: `series s${place(row)}`, x: (d) => (d.start + d.end) / 2, y: row.middle,
        text: (d) => d.figure.title, fill: 'var(--paper)', fontSize: SEGMENT, fontWeight: 600,
      }),
    ]),
  });
}

const MOVES = new RegExp('^(?:accept|AcceptEx|connect|ConnectEx|(?:WSA)?(?:recv|send|Recv|Send)|'
  + '(?:Read|Write)File(?:Ex)?|TransmitFile)$');
const WAITS = new RegExp('^(?:select|WSAPoll|SleepEx|(?:WSA)?GetOverlappedResult(?:Ex)?|'
  + '(?:WSA)?WaitFor.*|GetQueuedCompletionStatus(?:Ex)?)$');

/** What a call is for: it moves bytes or clients, it waits, or something else. */
export function kindOf(call) {
  if (MOVES.test(call)) return 'moves';
  return WAITS.test(call) ? 'waits' : 'other';
}

/** A short line with a label's look, for legends. */
export function sample(look, { document, className }) {
  return finish(Plot.plot({
    document,
    width: 34,
    height: 14,
    margin: 0,
    axis: null,
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    symbol: { type: 'identity' },
    marks: [
      Plot.line([[0.02, 0.5], [0.98, 0.5]], {
        stroke: look.paint, strokeWidth: look.peer ? 1.6 : 2.2,
        strokeDasharray: look.dash ?? 'none',
      }),
      Plot.dot([[0.5, 0.5]], dotOf(look, 4)),
    ],
  }), null, className);
}

// --- Lines ---------------------------------------------------------------------------------------

function pointsOf(scenario, figure) {
  return scenario.runs.flatMap((run) => {
    const value = run.figures[figure.name];
    const parameter = parameterOf(scenario, run);
    if (!value || parameter === null) return [];
    // Where a model stopped at fewer silent clients than wanted, that is where its figures belong.
    const x = run.limit && scenario.by === 'silent' ? run.figures.silent?.median ?? parameter
      : parameter;
    return [{
      label: run.label,
      x,
      y: value.median,
      low: value.lowest,
      high: value.highest,
      trouble: troubleOf(run),
      title: describe(run, [{ figure, value }], placeOf(scenario, parameter)),
    }];
  }).sort((a, b) => a.x - b.x);
}

// The runs that have nothing to show, and say why.
function missingOf(scenario, figure) {
  return scenario.runs
    .filter((run) => run.failure && !run.figures[figure.name]
      && parameterOf(scenario, run) !== null)
    .map((run) => ({
      label: run.label,
      x: parameterOf(scenario, run),
      title: describe(run, [], placeOf(scenario, parameterOf(scenario, run))),
    }));
}

function stackedBefore(items, index) {
  return items.slice(0, index).filter((each) => each.x === items[index].x).length;
}

export function placeOf(scenario, parameter) {
  if (parameter === null) return '';
  if (scenario.by === 'silent') return count(parameter, 'silent client');
  return scenario.by === 'connections' ? count(parameter, 'connection')
    : `${scenario.by} ${number(parameter)}`;
}

// Logarithmic; with a zero among the values, linear below some tens.
function parameterScale(scenario) {
  const values = parametersOf(scenario);
  const inset = { insetLeft: 14, insetRight: 14, ticks: values };
  if (values.length === 1) return { ...inset, type: 'point', domain: values };
  const domain = [values[0], values.at(-1)];
  return values[0] > 0
    ? { ...inset, type: 'log', base: 2, domain }
    : { ...inset, type: 'symlog', constant: 30, domain };
}

function valueDomain(points, log) {
  const low = Math.min(...points.map((each) => each.low));
  const high = Math.max(...points.map((each) => each.high));
  if (points.length === 0) return log ? [1, 10] : [0, 1];
  if (log && low > 0) return [low / 1.25, high * 1.25];
  return [Math.min(0, low), high > 0 ? high * 1.06 : 1];
}

function ticksOf([low, high], log) {
  if (!log) return niceTicks(low, high);
  const decades = Math.log10(high / low);
  const steps = decades > 2.5 ? [1] : decades > 1.3 ? [1, 3] : [1, 2, 5];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1)
    for (const step of steps) ticks.push(Number(`${step}e${power}`));
  return ticks.filter((each) => each >= low && each <= high);
}

function niceTicks(low, high) {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((each) => each * power >= rough);
  const ticks = [];
  for (let index = Math.ceil(low / step); index * step <= high; index += 1)
    ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}

function tick(value) {
  return value >= 10_000 ? `${number(value / 1000)}k` : number(value);
}

function dotOf(look, r) {
  return {
    symbol: look.symbol,
    r,
    fill: look.peer ? 'var(--paper)' : look.paint,
    stroke: look.peer ? look.paint : 'var(--paper)',
    strokeWidth: look.peer ? 1.5 : 0.8,
  };
}

// A label at the end of each line, moved apart where they would touch.
function endLabels(points, looks, labels, size) {
  const ends = labels.flatMap((label) => {
    const mine = points.filter((each) => each.label === label);
    return mine.length > 0 ? [mine.at(-1)] : [];
  });
  return ends.map((end, index) => Plot.text([end], Plot.initializer({
    className: `series s${labels.indexOf(end.label)}`,
    x: (d) => d.x,
    y: 'y',
    text: (d) => short(d.label),
    fill: looks.get(end.label).paint,
    stroke: 'var(--paper)',
    strokeWidth: 3,
    fontSize: size,
    textAnchor: 'start',
  }, (data, facets, channels, scales, dimensions) => {
    const wanted = ends.map((each) => scales.y(each.y));
    return {
      data,
      facets,
      channels: {
        x: { value: [dimensions.width - dimensions.marginRight + 2] },
        y: { value: [apart(wanted, size + 3, dimensions.marginTop,
          dimensions.height - dimensions.marginBottom)[index]] },
      },
    };
  })));
}

/** `places`, moved as little as keeps them `gap` apart, between `top` and `bottom` if they fit. */
export function apart(places, gap, top, bottom) {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  // Blocks of labels that touch; each lies around the middle of where its labels would be.
  let blocks = order.map(({ place }) => ({ middle: place, size: 1 }));
  for (let merged = true; merged;) {
    merged = false;
    const next = [];
    for (const block of blocks) {
      const last = next.at(-1);
      if (last && block.middle - last.middle < ((block.size + last.size) / 2) * gap) {
        last.middle = (last.middle * last.size + block.middle * block.size)
          / (last.size + block.size);
        last.size += block.size;
        merged = true;
      } else {
        next.push({ ...block });
      }
    }
    blocks = next;
    for (const block of blocks) {
      const half = ((block.size - 1) / 2) * gap;
      block.middle = Math.max(top + half, Math.min(bottom - half, block.middle));
    }
  }
  const result = new Array(places.length);
  let position = 0;
  for (const block of blocks)
    for (let index = 0; index < block.size; index += 1)
      result[order[position++].index] = block.middle + (index - (block.size - 1) / 2) * gap;
  return result;
}

// --- Bars ----------------------------------------------------------------------------------------

// Rows with a label each. `kind`: title, figure (of the axis), values(run), marks(rows, y, place, x),
// total.
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
      title: describe(run, parts, '', kind.total),
    };
  });
  const place = (row) => all.indexOf(row.label);
  const filled = rows.filter((row) => row.parts.length > 0);
  const peaks = filled.flatMap((row) => row.parts.map((part) => part.peak));
  const lows = filled.flatMap((row) => row.parts.map((part) => part.value.lowest));
  const high = Math.max(...peaks, 0) || 1;
  const log = options.log && Math.min(...lows) > 0 && lows.length > 0;
  const domain = log ? [Math.min(...lows) / 1.5, high] : [0, high];
  const ends = filled.map((row) => valueText(row, kind));
  const marginRight = Math.min(widthOf(ends) + 14, width * 0.4);
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
      ...kind.marks(rows, { y1: 'y1', y2: 'y2' }, place, x),
      ...(log ? [] : [Plot.ruleX([0], { stroke: 'var(--faint)' })]),
      ...filled.map((row, index) => text([row], {
        className: `series s${place(row)}`, x: () => Math.max(...row.parts.map((each) => each.peak)),
        text: () => ends[index], dx: 9, fontVariant: 'tabular-nums',
        stroke: 'var(--paper)', strokeWidth: 3,
      })),
      ...rows.filter((row) => row.parts.length === 0).map((row) => text([row], {
        className: `series stopped s${place(row)}`, x: domain[0], dx: 6,
        text: (d) => (troubleOf(d.run) ? `\u00d7 ${troubleOf(d.run)}` : 'not measured'),
        lineWidth: (width - marginLeft - 12) / FONT, textOverflow: 'ellipsis-end',
        fill: 'var(--faint)', fontStyle: 'italic',
      })),
      above
        ? text(rows, { frameAnchor: 'left', x: undefined, y: (d) => d.y1 - 9, text: (d) => short(d.label) })
        : text(rows, {
          frameAnchor: 'left', x: undefined, text: (d) => short(d.label), textAnchor: 'end', dx: -10,
        }),
      ...(options.tips === false ? [] : [tip(tipsOf(rows, kind, domain), (d) => d.x, 'middle',
        kind.total ? Plot.pointer : Plot.pointerY)]),
    ],
  }), `${kind.title}. ${rows.map((row) => row.title.replaceAll('\n', ', ')).join('. ')}.`);
}

// A tip for a row; for each of its parts where they are many.
function tipsOf(rows, kind, domain) {
  return rows.flatMap((row) => {
    if (!kind.total || row.parts.length === 0) {
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

function valueText(row, kind) {
  if (kind.total) return number(row.parts.at(-1).end);
  const texts = row.parts.map(({ value }) => number(value.median));
  const stopped = troubleOf(row.run) ? ' \u00d7' : '';
  return texts.join(' \u2192 ') + stopped;
}

// --- Both ----------------------------------------------------------------------------------------

// What is known of `run` at this place, in lines.
function describe(run, parts, place, total = false) {
  const lines = [place ? `${run.label}, ${place}` : run.label];
  const shown = total && parts.length > 0
    ? [`${number(parts.at(-1).end)} calls per echo`]
    : parts.map(({ figure, value }) => {
      const median = isWord(figure.unit) && figure.title !== figure.unit
        ? `${figure.title}: ${withUnit(value.median, figure.unit)}`
        : `${figure.title}: ${number(value.median)}`;
      const spread = range(value);
      return spread ? `${median}  (${spread})` : median;
    });
  lines.push(...shown);
  lines.push(...[roundsMissing(run), troubleOf(run)].filter(Boolean));
  return lines.join('\n');
}

function summary(points, figure, labels) {
  return labels.flatMap((label) => {
    const mine = points.filter((each) => each.label === label);
    if (mine.length === 0) return [];
    const [first, last] = [mine[0], mine.at(-1)];
    const at = (point) => `${withUnit(point.y, figure.unit)} at ${number(point.x)}`;
    return [`${label}: ${first === last ? at(first) : `${at(first)}, ${at(last)}`}`];
  }).join('; ') || 'Nothing was measured.';
}

// `nearest`: which of the items is shown, Plot.pointer's or pointerY's.
function tip(items, x, y, nearest = Plot.pointer) {
  return Plot.tip(items, nearest({
    x, y, title: 'title', fill: 'var(--paper)', stroke: 'var(--faint)', fontSize: FONT,
    lineWidth: 24, lineHeight: 1.35, textPadding: 10, maxRadius: 60, pathFilter: 'none', className: 'tip',
  }));
}

function finish(svg, label, className) {
  // What Plot calls its groups is of no use to a reader's software: the whole has a label.
  for (const group of svg.querySelectorAll('[aria-label]')) {
    group.setAttribute('data-mark', group.getAttribute('aria-label'));
    group.removeAttribute('aria-label');
  }
  if (label === null) {
    svg.setAttribute('aria-hidden', 'true');
  } else {
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
  }
  if (className) svg.classList.add(className);
  return svg;
}
