import assert from 'node:assert/strict';
import test from 'node:test';

import {
  claimsOf, inconvenient, mainClaim, nothingSeparates, orderPieces, textOf,
} from '../src/claims.mjs';
import { scenariosOf } from '../src/results.mjs';
import { speak } from '../src/words.mjs';
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
  const where = (by, ...values) => claimsOf(scenario([], { by, rankings: values.map((value) =>
    ({ [by]: value, figure: 'p99_ms', order: [['a'], ['b']] })) }))[0].claims[0].where;
  assert.equal(where('connections', 1), 'at 1 connection');
  assert.equal(where('connections', 1024), 'at 1,024 connections');
  assert.equal(where('silent', 100), 'at 100 silent clients');
  assert.equal(where('message_size', 1, 16), 'at message_size 1 and 16');
  assert.equal(where(null, 1), '');
});

test('the main claim is of the largest parameter at which anything is told apart', () => {
  const echo = scenario([[16, 'p99_ms', [['a'], ['b']]], [64, 'p99_ms', [['b'], ['a']]],
    [256, 'p99_ms', [['a', 'b']]]]);
  assert.equal(textOf(mainClaim(echo, P99)), 'At 64 connections, p99: b before a.');
  assert.equal(mainClaim(echo, RATE), null);
  const copy = scenario([[1, 'p99_ms', [['a'], ['b']]]], { by: null });
  assert.equal(textOf(mainClaim(copy, P99)), 'p99: a before b.');
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

test('in Korean the same is said, in the order of a Korean sentence', (t) => {
  speak('ko');
  t.after(() => speak('en'));
  const ran = { rounds: 1, rounds_done: 1, failure: '', limit: '' };
  const echo = scenario([[16, 'p99_ms', [['asio, 4 threads', 'x'], ['05_iocp']]],
    [64, 'p99_ms', [['x'], ['01_blocking', '05_iocp']]],
    [64, 'requests_per_second', [['01_blocking'], ['05_iocp']]],
    [256, 'requests_per_second', [['01_blocking'], ['05_iocp']]]],
  { runs: [ran, { ...ran, failure: 'x' }, { ...ran, limit: 'y' }] });
  assert.deepEqual(texts(inconvenient(...results([echo]))), [
    '연결마다 스레드를 두어도 Wine에서는 성적이 좋다. 01_blocking은 requests/s(연결 64, 256개)에서 가장 '
      + '좋거나, 가장 좋은 것과 앞뒤를 가릴 수 없다.',
    'Wine에서 연결마다 스레드를 두는 01_blocking과 05_iocp는 p99(연결 64개)의 라운드로는 앞뒤를 가릴 수 없다.',
    '\u201cecho\u201d 시나리오의 05_iocp는 requests/s(연결 64, 256개)에서 01_blocking에, p99(연결 16개)에서 '
      + 'asio, 4 threads\u00a0\u00b7 x에, p99(연결 64개)에서 x에 뒤진다.',
    '실패한 실행이 1개, 도중에 끝난 실행이 1개 있다. 이유와 함께 차트와 표에 나온다.',
  ]);
  assert.equal(textOf(mainClaim(echo, P99)), '연결 64개일 때 p99: x, 그다음 01_blocking\u00a0\u00b7 '
    + '05_iocp.');
  assert.deepEqual(claimsOf(echo)[0].claims.map((each) => each.where), ['연결 64, 256개일 때']);
});
