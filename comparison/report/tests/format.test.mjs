import assert from 'node:assert/strict';
import test from 'node:test';

import { count, list, moment, number, range, titleWithUnit, withUnit } from '../src/format.mjs';

test('a number keeps three significant digits, and all digits before its point', () => {
  for (const [value, text] of [[0, '0'], [1, '1'], [9876.5, '9,877'], [1234567, '1,234,567'],
    [12.34, '12.3'], [99.96, '100'], [0.5, '0.5'], [0.01234, '0.0123'], [1.0004, '1'],
    [0.0000004, '0'], [-2.5, '\u22122.5']])
    assert.equal(number(value), text, String(value));
});

test('a unit follows its number, unless it is one over something', () => {
  assert.equal(withUnit(12.5, 'ms'), '12.5 ms');
  assert.equal(withUnit(9876.5, '1/s'), '9,877');
  assert.equal(withUnit(3, ''), '3');
  assert.equal(withUnit(3, 'us'), '3 \u00b5s');
});

test('a title has its unit once', () => {
  assert.equal(titleWithUnit({ title: 'p99', unit: 'ms' }), 'p99, ms');
  assert.equal(titleWithUnit({ title: 'MB/s', unit: 'MB/s' }), 'MB/s');
  assert.equal(titleWithUnit({ title: 'requests/s', unit: '1/s' }), 'requests/s');
  assert.equal(titleWithUnit({ title: 'threads', unit: '' }), 'threads');
  assert.equal(titleWithUnit({ title: 'processor time', unit: 'us' }), 'processor time, \u00b5s');
});

test('a range is there when the rounds differ', () => {
  assert.equal(range({ lowest: 1.5, highest: 2.25, rounds: [2.25, 1.5] }), '1.5\u20132.25');
  assert.equal(range({ lowest: 2, highest: 2, rounds: [2, 2] }), '');
});

test('items are joined as in a sentence, and counted', () => {
  assert.equal(list([]), '');
  assert.equal(list(['a']), 'a');
  assert.equal(list(['a', 'b']), 'a and b');
  assert.equal(list(['a', 'b', 'c']), 'a, b and c');
  assert.equal(count(1, 'round'), '1 round');
  assert.equal(count(1024, 'connection'), '1,024 connections');
});

test('a moment reads the same in every time zone; what is none is left as it is', () => {
  assert.equal(moment('2026-11-23T17:00:00Z'), '23 November 2026, 17:00 UTC');
  assert.equal(moment('2026-01-03T04:05:06Z'), '3 January 2026, 04:05 UTC');
  assert.equal(moment('yesterday'), 'yesterday');
});
