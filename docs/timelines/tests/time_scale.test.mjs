import assert from 'node:assert/strict';
import test from 'node:test';

import { stretchesOf, ticksOf, timeScale } from '../lib/time_scale.mjs';

const moments = [10, 10.2, 10.4, 60, 61, 62];
const stretches = stretchesOf(moments, 0, 100);

test('stretches follow each other from beginning to end', () => {
  assert.deepEqual(stretches.map((each) => [each.start, each.end, each.quiet]), [
    [0, 0, false], [0, 10, true], [10, 10.4, false], [10.4, 60, true], [60, 62, false],
    [62, 100, true], [100, 100, false],
  ]);
});

test('time goes from left to right and fills the width', () => {
  const x = timeScale(stretches, [20, 500]);
  assert.equal(x(0), 20);
  assert.ok(Math.abs(x(100 + 1e-5) - 500) < 1e-6);
  for (const [earlier, later] of [[0, 5], [5, 10], [10, 10.2], [10.4, 30], [30, 60], [61, 62]])
    assert.ok(x(earlier) < x(later), `${earlier} and ${later}`);
});

test('a quiet stretch is narrower than a busy one of its length', () => {
  const busy = Array.from({ length: 10 }, (_, index) => index);
  const x = timeScale(stretchesOf(busy, 0, 18), [0, 1000]);
  assert.ok(x(9) - x(0) > 2 * (x(18) - x(9)));
});

test('the longer a stretch, the narrower its milliseconds', () => {
  const x = timeScale(stretches, [0, 1000]);
  assert.ok((x(10) - x(0)) / 10 > 1.5 * ((x(60) - x(10.4)) / 49.6));
});

test('a busy stretch grows only up to a point', () => {
  const every = (step, end) => Array.from({ length: end / step + 1 }, (_, index) => index * step);
  const width = (end) => stretchesOf(every(5, end), 0, end)[0].weight;
  assert.ok(width(15) > width(10));
  assert.equal(width(1000), width(20));
});

test('ticks keep their distance', () => {
  const x = timeScale(stretches, [0, 500]);
  const all = ticksOf(stretches, x, 0);
  assert.deepEqual(all, [0, 10, 60, 100]);
  const apart = ticksOf(stretches, x, 120);
  assert.ok(apart.length < all.length && apart.length > 1);
  for (let i = 1; i < apart.length; ++i) assert.ok(x(apart[i]) - x(apart[i - 1]) >= 120);
});

test('a recording of one moment has an axis', () => {
  const x = timeScale(stretchesOf([5], 5, 5), [0, 100]);
  assert.equal(x(5), 0);
});
