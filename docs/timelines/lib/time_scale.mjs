// The time axis. A run of some hundred milliseconds is mostly waiting, and its calls take less than
// one each: on a linear axis they could not be seen. So quiet stretches, in which nothing begins or
// ends, are narrowed. The width of any stretch grows with the square root of its length, and that of
// a busy one, for example a large transfer, only up to a limit.
import { sum } from 'd3-array';
import { scaleLinear } from 'd3-scale';

// A stretch without a change that is longer than this, in milliseconds, is quiet.
const QUIET = 6;
// The width of a quiet stretch, relative to a busy one of the same length.
const NARROWED = 0.4;
// The least and the greatest length, in milliseconds, that a busy stretch counts for.
const SHORTEST = 0.4;
const LONGEST = 16;

/** The moments of a recording, with its lanes (lanesOf), at which something begins or ends. */
export function momentsOf(recording, lanes) {
  const spans = lanes.threads.flatMap((lane) => [...lane.segments, ...lane.routines]);
  return [...spans, ...recording.operations].flatMap((each) => [each.start, each.end]);
}

/** The stretches between `start` and `end`: { start, end, quiet, weight }. */
export function stretchesOf(moments, start, end) {
  const sorted = [...new Set([start, ...moments, end])].sort((a, b) => a - b);
  const stretches = [];
  const add = (from, to, quiet) => {
    const length = quiet ? to - from : Math.min(Math.max(to - from, SHORTEST), LONGEST);
    stretches.push({
      start: from, end: to, quiet, weight: Math.sqrt(length) * (quiet ? NARROWED : 1),
    });
  };
  let busySince = sorted[0];
  for (let i = 1; i < sorted.length; ++i) {
    if (sorted[i] - sorted[i - 1] <= QUIET) continue;
    add(busySince, sorted[i - 1], false);
    add(sorted[i - 1], sorted[i], true);
    busySince = sorted[i];
  }
  add(busySince, sorted[sorted.length - 1], false);
  return stretches;
}

/** A scale from milliseconds to [left, right], linear within each of `stretches`. */
export function timeScale(stretches, [left, right]) {
  const whole = sum(stretches, (each) => each.weight);
  const domain = [stretches[0].start];
  const range = [left];
  let done = 0;
  for (const each of stretches) {
    done += each.weight;
    // A busy stretch of one moment has a width too; the moment lies at its left end.
    domain.push(Math.max(each.end, domain.at(-1) + 1e-6));
    range.push(left + ((right - left) * done) / whole);
  }
  return scaleLinear().domain(domain).range(range).clamp(true);
}

/** Times that can be written below the axis, `apart` units or more from each other. */
export function ticksOf(stretches, scale, apart) {
  const ticks = [];
  for (const each of stretches) {
    if (each.quiet) continue;
    if (ticks.length === 0 || scale(each.start) - scale(ticks[ticks.length - 1]) >= apart)
      ticks.push(each.start);
  }
  return ticks;
}
