// The colours are legible on the paper, and told apart also by those who see fewer of them.
import assert from 'node:assert/strict';
import test from 'node:test';

import { COLOURS, colourRules, looksIn, looksOf } from '../src/looks.mjs';
import { labelsOf } from '../src/results.mjs';
import { wine } from './fixture.mjs';

const MODELS = ['m1', 'm2', 'm3', 'm4', 'm5', 'm5t', 'm5c', 'm5s', 'peer'];

// Machado, Oliveira and Fernandes (2009), severity 1.
const SIGHTS = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881]],
};

function linear(colour) {
  return [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
}

function contrast(a, b) {
  const [x, y] = [a, b].map((each) => {
    const [red, green, blue] = linear(each);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  });
  return Math.max(x, y) / Math.min(x, y);
}

function oklab(rgb) {
  const [l, m, s] = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]]
    .map((row) => row.reduce((sum, each, index) => sum + each * rgb[index], 0))
    .map((each) => Math.cbrt(Math.max(0, each)));
  return [0.2105 * l + 0.7936 * m - 0.0041 * s, 1.978 * l - 2.4286 * m + 0.4506 * s,
    0.0259 * l + 0.7828 * m - 0.8087 * s];
}

function distance(a, b, sight) {
  const [x, y] = [a, b].map((each) => oklab(sight.map((row) =>
    row.reduce((sum, part, index) => sum + part * linear(each)[index], 0))));
  return Math.hypot(...x.map((each, index) => each - y[index]));
}

test('text and models have a contrast of 4.5:1 with the paper, in light and dark', () => {
  for (const scheme of [0, 1])
    for (const name of ['ink', 'faint', ...MODELS, 'moves', 'waits']) {
      const found = contrast(COLOURS[name][scheme], COLOURS.paper[scheme]);
      assert.ok(found >= 4.5, `${name} ${COLOURS[name][scheme]}: ${found.toFixed(2)}`);
    }
  for (const scheme of [0, 1])
    assert.ok(contrast(COLOURS.faint[scheme], COLOURS.tint[scheme]) >= 4.5);
});

test('no two models have nearly the same colour, for those who see fewer colours either', () => {
  for (const scheme of [0, 1])
    for (const [sight, matrix] of Object.entries(SIGHTS))
      MODELS.forEach((a, index) => MODELS.slice(index + 1).forEach((b) => {
        const found = distance(COLOURS[a][scheme], COLOURS[b][scheme], matrix);
        assert.ok(found >= 0.06, `${a} and ${b}, ${sight}, ${scheme}: ${found.toFixed(3)}`);
      }));
});

test('each label has a look of its own; peers are dashed', () => {
  const { runs, models } = wine();
  const looks = [...looksOf(labelsOf(runs, models), runs).values()];
  const seen = new Set(looks.map(({ colour, symbol, dash }) => `${colour} ${symbol} ${dash}`));
  assert.equal(seen.size, looks.length);
  for (const look of looks) assert.equal(look.dash !== undefined, look.peer);
});

test('a label looks the same in every scenario', () => {
  const { runs, models } = wine();
  const looks = looksOf(labelsOf(runs, models), runs);
  const some = runs.filter((run) => ['asio, 4 threads', '05_iocp'].includes(run.label));
  assert.deepEqual([...looksIn(some, looks)],
    ['05_iocp', 'asio, 4 threads'].map((label) => [label, looks.get(label)]));
});

test('a model that nobody knows gets the look of a peer', () => {
  const look = looksOf(['new'], [{ label: 'new', model: '06_new' }]).get('new');
  assert.equal(look.paint, 'var(--peer)');
});

test('dark is for screens only', () => {
  const [light, dark] = colourRules().split('@media screen and (prefers-color-scheme:dark){');
  assert.match(light, /^:root\{--paper:#ffffff;/);
  assert.match(dark, /^:root\{--paper:#14171c;/);
});
