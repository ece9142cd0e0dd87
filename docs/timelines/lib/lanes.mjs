// The lanes of a picture: each thread with its states; each file or connection with the operations in
// flight on it; and each connection with the calls that move its bytes, where one thread serves
// several without operations.
import { group } from 'd3-array';

// A call that is over within this time, in milliseconds, has not waited.
const AT_ONCE = 1;

const WOULD_BLOCK = 10035;
// The least number of calls in a row, all in vain, that count as spinning.
const SPIN = 8;

/** The lanes of a recording (parseRecording): { threads, operations, connections }. */
export function lanesOf(recording) {
  const threads = recording.threads.map((thread) => ({
    thread,
    role: roleOf(thread),
    segments: segmentsOf(thread),
    routines: thread.spans.filter((span) => span.routine),
  }));
  // The main thread goes last, since it only waits for Ctrl+C.
  const alone = threads.length === 1;
  threads.sort((a, b) => (a.role === 'main') - (b.role === 'main'));
  number(threads, (lane) => (alone ? 'thread' : lane.role));
  const operations = operationLanes(recording);
  number(operations, (lane) => lane.role);
  const connections = threads.flatMap(connectionLanes);
  number(connections, (lane) => lane.role);
  return { threads, operations, connections };
}

function number(lanes, nameOf) {
  for (const [name, alike] of group(lanes, nameOf))
    for (const [at, lane] of alike.entries())
      lane.label = alike.length === 1 ? name : `${name} ${at + 1}`;
}

// The role of a thread, told by its calls.
function roleOf(thread) {
  if (thread.name === 'main') return 'main';
  if (thread.spans.every((span) => span.routine || span.depth > 0)) return 'pool';
  const calls = new Set(thread.spans.map((span) => span.name));
  if (calls.has('GetQueuedCompletionStatus') || calls.has('GetQueuedCompletionStatusEx'))
    return 'worker';
  if (calls.has('accept') && !calls.has('recv')) return 'accept';
  if (calls.has('AcceptEx') && !calls.has('WSARecv')) return 'accept';
  if (calls.has('accept') || calls.has('AcceptEx')) return 'all clients';
  if (calls.has('WSARecv')) return 'clients';
  if (calls.has('recv')) return 'client';
  if (calls.has('WaitOnAddress')) return 'worker'; // at a port in user space
  return 'thread';
}

/**
 * The states of a thread, one after another and without gaps: { state, start, end }. A thread of
 * Windows' pool is `pooled` between its callbacks: in code that is not the program's.
 */
export function segmentsOf(thread) {
  const calls = thread.spans.filter((span) => span.depth === 0);
  const segments = [];
  const add = (state, start, end) => {
    if (end <= start) return;
    const last = segments[segments.length - 1];
    if (last && last.state === state) last.end = end;
    else segments.push({ state, start, end });
  };
  const states = callStates(thread);
  const between = roleOf(thread) === 'pool' ? 'pooled' : 'running';
  let now = calls[0].start;
  for (const call of calls) {
    const state = states.get(call);
    add(state === 'spinning' && segments.at(-1)?.state === 'spinning' ? 'spinning' : between, now,
      call.start);
    add(state, Math.max(now, call.start), call.end);
    now = Math.max(now, call.end);
  }
  return segments;
}

/** The state of `thread` in each call that it makes outside of routines: a Map. */
export function callStates(thread) {
  const calls = thread.spans.filter((span) => span.depth === 0);
  const spinning = spinningCalls(calls);
  return new Map(calls.map((call) => [call, spinning.has(call) ? 'spinning' : stateIn(call)]));
}

function stateIn(call) {
  if (call.kind === 'other' || call.args.operation !== undefined) return 'running';
  // A short one counts too, since routines run nowhere else.
  if (call.args.alertable === true) return 'alertable';
  return call.end - call.start >= AT_ONCE ? 'blocked' : 'running';
}

function isInVain(call) {
  return call.args.result === 'failed' && call.args.error === WOULD_BLOCK;
}

function spinningCalls(calls) {
  const spinning = new Set();
  let run = [];
  for (const call of calls) {
    if (isInVain(call)) run.push(call);
    else run = [];
    if (run.length === SPIN) run.forEach((each) => spinning.add(each));
    if (run.length > SPIN) spinning.add(call);
  }
  return spinning;
}

/** How an operation is drawn: `receive`, `send` or `accept`. */
export function drawnAs({ kind }) {
  return kind === 'connect' ? 'accept' : kind;
}

// A lane for each handle, in the order of the first operation; those on which clients are accepted
// come first.
function operationLanes(recording) {
  const lanes = [...group(recording.operations, (each) => each.handle)].map(
    ([handle, operations]) => ({ handle, role: operationRole(operations[0]), operations }));
  for (const lane of lanes) pack(lane);
  return lanes.sort((a, b) => (b.role === 'accept') - (a.role === 'accept'));
}

// A lane for each connection. A socket on which no byte moves is the server's own, to be woken by.
function connectionLanes({ thread, role }) {
  if (role !== 'all clients') return [];
  const moving = thread.spans.filter(
    ({ kind, args }) => (kind === 'receive' || kind === 'send') && args.handle);
  return [...group(moving, (span) => span.args.handle)]
    .filter(([, spans]) => spans.some((span) => span.args.bytes > 0))
    .map(([handle, spans]) => ({
      handle,
      role: 'client',
      calls: spans.map((span) => ({
        kind: isInVain(span) ? 'spinning' : span.kind, start: span.start, end: span.end, span,
      })),
    }));
}

function operationRole({ kind, name }) {
  if (kind === 'connect') return 'accept';
  if (/File/.test(name)) return kind === 'send' ? 'write' : 'read';
  return 'client';
}

// Operations that are in flight at the same time get rows of their own within the lane.
function pack(lane) {
  const ends = [];
  for (const operation of lane.operations) {
    let row = ends.findIndex((end) => end <= operation.start);
    if (row < 0) row = ends.length;
    ends[row] = operation.end;
    operation.row = row;
  }
  lane.rows = ends.length;
}
