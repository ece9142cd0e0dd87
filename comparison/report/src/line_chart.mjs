// Draws a figure over the parameter that varies in a scenario, with a line per model.
import * as Plot from '@observablehq/plot';

import {
  describe, dotOf, finish, FONT, NARROW, short, tick, ticksOf, tip, widthOf,
} from './chart_parts.mjs';
import { withUnit, number } from './format.mjs';
import { parameterOf, parametersOf, placeOf, troubleOf } from './results.mjs';
import { words } from './words.mjs';

const STAGGER = 2.5; // pixels between the points of neighbours that have the same place

/**
 * `figure` over `scenario.by`, a line per label. `looks`: looksOf. `options`: document,
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
  const shift = new Map(labels.map((label, index) =>
    [label, (index - (labels.length - 1) / 2) * STAGGER]));
  const series = labels.flatMap((label) => {
    const look = looks.get(label);
    const mine = points.filter((each) => each.label === label);
    const style = { className: `series s${labels.indexOf(label)}`, dx: shift.get(label) };
    return [
      Plot.ruleX(mine.filter((each) => each.high > each.low), {
        ...style, x: 'x', y1: 'low', y2: 'high', stroke: look.paint, strokeWidth: 2,
        strokeOpacity: 0.5,
      }),
      Plot.lineY(mine, {
        ...style, x: 'x', y: 'y', stroke: look.paint, strokeWidth: look.peer ? 1.6 : 2.2,
        strokeDasharray: look.dash ?? 'none', strokeLinejoin: 'round',
      }),
      Plot.dot(mine, { ...style, ...dotOf(look, size / 3.2), x: 'x', y: 'y' }),
      Plot.dot(mine.filter((each) => each.trouble), {
        ...style, x: 'x', y: 'y', symbol: 'times', r: size / 1.9, stroke: look.paint, strokeWidth: 2,
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
      label: words.axis(scenario.by),
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
        x: 'x', y: 'y', dy: -9 - 11 * stackedBefore(stopped, index), symbol: 'times', r: 4.5,
        stroke: looks.get(each.label).paint, strokeWidth: 2,
      })),
      ...(direct ? endLabels(points, looks, labels, size) : []),
      ...(options.tips === false ? [] : [tip([...points, ...stopped], 'x', 'y')]),
    ],
  }), `${words.over(figure.title, words.parameter(scenario.by))} `
    + summary(points, figure, labels));
}

function pointsOf(scenario, figure) {
  return scenario.runs.flatMap((run) => {
    const value = run.figures[figure.name];
    const parameter = parameterOf(scenario, run);
    if (!value || parameter === null) return [];
    // The figures of a model that stopped early belong to the silent clients that it served.
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

// The runs that failed without a value.
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

// A logarithmic scale; with a zero among the values, one that is linear below some tens.
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

// A label at the end of each line, moved apart where they would touch.
function endLabels(points, looks, labels, size) {
  const ends = labels.flatMap(
    (label) => points.filter((each) => each.label === label).slice(-1));
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

function summary(points, figure, labels) {
  return labels.flatMap((label) => {
    const mine = points.filter((each) => each.label === label);
    if (mine.length === 0) return [];
    const [first, last] = [mine[0], mine.at(-1)];
    const at = (point) => words.valueAt(withUnit(point.y, figure.unit), number(point.x));
    return [`${label}: ${first === last ? at(first) : `${at(first)}, ${at(last)}`}`];
  }).join('; ') || words.nothing;
}
