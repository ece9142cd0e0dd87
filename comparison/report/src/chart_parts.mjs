// The common parts of the charts: sizes of texts, ticks, tips, and the description of a run. Charts
// are SVG elements: the page draws them in its document, the README's picture in one of linkedom's.
// Their colours are variables of the style sheet around them (looks.mjs).
import * as Plot from '@observablehq/plot';
import { ticks } from 'd3-array';

import { number, range, withUnit } from './format.mjs';
import { roundsMissing, troubleOf } from './results.mjs';

export const FONT = 12;
const LETTER = 0.58; // the average width of a letter, relative to its height
const WIDE = /[\u1100-\u11ff\u3000-\u9fff\uac00-\ud7af\uff00-\uff60]/g; // as wide as high: Hangul
export const NARROW = 460; // a chart that is less wide has no room beside it
const LONGEST = 26; // the most letters of a label

export function widthOf(texts, size = FONT) {
  return Math.max(0, ...texts.map(letters)) * size * LETTER;
}

function letters(text) {
  const wide = text.match(WIDE)?.length ?? 0;
  return text.length - wide + wide / LETTER;
}

// A label, cut so that it leaves room for the chart.
export function short(label) {
  return label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}\u2026` : label;
}

export function ticksOf([low, high], log) {
  if (!log) return ticks(low, high, 5);
  const decades = Math.log10(high / low);
  const steps = decades > 2.5 ? [1] : decades > 1.3 ? [1, 3] : [1, 2, 5];
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1)
    for (const step of steps) all.push(Number(`${step}e${power}`));
  return all.filter((each) => each >= low && each <= high);
}

export function tick(value) {
  return value >= 10_000 ? `${number(value / 1000)}k` : number(value);
}

export function dotOf(look, r) {
  return {
    symbol: look.symbol,
    r,
    fill: look.peer ? 'var(--paper)' : look.paint,
    stroke: look.peer ? look.paint : 'var(--paper)',
    strokeWidth: look.peer ? 1.5 : 0.8,
  };
}

/** A short line with a label's look, for legends. */
export function sample(look, { document }) {
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
  }), null);
}

// The description of `run` at this place, in lines.
export function describe(run, parts, place) {
  const shown = parts.map(({ figure, value }) => {
    const median = figure.title.includes(figure.unit) ? number(value.median)
      : withUnit(value.median, figure.unit);
    const spread = range(value);
    return `${figure.title}: ${median}${spread ? `  (${spread})` : ''}`;
  });
  const head = place ? `${run.label}, ${place}` : run.label;
  return [head, ...shown, roundsMissing(run), troubleOf(run)].filter(Boolean).join('\n');
}

// `nearest` chooses the item that is shown: Plot.pointer or Plot.pointerY.
export function tip(items, x, y, nearest = Plot.pointer) {
  return Plot.tip(items, nearest({
    x, y, title: 'title', fill: 'var(--paper)', stroke: 'var(--faint)', fontSize: FONT,
    lineWidth: 24, lineHeight: 1.35, textPadding: 10, maxRadius: 60, pathFilter: 'none',
    className: 'tip',
  }));
}

export function finish(svg, label) {
  // Plot's names for its groups are of no use to a screen reader: the whole chart has a label.
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
  return svg;
}
