// Reads a recording of --trace (Chrome's Trace Event format) into threads, calls and operations.
// All times are in milliseconds since the recorder started.

/** A recording that cannot be read, with a reason for the user. */
export class RecordingError extends Error {}

/** The content of `text`, a recording. Throws RecordingError. */
export function parseRecording(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new RecordingError(`is not JSON: ${error.message}`);
  }
  if (!Array.isArray(data?.traceEvents))
    throw new RecordingError('is not a recording: it has no "traceEvents"');

  const threads = new Map();
  const operations = new Map();
  for (const event of data.traceEvents) readEvent(event, threads, operations);
  for (const operation of operations.values())
    if (operation.end === undefined)
      throw new RecordingError(`operation ${operation.id} (${operation.name}) has no end`);

  const all = [...threads.values()].filter((each) => each.spans.length > 0);
  if (all.length === 0) throw new RecordingError('holds no call');
  for (const thread of all) nest(thread);
  const spans = all.flatMap((each) => each.spans);
  const ended = [...operations.values()];
  return {
    program: String(data.otherData?.program ?? ''),
    dropped: Number(data.otherData?.dropped ?? 0),
    threads: all.sort((a, b) => a.order - b.order),
    operations: ended.sort((a, b) => a.start - b.start),
    start: Math.min(...spans.map((each) => each.start)),
    end: Math.max(...spans.map((each) => each.end), ...ended.map((each) => each.end)),
  };
}

function readEvent(event, threads, operations) {
  const thread = () => {
    if (!threads.has(event.tid))
      threads.set(event.tid, { id: event.tid, name: '', order: threads.size, spans: [] });
    return threads.get(event.tid);
  };
  const args = event.args ?? {};
  if ((event.cat === 'call' || event.ph === 'b') && args.kind === undefined)
    throw new RecordingError(`is too old: "${event.name}" has no kind; record it anew`);
  if (event.ph === 'M' && event.name === 'thread_name') thread().name = String(args.name);
  if (event.ph === 'M' && event.name === 'thread_sort_index')
    thread().order = Number(args.sort_index);
  if (event.ph === 'X')
    thread().spans.push({
      routine: event.cat === 'routine',
      name: event.name,
      kind: args.kind ?? 'other',
      start: milliseconds(event.ts, event),
      end: milliseconds(event.ts + event.dur, event),
      args,
    });
  if (event.ph === 'b')
    operations.set(event.id, {
      id: event.id,
      name: event.name,
      kind: args.kind,
      handle: args.handle ?? '',
      issuer: event.tid,
      start: milliseconds(event.ts, event),
      end: undefined,
    });
  if (event.ph === 'e') {
    const operation = operations.get(event.id);
    if (!operation)
      throw new RecordingError(`operation ${event.id} (${event.name}) has no beginning`);
    operation.end = milliseconds(event.ts, event);
    operation.collector = event.tid;
    operation.bytes = args.bytes;
    operation.error = args.error ?? 0;
    operation.by = String(args.by ?? '');
    operation.cancelled = args.cancelled === true;
  }
}

function milliseconds(microseconds, event) {
  if (!Number.isFinite(microseconds))
    throw new RecordingError(`event "${event.name}" has no time`);
  return microseconds / 1000;
}

// Gives each span of a thread its depth: 0 for a call of the program, 1 for a routine that runs
// inside one, and so on.
function nest(thread) {
  thread.spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const open = [];
  for (const span of thread.spans) {
    while (open.length > 0 && open[open.length - 1].end <= span.start) open.pop();
    span.depth = open.length;
    open.push(span);
  }
}
