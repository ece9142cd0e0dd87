// The time axis. A run of some hundred milliseconds is mostly waiting, and what happens takes less
// than one: on an even axis nobody would see it. So the stretches in which nothing begins or ends
// anywhere are narrowed, both they and the busy ones grow with the root of their length only, and a
// busy one, a large transfer say, only up to a point.
import { scaleLinear } from 'd3-scale';

// Longer than this, in milliseconds, without a change is a quiet stretch.
const QUIET = 6;
// How wide a quiet stretch is, compared with a busy one of the same length.
const NARROWED = 0.4;
// A busy stretch counts as if it had at least, and at most, these lengths, in milliseconds.
const SHORTEST = 0.4;
const LONGEST = 16;

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

/** A scale from milliseconds to [left, right], even within each of `stretches`. */
export function timeScale(stretches, [left, right]) {
  const whole = stretches.reduce((sum, each) => sum + each.weight, 0);
  const domain = [stretches[0].start];
  const range = [left];
  let done = 0;
  for (const each of stretches) {
    done += each.weight;
    // A busy stretch of one moment has a width all the same: the moment lies at its left end.
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
