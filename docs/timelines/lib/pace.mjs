// How fast a film is played. Some hundred milliseconds are shown in some ten seconds: each change stays
// long enough to be seen, a long wait is short, and a large transfer, with its hundreds of changes
// alike, is run through. Films that are played together have one clock. Pure, and also loaded by the
// site's player.
import { between } from './moment.mjs';

// All in seconds at the usual speed, but for QUIET: microseconds, as on the timeline's axis.
const QUIET = 6000;
const BURST = 3.2; // the longest that changes without a quiet stretch between them may take
const REST = 0.3;

/**
 * The pace of `films` (openFilm), whose changes stay for `dwell` seconds each. `times`, in
 * microseconds, are shown at `seconds`; `length` is the last of these.
 */
export function paceOf(films, dwell) {
  const changes = films.flatMap((film, of) => visibleChanges(film, dwell, of))
    .sort((a, b) => a.time - b.time);
  const times = [0];
  const seconds = [0];
  const lastOf = films.map(() => -dwell);
  for (const { time, of, stay } of changes) {
    const at = Math.max(seconds.at(-1) + rest(time - times.at(-1)), lastOf[of] + stay);
    lastOf[of] = at;
    if (time === times.at(-1)) continue;
    times.push(time);
    seconds.push(at);
  }
  const end = Math.max(...films.map((film) => film.length));
  times.push(end + 1);
  seconds.push(seconds.at(-1) + REST);
  return { times, seconds, length: seconds.at(-1) };
}

// How long a wait of `gap` microseconds is shown.
function rest(gap) {
  return gap < QUIET ? (REST * gap) / QUIET : REST + 0.04 * Math.sqrt((gap - QUIET) / 1000);
}

// The changes of a film that can be seen, and how long each stays at the least.
function visibleChanges({ changes }, dwell, of) {
  const runs = [];
  for (const [at, time] of changes.entries()) {
    if (at === 0 || time - changes[at - 1] > QUIET) runs.push([]);
    runs.at(-1).push(time);
  }
  return runs.flatMap((run) => run.map(
    (time) => ({ time, of, stay: Math.min(dwell, BURST / run.length) })));
}

/** The time that is shown at `second`. */
export function timeAt({ times, seconds }, second) {
  return between(seconds, times, second);
}

/** The second at which `time` is shown. */
export function secondAt({ times, seconds }, time) {
  return between(times, seconds, time);
}
