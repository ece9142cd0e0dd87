// What goes on at one moment of a film (film.mjs): the state of each thread, the operations in flight,
// the owner of each buffer, and the packets in the port. Pure, and also loaded by the site's player.
const STATE_NAMES = ['running', 'blocked', 'alertable', 'spinning'];
const STARTS_SEND = /send|write/i;
const TAKES_PACKETS = /^GetQueuedCompletionStatus/;

/** The film in `data` (filmOf), with its rows as objects, ready to be looked at. */
export function openFilm(data) {
  let now = 0;
  const calls = data.calls.map(
    ([thread, name, later, length = 0, state = 0, place = 0, outcome = 0], id) => {
      now += later;
      return {
        id, thread, name: data.names[name], start: now, end: now + length, outcome,
        state: STATE_NAMES[state], place: place - 1,
        routine: data.names[name] === 'completion routine', collects: [],
      };
    });
  const operations = data.operations.map(([from, by, outcome, atOnce, end], id) => {
    const started = calls[from];
    const collector = calls[by];
    const operation = {
      id, started, collector, outcome, atOnce: atOnce === 1, place: started.place,
      kind: kindOf(started, data.places),
      start: started.start,
      end: collector ? (collector.routine ? collector.start : collector.end) : end,
    };
    started.starts = operation;
    collector?.collects.push(operation);
    return operation;
  });
  const posts = data.posts.map(([by, taker], id) => {
    const post = { id, start: calls[by].end, end: calls[taker]?.end ?? data.length };
    calls[by].posts = post;
    if (calls[taker]) calls[taker].takesPost = post;
    return post;
  });
  const threads = data.threads.map(([label, role], at) => ({
    label, role, calls: calls.filter((call) => call.thread === at),
  }));
  const places = data.places.map(([label, kind], at) => ({
    label, kind, ...lifeOf(calls.filter((call) => call.place === at), data.length),
  }));
  return {
    program: data.program, length: data.length, threads, places, calls, operations, posts,
    hasPort: calls.some((call) => TAKES_PACKETS.test(call.name)),
    isFiles: data.places.some(([, kind]) => kind === 'block'),
    axis: { times: data.axis[0], at: data.axis[1] },
  };
}

function kindOf(call, places) {
  if (places[call.place]?.kind === 'accept') return 'accept';
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

// `state`: one of STATE_NAMES, `routine`, or `absent` before its first call and after its last.
// `call`: the innermost call that it is in. `last`: the call that has returned last.
// `holds`: what its last wait for a packet gave it, while it works on that.
function threadAt({ calls }, time) {
  let at = lastBefore(calls, time);
  const last = calls[at];
  if (!last) return { state: 'absent' };
  const open = [];
  for (; at >= 0; --at) {
    const each = calls[at];
    if (each.end > time) open.push(each);
    // Calls lie one after another or within each other; what encloses nothing that is open is past.
    else if (open.length === 0 && isOuter(calls, at)) break;
    if (open.length > 0 && isOuter(calls, at)) break;
  }
  const routine = open.find((each) => each.routine);
  const call = open.find((each) => !each.routine);
  if (open.length === 0 && time >= calls.at(-1).end && last === calls.at(-1))
    return { state: 'absent', last };
  const within = routine && (!call || call.start < routine.start) ? undefined : call;
  return {
    state: routine ? 'routine' : call?.state ?? 'running',
    call: within,
    routine,
    last,
    holds: TAKES_PACKETS.test(within?.name) ? undefined : heldAt(calls, time),
  };
}

// Whether no call of the same thread encloses this one.
function isOuter(calls, at) {
  calls.outer ??= outerOf(calls);
  return calls.outer[at];
}

function outerOf(calls) {
  let end = -1;
  return calls.map((call) => {
    const outer = call.start >= end;
    if (outer) end = call.end;
    return outer;
  });
}

function heldAt(calls, time) {
  for (let at = lastBefore(calls, time); at >= 0; --at) {
    const call = calls[at];
    if (!TAKES_PACKETS.test(call.name)) continue;
    if (call.end > time) return undefined;
    return call.collects[0] ?? call.takesPost;
  }
  return undefined;
}

/** The place of the last of `calls`, sorted by start, that has begun at `time`; -1 if none has. */
export function lastBefore(calls, time) {
  let [low, high] = [0, calls.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (calls[middle].start <= time) low = middle + 1;
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

/** The times at which anything changes, in order: the steps of the player. */
export function changesOf(film) {
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
  if (x <= xs[0]) return ys[0];
  const next = xs.findIndex((each) => each > x);
  if (next < 0) return ys.at(-1);
  const part = (x - xs[next - 1]) / (xs[next] - xs[next - 1]);
  return ys[next - 1] + part * (ys[next] - ys[next - 1]);
}
