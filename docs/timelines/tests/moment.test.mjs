import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { filmOf } from '../lib/film.mjs';
import {
  between, eventsAt, lastStep, lookOf, momentOf, openFilm, stepsOf,
} from '../lib/moment.mjs';
import { parseRecording } from '../lib/recording.mjs';
import { callbacks, MadeUp, packets, pool, port, spinning } from './fixture.mjs';

const filmed = (made) => openFilm(filmOf(parseRecording(made.text)));
// At a time in milliseconds.
const at = (film, time) => momentOf(film, Math.round(time * 1000));
const threads = (film, time) => at(film, time).threads.map(
  ({ state, call }) => [state, call?.name]);

test('a thread runs, or is blocked in a call, and is not there before its first', () => {
  const film = filmed(port());
  assert.deepEqual(threads(film, 5), [['absent', undefined], ['absent', undefined],
    ['blocked', 'WaitForSingleObject']]);
  assert.deepEqual(threads(film, 20)[0], ['blocked', 'GetQueuedCompletionStatus']);
  assert.deepEqual(threads(film, 30), [['running', undefined], ['blocked', 'GetQueuedCompletionStatus'],
    ['blocked', 'WaitForSingleObject']]);
  assert.deepEqual(threads(film, 30.15)[0], ['running', 'WSASend']);
  assert.equal(at(film, 30.5).threads[0].last.name, 'WSASend');
  assert.deepEqual(threads(film, 70)[0], ['absent', undefined]);
});

test('a call has begun at its begin, and ended at its end', () => {
  const film = filmed(port());
  assert.equal(at(film, 16).threads[0].call?.name, 'GetQueuedCompletionStatus');
  assert.equal(at(film, 30).threads[0].call, undefined);
});

test('a routine runs within its wait, and calls within the routine', () => {
  const made = callbacks().call(1, 'WriteFileEx', 20.1, 20.2);
  const film = filmed(made);
  assert.deepEqual(threads(film, 10), [['alertable', 'SleepEx']]);
  assert.deepEqual(threads(film, 20.05), [['routine', undefined]]);
  assert.deepEqual(threads(film, 20.15), [['routine', 'WriteFileEx']]);
  assert.equal(at(film, 20.3).threads[0].last.name, 'WriteFileEx');
  assert.deepEqual(threads(film, 20.7), [['alertable', 'SleepEx']]);
});

test('between its callbacks a thread of the pool is in code that is not the program\'s', () => {
  const film = filmed(pool());
  const onPool = (time) => threads(film, time)[0];
  assert.deepEqual(onPool(10), ['pooled', undefined]);
  assert.deepEqual(onPool(20.5), ['callback', undefined]);
  assert.deepEqual(onPool(21.05), ['callback', 'WSARecv']);
  assert.deepEqual(onPool(40), ['pooled', undefined]);
  assert.equal(at(film, 40).threads[0].last, undefined);
  assert.deepEqual(film.operations.map(({ collector }) => collector.name),
    ['pool callback', 'pool callback']);
});

test('a thread that asks in vain is spinning', () => {
  assert.equal(at(filmed(spinning()), 5.02).threads[0].state, 'spinning');
});

test('an operation is in flight until it is collected, and its buffer is lent as long', () => {
  const film = filmed(packets());
  assert.deepEqual(at(film, 0.5).places.map(({ exists }) => exists), [false]);
  assert.deepEqual(at(film, 1).places.map(({ lent, kind }) => [lent, kind]), [[true, 'receive']]);
  assert.equal(at(film, 9).inFlight.length, 1);
  const collected = at(film, 10.05).places[0];
  assert.deepEqual([collected.exists, collected.lent, collected.operations], [true, false, []]);
  assert.equal(at(film, 11).places[0].kind, 'send');
});

test('without operations a buffer is lent during the call', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'recv', 1, 5, { bytes: 9, handle: '0x1' })
    .call(1, 'send', 6, 6.1, { bytes: 9, handle: '0x1' }).call(1, 'closesocket', 8, 9,
      { handle: '0x1' }).call(1, 'SleepEx', 10, 20);
  const lent = (time) => {
    const { exists, lent: isLent, kind } = at(filmed(made), time).places[0];
    return [exists, isLent, kind];
  };
  assert.deepEqual(lent(2), [true, true, 'receive']);
  assert.deepEqual(lent(4.5), [true, false, undefined]);
  assert.deepEqual(lent(5.05), [true, true, 'send']);
  assert.deepEqual(lent(8.5), [false, false, undefined]);
});

