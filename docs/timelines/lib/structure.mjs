// What a recording is made of, without times and without order: which threads there are, what each
// kind of them calls, which operations are started and how their completions are collected. Two runs
// of the same program agree in it.
import { lanesOf } from './lanes.mjs';

// The standard library's locks and joins call these when they have to wait: by chance, and not with
// every compiler. No lesson waits with them.
const BY_CHANCE = new Set(['WaitForSingleObject', 'WaitForMultipleObjects']);

/** The structure of `recording` (parseRecording), as plain data. */
export function structureOf(recording) {
  const { threads, operations } = lanesOf(recording);
  return {
    program: recording.program,
    threads: byRole(threads, (lanes) => ({
      calls: namesOf(lanes.flatMap((lane) => lane.thread.spans.filter(
        (span) => !span.routine && !BY_CHANCE.has(span.name)))),
      alertable: namesOf(lanes.flatMap(
        (lane) => lane.thread.spans.filter((span) => span.args.alertable === true))),
      routines: sorted(lanes.flatMap((lane) => lane.routines.map((each) => each.args.of))),
    })),
    operations: byRole(operations, (lanes) => {
      const all = lanes.flatMap((lane) => lane.operations);
      // Whether a call ends its operation there and then, the last read of a pipe, say, is chance.
      const collected = all.filter((each) => each.by !== each.name);
      return { kinds: namesOf(all), collected: sorted(collected.map((each) => each.by)) };
    }),
  };
}

function byRole(lanes, contentOf) {
  const result = {};
  for (const role of sorted(lanes.map((lane) => lane.role))) {
    const ofRole = lanes.filter((lane) => lane.role === role);
    result[role] = { lanes: ofRole.length, ...contentOf(ofRole) };
  }
  return result;
}

function namesOf(named) {
  return sorted(named.map((each) => each.name));
}

function sorted(names) {
  return [...new Set(names)].sort();
}

/** Where two structures differ, a line each; none when they agree. */
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
