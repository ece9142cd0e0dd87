// The titles of the marks, which a browser shows under the pointer: the calls that a mark stands for,
// with their arguments and results.

// The most calls or operations that a mark lists one by one.
const TOLD = 6;

/** A time or a length, in milliseconds. */
export function milliseconds(time) {
  return `${time < 10 ? time.toFixed(2) : time.toFixed(1)} ms`;
}

/** A call or a routine of a recording: `WSARecv(0x5c) → pending, 0.08 ms`. */
export function callWords({ name, routine, start, end, args }) {
  const length = milliseconds(end - start);
  if (routine) return `${name === 'pool callback' ? name : `routine of ${args.of}`}, ${length}`;
  const notes = [resultWords(args)];
  if (args.bytes !== undefined) notes.push(bytesWords(args.bytes));
  if (args.operation !== undefined) notes.push(`operation ${args.operation}`);
  if (args.collected !== undefined) notes.push(`collects ${listWords(args.collected)}`);
  if (args.unfinished === true) notes.push('not finished');
  const given = [args.handle, args.alertable === true ? 'alertable' : undefined].filter(Boolean);
  return `${name}(${given.join(', ')}) → ${notes.join(', ')}, ${length}`;
}

function resultWords(args) {
  return args.error === undefined ? args.result : `${args.result}, error ${args.error}`;
}

function bytesWords(bytes) {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

function listWords(names) {
  return names.length <= TOLD ? names.join(', ') :
    `${names.slice(0, TOLD).join(', ')} and ${names.length - TOLD} more`;
}

/** An operation: the call that started it, its time in flight, the call that collected it. */
export function operationWords({ id, name, handle, start, end, bytes, error, by, cancelled }) {
  const outcome = cancelled ? 'cancelled' : error !== 0 ? `error ${error}` :
    bytesWords(bytes ?? 0);
  const collected = by === '' || by === name ? 'ended in its own call' : `collected by ${by}`;
  return `${name}(${handle}), operation ${id}: in flight ${milliseconds(end - start)}, `
    + `${collected} → ${outcome}`;
}

/** The title of a mark: its kind, its time, and its parts, one a line. */
export function markWords(what, { start, end }, begin, lines) {
  const told = lines.length <= TOLD ? lines :
    [...lines.slice(0, TOLD), `and ${lines.length - TOLD} more`];
  return [`${what}, ${milliseconds(end - start)}`, `from ${milliseconds(start - begin)} on`, ...told]
    .join('\n');
}
