// A recording as a film: what the player of the site needs of it, in few bytes. Times are whole
// tenths of a microsecond, the recorder's own, since the recording began. moment.mjs reads it again.
import { callStates, lanesOf } from './lanes.mjs';
import {
  lookOf, momentOf, openFilm, STATE_NAMES, stepsOf, TAKES_PACKETS, TENTHS, TIMED_OUT,
} from './moment.mjs';
import { momentsOf, stretchesOf, timeScale } from './time_scale.mjs';

const POSTS = 'PostQueuedCompletionStatus';

/**
 * The film of `recording` (parseRecording), as plain data:
 * - threads: [label, role], in the order of the timeline's lanes
 * - places: [label, kind], files and connections; a place of kind `buffer` has one buffer
 * - calls, by start: [thread, name, start since the last call's, length, state, place, outcome];
 *   name and state are places in `names` and STATE_NAMES; `place` counts from 1, 0 is none; an
 *   outcome is a number of bytes, or an error below 0. Routines are among them. Zeros at the end are
 *   left out.
 * - operations, by start: [call that starts it, call or routine that collects it or -1, outcome,
 *   1 if the call that started it said that it is done, its end if nobody collects it]
 * - posts: [call that posts a packet, call that takes it or -1]
 * - changes: when it looks otherwise than before (lookOf), each since the last
 * - axis: times, and where they lie on the timeline's axis, from 0 to 1
 */
export function filmOf(recording) {
  const lanes = lanesOf(recording);
  const time = (milliseconds) => Math.round((milliseconds - recording.start) * 1000 * TENTHS);
  const threads = lanes.threads.map(({ label, role }) => [label, role]);
  const places = placesOf(recording, lanes);
  const spans = spansOf(lanes);
  const names = [...new Set(spans.map(({ span }) => span.name))];
  const placeOf = new Map(places.map(({ handle }, at) => [handle, at + 1]));
  const operationsById = new Map(recording.operations.map((each) => [each.id, each]));

  let last = 0;
  const calls = spans.map(({ thread, span, state }) => {
    const started = operationsById.get(span.args.operation);
    const start = time(span.start);
    const row = [thread, names.indexOf(span.name), start - last, time(span.end) - start,
      STATE_NAMES.indexOf(state), placeOf.get(started?.handle ?? ownHandle(span)) ?? 0,
      outcomeOf(span.args)];
    last = start;
    while (row.at(-1) === 0) row.pop();
    return row;
  });
  const film = {
    program: recording.program,
    length: time(recording.end),
    threads,
    places: places.map(({ label, kind }) => [label, kind]),
    names,
    calls,
    operations: operationsOf(recording, spans, time),
    posts: postsOf(spans),
    axis: axisOf(recording, lanes, time),
  };
  return { ...film, changes: changesOf(film) };
}

function changesOf(film) {
  const open = openFilm({ ...film, changes: [] });
  const changes = [];
  let [last, look] = [0, ''];
  for (const time of stepsOf(open)) {
    const now = lookOf(momentOf(open, time));
    if (now === look) continue;
    const tenths = Math.round(time * TENTHS);
    changes.push(tenths - last);
    [last, look] = [tenths, now];
  }
  return changes;
}

/** A film as text: a line for each of its parts. */
export function filmText(film) {
  const parts = Object.entries(film).map(([name, part]) => `"${name}":${JSON.stringify(part)}`);
  return `{${parts.join(',\n')}}\n`;
}

// The calls and routines of all threads, by start, with their threads and states.
function spansOf(lanes) {
  return lanes.threads.flatMap(({ thread }, at) => {
    const states = callStates(thread);
    return thread.spans.map(
      (span) => ({ thread: at, span, state: states.get(span) ?? 'running' }));
  }).sort((a, b) => a.span.start - b.span.start || a.span.depth - b.span.depth);
}

