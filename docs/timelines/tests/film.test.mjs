// A film has what its recording has: the calls, the operations, the packets, the axis.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { DOMParser } from 'linkedom';

import { filmOf, filmText } from '../lib/film.mjs';
import { openFilm, placeOnAxis, timeOnAxis } from '../lib/moment.mjs';
import { parseRecording } from '../lib/recording.mjs';
import { blocking, callbacks, MadeUp, packets, port, spinning } from './fixture.mjs';

const filmed = (made) => openFilm(JSON.parse(filmText(filmOf(parseRecording(made.text)))));
const near = (a, b) => Math.abs(a - b) < 0.11; // microseconds, of rounding
const NAMES = Object.keys(
  JSON.parse(readFileSync(new URL('../pictures.json', import.meta.url), 'utf8')));
const read = (name) => readFileSync(new URL(`../pictures/${name}`, import.meta.url), 'utf8');

test('a film has every call of its recording, with its thread, times and outcome', () => {
  for (const made of [port(), callbacks(), spinning(), blocking(), packets()]) {
    const recording = parseRecording(made.text);
    const film = filmed(made);
    const spans = recording.threads.flatMap((thread) => thread.spans);
    assert.equal(film.calls.length, spans.length);
    for (const span of spans) {
      const start = (span.start - recording.start) * 1000;
      const end = (span.end - recording.start) * 1000;
      assert.ok(film.calls.some((call) => call.name === span.name && near(call.start, start)
        && near(call.end, end)), `${span.name} at ${start}`);
    }
    assert.ok(near(film.length, (recording.end - recording.start) * 1000));
  }
});

test('a film has every operation, from its start to its collection', () => {
  for (const made of [callbacks(), packets()]) {
    const recording = parseRecording(made.text);
    const film = filmed(made);
    assert.equal(film.operations.length, recording.operations.length);
    recording.operations.forEach((operation, at) => {
      const { start, end, started } = film.operations[at];
      assert.equal(started.name, operation.name);
      assert.ok(near(start, (operation.start - recording.start) * 1000), `${operation.id} begins`);
      assert.ok(near(end, (operation.end - recording.start) * 1000), `${operation.id} ends`);
    });
  }
});

test('the threads and places are named as in the picture', () => {
  const film = filmed(packets());
  assert.deepEqual(film.threads.map(({ label }) => label), ['worker 1', 'worker 2', 'main']);
  assert.deepEqual(film.places.map(({ label, kind }) => [label, kind]),
    [['client', 'buffer']]);
  assert.deepEqual(filmed(callbacks()).places.map(({ label, kind }) => [label, kind]),
    [['read', 'block']]);
});

test('a socket that moves no bytes has no buffer', () => {
  const film = filmed(spinning().call(2, 'recv', 22, 22.1, { bytes: 0, handle: '0xa' }));
  assert.deepEqual(film.places.map(({ label }) => label), ['client']);
});

test('a wait for a handle that was a closed connection’s is not made on the connection', () => {
  const film = filmed(new MadeUp().thread(1, 'main')
    .call(1, 'recv', 0, 1, { bytes: 7, handle: '0x5' }).call(1, 'closesocket', 2, 3, { handle: '0x5' })
    .call(1, 'WaitForSingleObject', 100, 101, { handle: '0x5' }));
  assert.deepEqual(film.calls.map(({ name, place }) => [name, film.places[place]?.label]),
    [['recv', 'client'], ['closesocket', 'client'], ['WaitForSingleObject', undefined]]);
});

test('a film keeps the tenths of a microsecond, and equal times stay equal', () => {
  const film = filmed(new MadeUp().thread(1, 'main').call(1, 'recv', 0.0001, 0.0003)
    .call(1, 'send', 0.0003, 0.0007).call(1, 'recv', 0.0007, 0.0009));
  assert.deepEqual(film.calls.map(({ start, end }) => [start, end]),
    [[0, 0.2], [0.2, 0.6], [0.6, 0.8]]);
});

test('a posted packet is taken by the call that collects nothing else, in order', () => {
  const { posts } = filmOf(parseRecording(packets().text));
  const { calls } = filmed(packets());
  assert.deepEqual(posts.map(([post, taker]) => [calls[post].name, calls[taker].thread]),
    [['PostQueuedCompletionStatus', 0], ['PostQueuedCompletionStatus', 1]]);
});

test('where a call may take several packets, no posted one is followed', () => {
  const made = packets().call(1, 'GetQueuedCompletionStatusEx', 45, 46);
  assert.deepEqual(filmOf(parseRecording(made.text)).posts, []);
});

test('an error, a timeout and a number of bytes are told apart', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'recv', 0, 1, { bytes: 7, handle: '0x1' })
    .call(1, 'recv', 2, 3, { result: 'failed', error: 10054, handle: '0x1' })
    .call(1, 'SleepEx', 4, 5, { result: 'timeout', alertable: true });
  assert.deepEqual(filmed(made).calls.map(({ outcome }) => outcome), [7, -10054, -258]);
});

test('the axis is the picture’s', () => {
  const film = filmed(port());
  assert.equal(placeOnAxis(film, 0), 0);
  assert.equal(placeOnAxis(film, film.length), 1);
  for (const place of [0.1, 0.35, 0.8])
    assert.ok(Math.abs(placeOnAxis(film, timeOnAxis(film, place)) - place) < 1e-3);
});

test('each picture has its film, of the same recording, and no film is large', () => {
  for (const name of NAMES) {
    const text = read(`${name}.json`);
    assert.ok(text.length <= 40_000, `${name}: ${text.length} bytes`);
    const film = openFilm(JSON.parse(text));
    assert.ok(film.calls.every(({ start, end }) => start < end), `${name}: a call of no length`);
    const svg = new DOMParser().parseFromString(read(`${name}.svg`), 'image/svg+xml');
    const labels = [...svg.querySelectorAll('[data-lane="thread"]')].map((each) => each.textContent);
    assert.deepEqual(film.threads.map(({ label }) => label), labels, name);
    const words = svg.querySelector('desc').textContent;
    assert.match(words, new RegExp(`\\b${Math.round(film.length / 1000)} ms\\.`), name);
    for (const [at, { label, kind }] of film.places.entries()) {
      const count = film.operations.filter((each) => each.place === at).length;
      if (count > 0) assert.match(words, new RegExp(`${label}: ${count}[;.]`), `${name}: ${kind}`);
    }
  }
});
