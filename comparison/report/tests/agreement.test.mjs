import assert from 'node:assert/strict';
import test from 'node:test';

import { agreement } from '../src/agreement.mjs';

function results(order, figure = 'p99_ms', connections = 64) {
  return { rankings: [{ scenario: 'echo', connections, figure, better: 'lower', order }] };
}

function counts(a, b) {
  const { both, one, contradictions } = agreement(a, b);
  return [both, one, contradictions.length];
}

test('pairs that both tell apart are counted', () => {
  assert.deepEqual(counts(results([['a', 'b'], ['c']]), results([['a', 'b'], ['c']])), [2, 0, 0]);
});

test('to tell apart what the other does not is no contradiction', () => {
  assert.deepEqual(counts(results([['a'], ['b']]), results([['a', 'b']])), [0, 1, 0]);
  assert.deepEqual(counts(results([['a', 'b']]), results([['a'], ['b']])), [0, 1, 0]);
});

test('the opposite order is one', () => {
  const { contradictions } = agreement(results([['a'], ['b']]), results([['b'], ['a']]));
  assert.deepEqual(contradictions.map((each) => each.pair), [['a', 'b']]);
  assert.deepEqual(counts(results([['a'], ['b', 'c']]), results([['b'], ['a'], ['c']])), [1, 1, 1]);
});

test('another figure and another load are another matter', () => {
  const a = results([['a'], ['b']]);
  assert.deepEqual(counts(a, results([['b'], ['a']], 'threads')), [0, 2, 0]);
  assert.deepEqual(counts(a, results([['b'], ['a']], 'p99_ms', 256)), [0, 2, 0]);
});