// Where clients are accepted; each connection or file on which bytes move. A socket that carries only
// wake-ups of no bytes is none.
function placesOf(recording, lanes) {
  const byHandle = new Map();
  const handles = new Map(recording.operations.map(({ id, handle }) => [id, handle]));
  const spans = recording.threads.flatMap((thread) => thread.spans)
    .filter((span) => ['receive', 'send'].includes(span.kind)).sort((a, b) => a.start - b.start);
  for (const { args, kind, name } of spans) {
    const handle = args.handle ?? handles.get(args.operation);
    if (!handle) continue;
    const place = byHandle.get(handle) ?? { handle, kind, name, moves: false };
    place.moves ||= args.bytes > 0 || args.operation !== undefined;
    byHandle.set(handle, place);
  }
  const moving = [...byHandle.values()].filter((place) => place.moves);
  const files = moving.some(({ name }) => /File/.test(name));
  const ofBytes = moving.map(({ handle, kind }, at) => ({
    handle,
    // The recording does not say which of its blocks a copy reads into, or writes.
    kind: files ? 'block' : 'buffer',
    label: files ? (kind === 'send' ? 'write' : 'read')
      : moving.length === 1 ? 'client' : `client ${at + 1}`,
  }));
  const accepting = new Set(lanes.threads.flatMap(({ thread }) => thread.spans)
    .filter(({ name, args }) => /^accept(ex)?$/i.test(name) && args.handle)
    .map(({ args }) => args.handle));
  return [...[...accepting].map((handle) => ({ handle, kind: 'accept', label: 'accept' })),
    ...ofBytes.filter(({ handle }) => !accepting.has(handle))];
}

// A wait is for a thread, an event or a port. A connection that is closed may have had its handle.
function ownHandle({ kind, args }) {
  return kind === 'wait' ? undefined : args.handle;
}

function outcomeOf(args) {
  if (args.result === 'timeout') return TIMED_OUT;
  if (args.error !== undefined) return -args.error;
  return args.bytes ?? 0;
}

function operationsOf(recording, spans, time) {
  const started = new Map();
  const collected = new Map();
  spans.forEach(({ span }, at) => {
    const { operation, collected: all } = span.args;
    if (operation !== undefined) (span.routine ? collected : started).set(operation, at);
    for (const each of all ?? []) collected.set(each, at);
  });
  // A recorder that has run out of room may have dropped the call that started one.
  return recording.operations.filter((each) => started.has(each.id)).map((each) => {
    const from = started.get(each.id);
    const inItsCall = each.by === each.name;
    const outcome = each.error ? -each.error : each.bytes ?? 0;
    const by = inItsCall ? from : collected.get(each.id) ?? -1;
    const row = [from, by, outcome, spans[from].span.args.result === 'ok' ? 1 : 0];
    return by < 0 ? [...row, time(each.end)] : row;
  });
}

// Posted packets, and the calls that take them, in order. A call that takes several packets at once
// does not tell the posted ones among them, so where there are such calls none is followed.
function postsOf(spans) {
  if (spans.some(({ span }) => span.name === 'GetQueuedCompletionStatusEx')) return [];
  const takers = [];
  spans.forEach(({ span }, at) => {
    const { result, collected } = span.args;
    if (TAKES_PACKETS.test(span.name) && result === 'ok' && !collected) takers.push(at);
  });
  takers.sort((a, b) => spans[a].span.end - spans[b].span.end);
  const posts = spans.flatMap(({ span }, at) =>
    (span.name === POSTS && span.args.result === 'ok' ? [at] : []));
  return posts.map((post) => {
    const taker = takers.findIndex((each) => spans[each].span.end > spans[post].span.start);
    return [post, taker < 0 ? -1 : takers.splice(taker, 1)[0]];
  });
}

function axisOf(recording, lanes, time) {
  const stretches = stretchesOf(momentsOf(recording, lanes), recording.start, recording.end);
  const scale = timeScale(stretches, [0, 1]);
  return [scale.domain().map(time), scale.range().map((each) => Math.round(each * 1e5) / 1e5)];
}