test('a packet is there when the call that started its operation has said so', () => {
  const film = filmed(packets());
  const kinds = (time) => at(film, time).packets.map(({ kind }) => kind ?? 'posted');
  assert.deepEqual(kinds(9), [], 'a pending operation proves nothing before it is collected');
  assert.deepEqual(kinds(10.9), [], 'nor does a call that has not returned');
  assert.deepEqual(kinds(11.2), ['send']);
  assert.deepEqual(kinds(12), [], 'taken');
  assert.deepEqual(kinds(40.5), ['posted', 'posted']);
  assert.deepEqual(kinds(41.5), ['posted']);
});

test('a packet that another thread takes before the call returns is never in the port', () => {
  const made = new MadeUp().thread(1, 'main').thread(2, 'thread 2');
  made.call(1, 'GetQueuedCompletionStatus', 0, 5.05, { collected: ['0x1'] })
    .call(2, 'WSASend', 5, 5.1, { operation: '0x1', handle: '0x2' })
    .operation('WSASend', '0x2', [2, 5], [1, 5.05], { by: 'GetQueuedCompletionStatus' });
  const film = filmed(made);
  assert.deepEqual(stepsOf(film).flatMap((time) => momentOf(film, time).packets), []);
});

test('a worker holds its packet until it waits for the next', () => {
  const film = filmed(packets());
  const held = (time, of) => at(film, time).threads[of].holds.map(({ kind }) => kind);
  assert.deepEqual(held(9, 0), []);
  assert.deepEqual(held(10.5, 0), ['receive']);
  assert.deepEqual(held(12.5, 1), ['send']);
  assert.deepEqual(held(13.5, 1), []);
});

test('without a port there are no packets', () => {
  const film = filmed(callbacks());
  assert.equal(film.hasPort, false);
  assert.deepEqual(stepsOf(film).flatMap((time) => momentOf(film, time).packets), []);
});

test('the steps are the begins and ends of calls, and something happens at each', () => {
  const film = filmed(packets());
  const steps = stepsOf(film);
  assert.deepEqual(steps, [...steps].sort((a, b) => a - b));
  for (const step of steps) {
    const { begun, ended } = eventsAt(film, step);
    assert.ok(begun.length + ended.length > 0, String(step));
  }
  assert.equal(lastStep(steps, -1), -1);
  assert.equal(lastStep(steps, Infinity), steps.length - 1);
});

test('a film says when it looks otherwise', () => {
  const film = filmed(packets());
  const looks = film.changes.map((time) => lookOf(momentOf(film, time)));
  looks.slice(1).forEach((look, before) => assert.notEqual(look, looks[before]));
});

test('a line through points is flat beyond its ends', () => {
  const [xs, ys] = [[1, 2, 4], [10, 20, 30]];
  assert.deepEqual([0, 1, 1.5, 3, 4, 9].map((x) => between(xs, ys, x)), [10, 10, 15, 25, 30, 30]);
});

// In the committed films: no place has two operations of a kind, but for accepting.
test('the films keep what must hold at every moment', () => {
  const names = Object.keys(
    JSON.parse(readFileSync(new URL('../pictures.json', import.meta.url), 'utf8')));
  for (const name of names) {
    const film = openFilm(JSON.parse(
      readFileSync(new URL(`../pictures/${name}.json`, import.meta.url), 'utf8')));
    for (const time of stepsOf(film)) {
      const { places, packets: inPort, inFlight } = momentOf(film, time);
      places.forEach(({ operations, lent }, of) => {
        const kinds = operations.map(({ kind }) => kind);
        if (film.places[of].kind !== 'accept')
          assert.equal(new Set(kinds).size, kinds.length, `${name} ${time}`);
        if (operations.length > 0) assert.ok(lent);
      });
      for (const packet of inPort)
        assert.ok(!packet.started || inFlight.includes(packet), `${name} ${time}`);
    }
    const last = momentOf(film, film.length);
    assert.equal(last.inFlight.length, 0, name);
    assert.equal(last.packets.length, 0, name);
  }
});
