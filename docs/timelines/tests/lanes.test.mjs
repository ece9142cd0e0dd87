import assert from 'node:assert/strict';
import test from 'node:test';

import { lanesOf, segmentsOf } from '../lib/lanes.mjs';
import { parseRecording } from '../lib/recording.mjs';
import { blocking, callbacks, MadeUp, port, spinning } from './fixture.mjs';

const lanes = (made) => lanesOf(parseRecording(made.text));
const labels = (all) => all.map((each) => each.label);
const states = (made, tid) => {
  const { threads } = parseRecording(made.text);
  return segmentsOf(threads.find((each) => each.id === tid))
    .map(({ state, start, end }) => [state, start, end]);
};

test('a lane for each thread, main last', () => {
  assert.deepEqual(labels(lanes(blocking()).threads),
    ['accept', 'client 1', 'client 2', 'client 3', 'main']);
  assert.deepEqual(labels(lanes(port()).threads), ['worker 1', 'worker 2', 'main']);
  assert.deepEqual(labels(lanes(callbacks()).threads), ['thread']);
  assert.deepEqual(labels(lanes(spinning()).threads), ['all clients', 'main']);
});

test('a lane for each connection, accepting first', () => {
  assert.deepEqual(labels(lanes(port()).operations),
    ['accept', 'client 1', 'client 2', 'client 3']);
  assert.deepEqual(labels(lanes(callbacks()).operations), ['read']);
  assert.deepEqual(lanes(blocking()).operations, []);
});

test('operations at the same time on one handle get rows of their own', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'SleepEx', 0, 9)
    .operation('ReadFile', '0x1', [1, 0], [1, 5]).operation('ReadFile', '0x1', [1, 1], [1, 3])
    .operation('ReadFile', '0x1', [1, 4], [1, 6]);
  const [lane] = lanes(made).operations;
  assert.deepEqual(lane.operations.map((each) => each.row), [0, 1, 1]);
  assert.equal(lane.rows, 2);
});

test('between its calls a thread runs; in a long one it is blocked', () => {
  assert.deepEqual(states(port(), 2),
    [['blocked', 16, 30], ['running', 30, 31], ['blocked', 31, 70]]);
});

test('a call that returns at once has not blocked', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'recv', 0, 0.9).call(1, 'recv', 1, 2);
  assert.deepEqual(states(made, 1), [['running', 0, 1], ['blocked', 1, 2]]);
});

test('a call that only starts an operation never blocks', () => {
  const made = new MadeUp().thread(1, 'main')
    .call(1, 'ReadFile', 0, 5, { result: 'pending', operation: '0x1' })
    .operation('ReadFile', '0x1', [1, 0], [1, 5]);
  assert.deepEqual(states(made, 1), [['running', 0, 5]]);
});

test('whatever may keep its thread waiting blocks it, and nothing else does', () => {
  for (const name of ['accept', 'WSARecv', 'GetOverlappedResult', 'select', 'DisconnectEx'])
    assert.deepEqual(states(new MadeUp().thread(1, 'main').call(1, name, 0, 5), 1),
      [['blocked', 0, 5]], name);
  for (const name of ['closesocket', 'CancelIoEx', 'PostQueuedCompletionStatus'])
    assert.deepEqual(states(new MadeUp().thread(1, 'main').call(1, name, 0, 5), 1),
      [['running', 0, 5]], name);
});

test('an alertable wait is told from another', () => {
  assert.deepEqual(states(callbacks(), 1), [['running', 0, 1], ['alertable', 1, 21]]);
});

test('many calls in vain are spinning, a few are not', () => {
  assert.deepEqual(states(spinning(), 2).map(([state]) => state),
    ['running', 'spinning', 'running']);
  const few = new MadeUp().thread(1, 'main');
  for (let i = 0; i < 7; ++i)
    few.call(1, 'recv', i, i + 0.1, { result: 'failed', error: 10035 });
  assert.deepEqual(states(few, 1).map(([state]) => state), ['running']);
});

test('other failures are not in vain', () => {
  const made = new MadeUp().thread(1, 'main');
  for (let i = 0; i < 20; ++i)
    made.call(1, 'recv', i, i + 0.1, { result: 'failed', error: 10054 });
  assert.deepEqual(states(made, 1).map(([state]) => state), ['running']);
});

test('one thread that serves all without operations gets a lane for each connection', () => {
  const { connections } = lanes(spinning());
  assert.deepEqual(labels(connections), ['client']);
  const kinds = connections[0].calls.map((each) => each.kind);
  assert.equal(kinds.filter((each) => each === 'spinning').length, 200);
  assert.equal(kinds.at(-1), 'receive');
  assert.deepEqual(lanes(port()).connections, []);
});

test('a socket that moves no bytes has no lane', () => {
  const made = spinning().call(2, 'recv', 22, 22.1, { bytes: 0, handle: '0xa' });
  assert.deepEqual(labels(lanes(made).connections), ['client']);
});
