// Recordings made up for the tests, in the format of the recorder.
import { readFileSync } from 'node:fs';

// The kind of each call, from the recorder's own table.
const KINDS = new Map([...readFileSync(
  new URL('../../../support/trace/log/calls.hpp', import.meta.url), 'utf8',
).matchAll(/\{"(\w+)",.*call_kind::(\w+)\}/g)].map(([, name, kind]) => [name, kind]));

/** Collects events: `call`, `routine`, `operation` add one, in milliseconds; `text` is the file. */
export class MadeUp {
  constructor(program = 'made_up') {
    this.program = program;
    this.events = [];
    this.operations = 0;
  }

  thread(tid, name) {
    this.events.push(
      { ph: 'M', name: 'thread_name', pid: 1, tid, args: { name } },
      { ph: 'M', name: 'thread_sort_index', pid: 1, tid, args: { sort_index: tid } });
    return this;
  }

  call(tid, name, start, end, args = {}) {
    this.events.push({
      ph: 'X', cat: 'call', name, pid: 1, tid, ts: start * 1000, dur: (end - start) * 1000,
      args: { kind: KINDS.get(name), result: 'ok', ...args },
    });
    return this;
  }

  routine(tid, of, start, end, { name = 'completion routine', ...args } = {}) {
    this.events.push({
      ph: 'X', cat: 'routine', name, pid: 1, tid, ts: start * 1000,
      dur: (end - start) * 1000, args: { of, ...args },
    });
    return this;
  }

  operation(name, handle, [issuer, start], [collector, end], args = {}) {
    const id = `0x${(++this.operations).toString(16)}`;
    const common = { cat: 'operation', id, name, pid: 1 };
    const kind = KINDS.get(name);
    this.events.push(
      { ph: 'b', ...common, tid: issuer, ts: start * 1000, args: { kind, handle } },
      { ph: 'e', ...common, tid: collector, ts: end * 1000,
        args: { kind, bytes: 64, error: 0, ...args } });
    return this;
  }

  get text() {
    return JSON.stringify({
      displayTimeUnit: 'ms',
      otherData: { program: this.program, dropped: 0 },
      traceEvents: this.events,
    });
  }
}

/** A completion port: two workers, three clients, a packet for each client. */
export function port() {
  const made = new MadeUp('port');
  made.thread(1, 'main').thread(2, 'thread 2').thread(3, 'thread 3');
  made.call(1, 'WaitForSingleObject', 0, 100);
  made.operation('AcceptEx', '0x1', [1, 1], [1, 99],
    { error: 995, cancelled: true, by: 'end of recording' });
  for (const [client, worker, start, end] of [[2, 2, 5, 30], [3, 3, 10, 50], [4, 2, 15, 70]])
    made.operation('WSARecv', `0x${client}`, [worker, start], [worker, end],
      { by: 'GetQueuedCompletionStatus' });
  made.call(2, 'GetQueuedCompletionStatus', 16, 30).call(2, 'WSASend', 30.1, 30.2)
    .call(2, 'GetQueuedCompletionStatus', 31, 70).call(3, 'GetQueuedCompletionStatus', 11, 50);
  return made;
}

/** A thread that waits alertably, and the routine that runs inside the wait. */
export function callbacks() {
  return new MadeUp('callbacks').thread(1, 'main')
    .call(1, 'ReadFileEx', 0, 0.1, { operation: '0x1', result: 'pending' })
    .operation('ReadFileEx', '0x8', [1, 0], [1, 20], { by: 'completion routine' })
    .call(1, 'SleepEx', 1, 21, { alertable: true })
    .routine(1, 'ReadFileEx', 20, 20.5);
}

/** Windows' own pool: two callbacks on one of its threads, each of which starts a receive. */
export function pool() {
  const made = new MadeUp('pool').thread(1, 'main').thread(2, 'thread 2');
  const name = 'pool callback';
  made.call(1, 'WSARecv', 0, 0.1, { operation: '0x1', result: 'pending', handle: '0x8' })
    .operation('WSARecv', '0x8', [1, 0], [2, 20], { by: name })
    .operation('WSARecv', '0x8', [2, 21], [2, 60], { by: name })
    .call(1, 'WaitForSingleObject', 1, 100);
  return made.routine(2, 'CreateThreadpoolIo', 20, 25, { name, operation: '0x1' })
    .call(2, 'WSARecv', 21, 21.1, { operation: '0x2', result: 'pending', handle: '0x8' })
    .routine(2, 'CreateThreadpoolIo', 60, 65, { name, operation: '0x2' });
}

/** A thread that asks a socket again and again. */
export function spinning() {
  const made = new MadeUp('spinning').thread(1, 'main').thread(2, 'thread 2');
  made.call(1, 'WaitForSingleObject', 0, 30);
  made.call(2, 'accept', 0, 0.1);
  for (let i = 0; i < 200; ++i)
    made.call(2, 'recv', 1 + i / 10, 1.09 + i / 10,
      { result: 'failed', error: 10035, handle: '0x9' });
  made.call(2, 'recv', 21, 21.05, { bytes: 64, handle: '0x9' });
  return made;
}

/** A thread for each of `count` clients. */
export function blocking(count = 3) {
  const made = new MadeUp('blocking').thread(1, 'main').thread(2, 'thread 2');
  made.call(1, 'WaitForSingleObject', 0, 100).call(2, 'accept', 0, 100);
  for (let i = 0; i < count; ++i)
    made.thread(3 + i, `thread ${3 + i}`).call(3 + i, 'recv', 10 + i, 80 + i, { bytes: 64 })
      .call(3 + i, 'send', 80.1 + i, 80.2 + i, { bytes: 64 });
  return made;
}

/** A completion port, in full: a receive that is pending, a send that is done at once, and two posts. */
export function packets() {
  const by = { by: 'GetQueuedCompletionStatus' };
  return new MadeUp('packets').thread(1, 'main').thread(2, 'thread 2').thread(3, 'thread 3')
    .call(1, 'WaitForSingleObject', 0, 40)
    .call(2, 'WSARecv', 1, 1.1, { operation: '0x1', handle: '0x9', result: 'pending' })
    .operation('WSARecv', '0x9', [2, 1], [2, 10], by)
    .call(2, 'GetQueuedCompletionStatus', 2, 10, { collected: ['0x1'] })
    .call(2, 'WSASend', 10.8, 11.1, { operation: '0x2', handle: '0x9' })
    .operation('WSASend', '0x9', [2, 10.8], [3, 12], by)
    .call(3, 'GetQueuedCompletionStatus', 11.5, 12, { collected: ['0x2'] })
    .call(2, 'GetQueuedCompletionStatus', 11.3, 41)
    .call(3, 'GetQueuedCompletionStatus', 13, 42)
    .call(1, 'PostQueuedCompletionStatus', 40.1, 40.2)
    .call(1, 'PostQueuedCompletionStatus', 40.3, 40.4)
    .call(1, 'WaitForSingleObject', 43, 44);
}
