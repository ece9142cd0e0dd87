import assert from 'node:assert/strict';
import test from 'node:test';

import { paceOf, secondAt, timeAt } from '../lib/pace.mjs';

const DWELL = 0.2;
// A film with changes at these times, in milliseconds.
const film = (length, ...changes) => (
  { length: length * 1000, changes: changes.map((each) => each * 1000) });
const shownFor = (pace, from, to) => secondAt(pace, to * 1000) - secondAt(pace, from * 1000);

test('each change stays to be seen', () => {
  const pace = paceOf([film(1, 0.1, 0.2, 0.201)], DWELL);
  assert.ok(shownFor(pace, 0.1, 0.2) >= DWELL - 1e-9);
  assert.ok(shownFor(pace, 0.2, 0.201) >= DWELL - 1e-9);
});

test('a long wait is short', () => {
  const pace = paceOf([film(300, 1, 100, 300)], DWELL);
  assert.ok(shownFor(pace, 1, 100) < 1);
  assert.ok(shownFor(pace, 1, 100) < shownFor(pace, 100, 300));
  assert.ok(shownFor(pace, 100, 300) < 1.5);
});

test('a large transfer is run through', () => {
  const many = Array.from({ length: 800 }, (_, at) => 10 + at * 0.03);
  const pace = paceOf([film(40, ...many)], DWELL);
  assert.ok(shownFor(pace, 10, 10 + 799 * 0.03) < 5);
});

test('films that are played together have one clock, and the changes of each stay', () => {
  const pace = paceOf([film(2, 0.1, 0.3), film(2, 0.2, 0.4)], DWELL);
  assert.ok(shownFor(pace, 0.1, 0.3) >= DWELL - 1e-9);
  assert.ok(shownFor(pace, 0.2, 0.4) >= DWELL - 1e-9);
  assert.ok(shownFor(pace, 0.1, 0.4) < 3 * DWELL, 'they need not wait for each other');
});

test('time never runs backwards, and ends behind the last change', () => {
  const pace = paceOf([film(90, 1, 1.1, 50), film(100, 1.05, 99)], DWELL);
  const times = Array.from({ length: 200 }, (_, at) => timeAt(pace, (pace.length * at) / 199));
  assert.deepEqual(times, [...times].sort((a, b) => a - b));
  assert.ok(times.at(-1) >= 100_000);
  for (const time of [0, 1050, 30_000]) assert.ok(Math.abs(timeAt(pace, secondAt(pace, time)) - time) < 1);
});
