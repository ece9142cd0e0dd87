import assert from 'node:assert/strict';
import test from 'node:test';

import {
  at, claimsOf, inconvenient, mainClaim, nothingSeparates, orderPieces, textOf,
} from '../src/claims.mjs';
import { scenariosOf } from '../src/results.mjs';
import { nothing, windows, wine } from './fixture.mjs';

const P99 = { name: 'p99_ms', title: 'p99', reason: true };
const RATE = { name: 'requests_per_second', title: 'requests/s', reason: true };

function scenario(rankings, more = {}) {
  return {
    name: 'echo', by: 'connections', figures: [RATE, P99], runs: [],
    rankings: rankings.map(([connections, figure, order]) =>
      ({ scenario: 'echo', connections, figure, order })),
    ...more,
  };
}

function results(scenarios, wineVersion = '8.0') {
  return [{ environment: { wine: wineVersion } }, scenarios];
}

const texts = (all) => all.map(textOf);

test('an order becomes a sentence: "before" between groups, "and" within', () => {
  assert.equal(textOf(orderPieces([['05_iocp', 'asio, 4 threads'], ['01_blocking']])),
    '05_iocp and asio, 4 threads before 01_blocking');
  assert.equal(textOf(orderPieces([['a', 'b', 'c'], ['d']])), 'a, b and c before d');
});

test('a claim says where it holds', () => {
  const echo = scenario([]);
  assert.equal(at(echo, { connections: 1 }), 'At 1 connection');
  assert.equal(at(echo, { connections: 1024 }), 'At 1,024 connections');
  assert.equal(at({ by: 'silent' }, { silent: 100 }), 'At 100 silent clients');
  assert.equal(at({ by: null }, {}), '');
  const sizes = scenario([], { by: 'message_size', rankings: [1, 16].map((message_size) =>
    ({ message_size, figure: 'p99_ms', order: [['a'], ['b']] })) });
  assert.equal(claimsOf(sizes)[0].claims[0].where, 'at message_size 1 and 16');
});

test('the main claim is of the largest parameter at which anything is told apart', () => {
  const echo = scenario([[16, 'p99_ms', [['a'], ['b']]], [64, 'p99_ms', [['b'], ['a']]],
    [256, 'p99_ms', [['a', 'b']]]]);
  assert.equal(textOf(mainClaim(echo, P99)), 'At 64 connections, p99: b before a.');
  assert.equal(mainClaim(echo, RATE), null);
});

test('parameters with the same order share a claim', () => {
  const [group] = claimsOf(scenario([[1, 'p99_ms', [['a', 'b']]], [16, 'p99_ms', [['a'], ['b']]],
    [64, 'p99_ms', [['b'], ['a']]], [256, 'p99_ms', [['a'], ['b']]]]));
  assert.equal(group.title, 'p99');
  assert.deepEqual(group.claims.map(({ where, pieces }) => `${where}: ${textOf(pieces)}`), [
    'at 1 connection: not told apart by the rounds',
    'at 16 and 256 connections: a before b',
    'at 64 connections: b before a',
  ]);
});

test('every ranking is in exactly one claim, and no claim is without one', () => {
  for (const each of scenariosOf(wine())) {
    const claimed = claimsOf(each).flatMap((group) => group.claims.flatMap(({ pieces }) =>
      each.rankings.filter((ranking) => ranking.figure === group.figure.name
        && textOf(pieces) === (ranking.order.length > 1 ? textOf(orderPieces(ranking.order))
          : 'not told apart by the rounds'))));
    assert.equal(claimed.length, each.rankings.length);
    assert.equal(new Set(claimed).size, each.rankings.length);
  }
});

test('where no ranking separates anything, nothing separates', () => {
  assert.ok(nothingSeparates(scenario([])));
  assert.ok(nothingSeparates(scenario([[1, 'p99_ms', [['a', 'b']]]])));
  assert.ok(!nothingSeparates(scenario([[1, 'p99_ms', [['a', 'b']]],
    [2, 'p99_ms', [['a'], ['b']]]])));
});

test('that a thread per connection does well is said when the rankings show it', () => {
  const first = scenario([[64, 'requests_per_second', [['01_blocking'], ['05_iocp']]]]);
  assert.deepEqual(texts(inconvenient(...results([first]))), [
    'A thread per connection does well under Wine: 01_blocking is the best, or not told apart from '
      + 'the best, in requests/s at 64 connections.',
    'In \u201cecho\u201d, 05_iocp comes after 01_blocking in requests/s at 64 connections.',
  ]);
  assert.match(textOf(inconvenient(...results([first], null))[0]),
    /^A thread per connection does well here/);
});

test('nothing inconvenient is said that the rankings do not show', () => {
  const port = scenario([[64, 'requests_per_second', [['05_iocp'], ['01_blocking']]]]);
  assert.deepEqual(inconvenient(...results([port])), []);
});

test('nor is it kept quiet that the rounds do not tell it from the completion port', () => {
  const even = scenario([[64, 'requests_per_second', [['05_iocp', '01_blocking']]],
    [256, 'requests_per_second', [['x'], ['05_iocp', '01_blocking']]]]);
  assert.equal(texts(inconvenient(...results([even])))[0],
    'The rounds do not tell 01_blocking, a thread per connection, from 05_iocp under Wine in '
      + 'requests/s at 64 and 256 connections.');
});

test('a tie of all is no praise', () => {
  const even = scenario([[64, 'requests_per_second', [['01_blocking', '02_nonblocking']]]]);
  assert.deepEqual(inconvenient(...results([even])), []);
});

test('what is before the completion port is named, with the figure and the place', () => {
  const echo = scenario([[16, 'p99_ms', [['asio, 4 threads'], ['05_iocp', 'x']]],
    [64, 'p99_ms', [['asio, 4 threads'], ['05_iocp']]],
    [64, 'requests_per_second', [['x'], ['y'], ['05_iocp']]]]);
  assert.deepEqual(texts(inconvenient(...results([echo]))), [
    'In \u201cecho\u201d, 05_iocp comes after x and y in requests/s at 64 connections; after asio, '
      + '4 threads in p99 at 16 and 64 connections.',
  ]);
});

test('runs that failed or stopped are counted', () => {
  const ran = { rounds: 1, rounds_done: 1, failure: '', limit: '' };
  const echo = scenario([], { runs: [ran, { ...ran, failure: 'x' }, { ...ran, limit: 'y' },
    { ...ran, limit: 'z' }] });
  assert.deepEqual(texts(inconvenient(...results([echo]))), [
    '1 run failed and 2 runs stopped before the end. Each is in its chart and in the table, with '
      + 'the reason.',
  ]);
});

test('each sentence about made-up runs names rankings that hold it', () => {
  for (const made of [wine(), windows(), nothing()]) {
    const sentences = texts(inconvenient(made, scenariosOf(made)));
    const behind = made.rankings.some(({ figure, order }) => figure === 'requests_per_second'
      && order.findIndex((group) => group.includes('05_iocp')) > 0);
    assert.equal(sentences.some((each) => /05_iocp comes after .*requests\/s/.test(each)), behind);
  }
});
