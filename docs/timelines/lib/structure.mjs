// The structure of a recording, without times and order, in which two runs of a program agree: its
// threads, the calls of each kind of them, its operations, and how completions are collected.
import { group } from 'd3-array';

import { lanesOf } from './lanes.mjs';

// The standard library's locks and joins call these when they have to wait, which is chance and
// depends on the compiler. No lesson waits with them.
const BY_CHANCE = new Set(['WaitForSingleObject', 'WaitForMultipleObjects']);

// A cancel is repeated until the operation has ended, by whichever thread comes by. Only the first of
// a handle is sure to be there, on a thread that is sure to make it.
function repeatedCancels(lanes) {
  const cancels = lanes.flatMap((lane) => lane.thread.spans)
    .filter((span) => span.name === 'CancelIoEx')
    .sort((one, other) => one.start - other.start);
  const handles = new Set();
  return new Set(cancels.filter(({ args: { handle } }) => {
    const again = handles.has(handle);
    handles.add(handle);
    return again;
  }));
}

/** The structure of `recording` (parseRecording), as plain data. */
export function structureOf(recording) {
  const { threads, operations } = lanesOf(recording);
  const repeated = repeatedCancels(threads);
  return {
    program: recording.program,
    threads: byRole(threads, (lanes) => ({
      calls: namesOf(lanes.flatMap((lane) => lane.thread.spans.filter(
        (span) => !span.routine && !BY_CHANCE.has(span.name) && !repeated.has(span)))),
      alertable: namesOf(lanes.flatMap(
        (lane) => lane.thread.spans.filter((span) => span.args.alertable === true))),
      routines: sorted(lanes.flatMap((lane) => lane.routines.map((each) => each.args.of))),
    })),
    operations: byRole(operations, (lanes) => {
      const all = lanes.flatMap((lane) => lane.operations);
      // It is chance whether a call ends its operation at once, as the last read of a pipe may.
      const collected = all.filter((each) => each.by !== each.name);
      return { kinds: namesOf(all), collected: sorted(collected.map((each) => each.by)) };
    }),
  };
}

function byRole(lanes, contentOf) {
  const roles = [...group(lanes, (lane) => lane.role)].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(roles.map(
    ([role, ofRole]) => [role, { lanes: ofRole.length, ...contentOf(ofRole) }]));
}

function namesOf(named) {
  return sorted(named.map((each) => each.name));
}

function sorted(names) {
  return [...new Set(names)].sort();
}

/** The differences between two structures, one a line; none when they agree. */
export function differences(a, b, path = '') {
  if (isPlain(a) && isPlain(b)) {
    return sorted([...Object.keys(a), ...Object.keys(b)]).flatMap(
      (key) => differences(a[key], b[key], path ? `${path}.${key}` : key));
  }
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)];
  return one === other ? [] : [`${path}: ${one ?? 'none'} / ${other ?? 'none'}`];
}

function isPlain(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
