import assert from 'node:assert/strict';
import test from 'node:test';

import { parseRecording } from '../lib/recording.mjs';
import { differences, structureOf } from '../lib/structure.mjs';
import { blocking, callbacks, MadeUp, port } from './fixture.mjs';

const structure = (made) => structureOf(parseRecording(made.text));
const compare = (a, b) => differences(structure(a), structure(b));

test('a structure names threads, calls, operations and how they are collected', () => {
  assert.deepEqual(structure(port()), {
    program: 'port',
    threads: {
      main: { lanes: 1, calls: [], alertable: [], routines: [] },
      worker: {
        lanes: 2, calls: ['GetQueuedCompletionStatus', 'WSASend'], alertable: [], routines: [],
      },
    },
    operations: {
      accept: { lanes: 1, kinds: ['AcceptEx'], collected: ['end of recording'] },
      client: { lanes: 3, kinds: ['WSARecv'], collected: ['GetQueuedCompletionStatus'] },
    },
  });
  assert.deepEqual(structure(callbacks()).threads.main,
    { lanes: 1, calls: ['ReadFileEx', 'SleepEx'], alertable: ['SleepEx'],
      routines: ['ReadFileEx'] });
});

test('time, order and number do not matter', () => {
  const later = port().call(2, 'WSASend', 80, 81).call(3, 'WSASend', 90, 91);
  assert.deepEqual(compare(port(), later), []);
});

test('a lock that had to wait does not matter', () => {
  assert.deepEqual(compare(port(), port().call(2, 'WaitForSingleObject', 80, 81)), []);
});

test('a cancel that is repeated does not matter, but the first of a handle does', () => {
  const made = () => port().call(1, 'CancelIoEx', 80, 81, { handle: '0x4' });
  const again = made().call(2, 'CancelIoEx', 82, 83, { handle: '0x4' });
  assert.deepEqual(compare(made(), again), []);
  assert.equal(compare(made(), again.call(2, 'CancelIoEx', 84, 85, { handle: '0x8' })).length, 1);
});

test('an operation that ended in its own call does not matter', () => {
  const made = port().operation('WSARecv', '0x2', [2, 80], [2, 80.1], { by: 'WSARecv' });
  assert.deepEqual(compare(port(), made), []);
});

test('another call matters', () => {
  assert.deepEqual(compare(port(), port().call(2, 'closesocket', 80, 81)),
    ['threads.worker.calls: ["GetQueuedCompletionStatus","WSASend"] / ' +
     '["GetQueuedCompletionStatus","WSASend","closesocket"]']);
});

test('another thread matters', () => {
  assert.deepEqual(compare(blocking(3), blocking(4)), ['threads.client.lanes: 3 / 4']);
});

test('another way to collect matters, and another operation', () => {
  const made = port().operation('WSASend', '0x2', [2, 80], [2, 81], { by: 'SleepEx' });
  assert.deepEqual(compare(port(), made), [
    'operations.client.collected: ["GetQueuedCompletionStatus"] / ' +
      '["GetQueuedCompletionStatus","SleepEx"]',
    'operations.client.kinds: ["WSARecv"] / ["WSARecv","WSASend"]',
  ]);
});

test('a role that is missing matters', () => {
  const made = new MadeUp('port').thread(1, 'main').call(1, 'WaitForSingleObject', 0, 1);
  assert.ok(compare(port(), made).some((each) => /^threads\.worker: \{.*\} \/ none$/.test(each)));
});
