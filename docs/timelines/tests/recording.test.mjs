import assert from 'node:assert/strict';
import test from 'node:test';

import { parseRecording, RecordingError } from '../lib/recording.mjs';
import { callbacks, MadeUp, port } from './fixture.mjs';

const complaint = (text) => {
  try {
    parseRecording(text);
    return 'none';
  } catch (error) {
    assert.ok(error instanceof RecordingError, error.stack);
    return error.message;
  }
};

test('threads come in the order of their sort index, calls in that of time', () => {
  const made = new MadeUp().thread(7, 'late').thread(2, 'early')
    .call(7, 'recv', 5, 6).call(7, 'send', 1, 2).call(2, 'recv', 0, 1);
  const { threads } = parseRecording(made.text);
  assert.deepEqual(threads.map((each) => each.name), ['early', 'late']);
  assert.deepEqual(threads[1].spans.map((each) => each.name), ['send', 'recv']);
});

test('a routine lies one deeper than the wait that it runs in', () => {
  const [thread] = parseRecording(callbacks().text).threads;
  assert.deepEqual(thread.spans.map((each) => [each.name, each.depth]),
    [['ReadFileEx', 0], ['SleepEx', 0], ['completion routine', 1]]);
});

test('a span is as deep as the spans around it, whatever ended before', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'SleepEx', 0, 10)
    .routine(1, 'WSARecv', 1, 4).call(1, 'WSASend', 2, 3).routine(1, 'WSARecv', 5, 6)
    .call(1, 'recv', 11, 12);
  assert.deepEqual(parseRecording(made.text).threads[0].spans.map((each) => each.depth),
    [0, 1, 2, 1, 0]);
});

test('an operation knows both its ends', () => {
  const { operations } = parseRecording(port().text);
  const last = operations.find((each) => each.handle === '0x4');
  assert.deepEqual([last.start, last.end, last.issuer, last.collector, last.by, last.cancelled],
    [15, 70, 2, 2, 'GetQueuedCompletionStatus', false]);
  assert.equal(operations.filter((each) => each.cancelled).length, 1);
});

test('what is no recording is refused, with the reason', () => {
  assert.match(complaint('{"traceEvents":['), /^is not JSON: /);
  assert.match(complaint(''), /^is not JSON: /);
  assert.match(complaint('null'), /no "traceEvents"/);
  assert.match(complaint('{"events":[]}'), /no "traceEvents"/);
});

test('a recording without a call is refused', () => {
  assert.equal(complaint(new MadeUp().text), 'holds no call');
  assert.equal(complaint(new MadeUp().thread(1, 'main').text), 'holds no call');
});

test('an operation with one end only is refused', () => {
  const made = port();
  const without = (phase) => {
    const at = made.events.findIndex((each) => each.ph === phase);
    return JSON.stringify({ traceEvents: made.events.filter((_, index) => index !== at) });
  };
  assert.equal(complaint(without('e')), 'operation 0x1 (AcceptEx) has no end');
  assert.equal(complaint(without('b')), 'operation 0x1 (AcceptEx) has no beginning');
});

test('a recording from before calls had kinds is too old', () => {
  for (const phase of ['X', 'b']) {
    const made = port();
    delete made.events.find((each) => each.ph === phase).args.kind;
    assert.match(complaint(made.text), /^is too old: "\w+" has no kind; record it anew$/);
  }
});

test('an event without a time is refused', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'recv', 0, 1);
  delete made.events.at(-1).ts;
  assert.equal(complaint(made.text), 'event "recv" has no time');
});
