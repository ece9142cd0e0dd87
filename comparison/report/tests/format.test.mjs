import assert from 'node:assert/strict';
import test from 'node:test';

import {
  day, moment, number, range, systemOf, titleWithUnit, withUnit,
} from '../src/format.mjs';
import { speak } from '../src/words.mjs';

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

test('a system is named with its host, where there is one', () => {
  assert.equal(systemOf({ system: 'Wine 8.0', host: 'Linux 6.1.0' }), 'Wine 8.0 on Linux 6.1.0');
  assert.equal(systemOf({ system: 'Windows 11', host: null }), 'Windows 11');
  assert.equal(systemOf({}), '');
});

test('a moment reads the same in every time zone; what is none is left as it is', () => {
  assert.equal(moment('2026-11-23T17:00:00Z'), '23 November 2026, 17:00 UTC');
  assert.equal(moment('2026-01-03T04:05:06Z'), '3 January 2026, 04:05 UTC');
  assert.equal(moment('yesterday'), 'yesterday');
  assert.equal(day('2026-11-23T17:00:00Z'), '23 November 2026');
  assert.equal(day('yesterday'), 'yesterday');
});

test('in Korean a moment begins with the year, and the system with its host', (t) => {
  speak('ko');
  t.after(() => speak('en'));
  assert.equal(moment('2026-11-29T17:35:54Z'), '2026년 11월 29일 17:35 UTC');
  assert.equal(day('2026-01-03T04:05:06Z'), '2026년 1월 3일');
  assert.equal(systemOf({ system: 'Wine 8.0', host: 'Linux 6.1.0' }), 'Linux 6.1.0의 Wine 8.0');
  assert.equal(withUnit(1.003, 'per echo'), '에코 하나에 1번');
  assert.equal(withUnit(12.5, 'ms'), '12.5 ms');
});
