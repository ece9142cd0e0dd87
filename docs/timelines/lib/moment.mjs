// A moment of a film (film.mjs): the state of each thread, the operations in flight,
// the owner of each buffer, and the packets in the port. Pure, and also loaded by the site's player.
export const STATE_NAMES = ['running', 'blocked', 'alertable', 'spinning'];
// What Windows calls when an operation is done: on the thread that started it, or on one of the pool's.
const ROUTINES = ['completion routine', 'pool callback'];
export const TAKES_PACKETS = /^GetQueuedCompletionStatus/;
// A film counts tenths of a microsecond. Whole numbers are summed, so that equal times stay equal.
export const TENTHS = 10;
export const TIMED_OUT = -258; // an outcome: minus WAIT_TIMEOUT
const STARTS_SEND = /send|write/i;

/** What runs on a thread when an operation is done: `callback` on one of the pool's, else `routine`. */
export function calledIn({ role }) {
  return role === 'pool' ? 'callback' : 'routine';
}

/** The film in `data` (filmOf), with its rows as objects and its times in microseconds. */
export function openFilm(data) {
  let now = 0;
  const calls = data.calls.map(
    ([thread, name, later, length = 0, state = 0, place = 0, outcome = 0]) => {
      now += later;
      return {
        thread, name: data.names[name], start: now / TENTHS, end: (now + length) / TENTHS, outcome,
        state: STATE_NAMES[state], place: place - 1,
        routine: ROUTINES.includes(data.names[name]), collects: [],
      };
    });
  const operations = data.operations.map(([from, by, outcome, atOnce, end]) => {
    const started = calls[from];
    const collector = calls[by];
    const operation = {
      started, collector, outcome, atOnce: atOnce === 1, place: started.place,
      kind: kindOf(started, data.places),
      start: started.start,
      end: collector ? (collector.routine ? collector.start : collector.end) : end / TENTHS,
    };
    started.starts = operation;
    collector?.collects.push(operation);
    return operation;
  });
  const length = data.length / TENTHS;
  const posts = data.posts.map(([by, taker]) => {
    const post = { start: calls[by].end, end: calls[taker]?.end ?? length };
    if (calls[taker]) calls[taker].takesPost = post;
    return post;
  });
  const threads = data.threads.map(([label, role], at) => ({
    label, role, called: calledIn({ role }),
    calls: outerMarked(calls.filter((call) => call.thread === at)),
  }));
  const places = data.places.map(([label, kind], at) => ({
    label, kind, ...lifeOf(calls.filter((call) => call.place === at), length),
  }));
  return {
    length, threads, places, calls, operations, posts,
    hasPort: calls.some((call) => TAKES_PACKETS.test(call.name)),
    isFiles: data.places.some(([, kind]) => kind === 'block'),
    changes: summed(data.changes).map((each) => each / TENTHS),
    axis: { times: data.axis[0].map((each) => each / TENTHS), at: data.axis[1] },
  };
}

function summed(differences) {
  let sum = 0;
  return differences.map((each) => sum += each);
}

// The calls of a thread lie one after another, or within each other.
function outerMarked(calls) {
  let outer;
  for (const call of calls) {
    call.isOuter = !outer || call.start >= outer.end;
    if (call.isOuter) outer = call;
  }
  if (outer) outer.isLast = true;
  return calls;
}

function kindOf(call, places) {
  if (places[call.place]?.[1] === 'accept') return 'accept';
  return STARTS_SEND.test(call.name) ? 'send' : 'receive';
}

// From its first call to the one that closes it.
function lifeOf(calls, length) {
  const closed = calls.find((call) => call.name === 'closesocket');
  return { start: calls[0]?.start ?? 0, end: closed?.end ?? length };
}

/** What goes on at `time`, in microseconds since the film's begin. A call has ended at its end. */
export function momentOf(film, time) {
  const inFlight = film.operations.filter((each) => each.start <= time && time < each.end);
  const threads = film.threads.map((thread) => threadAt(thread, time));
  return {
    time,
    threads,
    inFlight,
    places: film.places.map((place, at) => placeAt(place, at, time, inFlight, threads)),
    packets: film.hasPort ? packetsAt(film, time) : [],
  };
}

// `state`: one of STATE_NAMES, `routine`, `callback` of the pool, `absent` before its first call and
// after its last, or `pooled` while a thread of the pool runs none of the program's code.
// `call`: the innermost call that it is in; `routine`: the routine. `last`: the call that has returned
// last, if it is in none. `holds`: the packets that its last wait gave it, while it works on them.
function threadAt({ calls, role, called }, time) {
  const open = [];
  let last;
  for (let at = lastStep(calls, time, startOf); at >= 0; --at) {
    const each = calls[at];
    if (each.end > time) open.push(each);
    else if (!each.routine && !(last?.end > each.end)) last = each;
    if (each.isOuter) break;
  }
  if (open.length === 0 && role === 'pool') return { state: 'pooled', holds: [] };
  if (open.length === 0 && (!last || last.isLast)) return { state: 'absent', last, holds: [] };
  const routine = open.find((each) => each.routine);
  const innermost = open[0]?.routine ? undefined : open[0];
  return {
    state: routine ? called : innermost?.state ?? 'running',
    call: innermost,
    routine,
    last: innermost ? undefined : last,
    holds: TAKES_PACKETS.test(innermost?.name) ? [] : heldAt(calls, time),
  };
}

function heldAt(calls, time) {
  for (let at = lastStep(calls, time, startOf); at >= 0; --at) {
    const call = calls[at];
    if (TAKES_PACKETS.test(call.name))
      return call.end > time ? [] : [...call.collects, call.takesPost].filter(Boolean);
  }
  return [];
}

function startOf(call) {
  return call.start;
}

/** The place of the last of `sorted` that is at `time` or before it; -1 if none is. */
export function lastStep(sorted, time, timeOf = (each) => each) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(sorted[middle]) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// `operations`: those in flight on it. `kind`: what is done with its buffer. `lent`: whether Windows
// may use that: while an operation is in flight, or, without operations, during the call.
function placeAt(place, at, time, inFlight, threads) {
  const operations = inFlight.filter((each) => each.place === at);
  const call = threads.map((each) => each.call).find((each) => each?.place === at &&
    /^(recv|send|ReadFile|WriteFile)$/.test(each.name));
  const kind = operations[0]?.kind ??
    (call && (STARTS_SEND.test(call.name) ? 'send' : 'receive'));
  return {
    exists: place.start <= time && time < place.end,
    operations, kind, lent: kind !== undefined,
  };
}

// A packet is there from the moment that proves it: a start that said "done" has returned, or a post.
// Another thread may have taken it by then. When the packet of a pending operation came, the recording
// does not tell: only the call that took it.
function packetsAt(film, time) {
  const done = film.operations.filter((each) => each.atOnce && each.collector &&
    each.collector !== each.started && each.started.end <= time && time < each.end);
  return [...done, ...film.posts.filter((each) => each.start <= time && time < each.end)]
    .sort((a, b) => (a.started?.end ?? a.start) - (b.started?.end ?? b.start));
}

/** What of a moment can be seen from afar: equal for two moments that look alike. */
export function lookOf({ threads, places, packets }) {
  return JSON.stringify([
    threads.map(({ state }) => state),
    places.map(({ exists, kind, operations }) => [exists, kind, operations.length]),
    packets.length,
  ]);
}

/** The times at which any call begins or ends, in order: the steps of the player. */
export function stepsOf(film) {
  return [...new Set(film.calls.flatMap((call) => [call.start, call.end]))].sort((a, b) => a - b);
}

/** The calls that begin, and those that end, at `time` exactly. */
export function eventsAt(film, time) {
  return {
    begun: film.calls.filter((call) => call.start === time),
    ended: film.calls.filter((call) => call.end === time),
  };
}

/** Where `time` lies on the timeline's axis, from 0 to 1. */
export function placeOnAxis({ axis: { times, at } }, time) {
  return between(times, at, time);
}

/** The time at a place of the timeline's axis. */
export function timeOnAxis({ axis: { times, at } }, place) {
  return between(at, times, place);
}

/** The value of a line through the points (xs, ys) at `x`; flat beyond its ends. */
export function between(xs, ys, x) {
  const at = lastStep(xs, x);
  if (at < 0) return ys[0];
  if (at === xs.length - 1) return ys[at];
  return ys[at] + ((x - xs[at]) / (xs[at + 1] - xs[at])) * (ys[at + 1] - ys[at]);
}
