// Numbers and times as text, the same on every machine.
import { words } from './words.mjs';

const MINUS = '\u2212';

/** `value` with three significant digits at least: 9876.5 is 9,877 and 0.01234 is 0.0123. */
export function number(value) {
  if (value < 0) return MINUS + number(-value);
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(value)));
  const text = value.toFixed(Math.min(digits, 6));
  const [whole, fraction = ''] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = fraction.replace(/0+$/, '');
  return rest === '' ? grouped : `${grouped}.${rest}`;
}

/** `value` with its unit, where a number can stand before the unit. */
export function withUnit(value, unit) {
  return isWord(unit) ? words.measure(number(value), unitName(unit)) : number(value);
}

/** Whether a number can stand before `unit`: ms, MiB. The title tells of 1/s. */
function isWord(unit) {
  return Boolean(unit) && unit !== '1' && !unit.startsWith('1/');
}

/** A unit as it is written: us is microseconds. */
function unitName(unit) {
  return unit === 'us' ? '\u00b5s' : unit;
}

/** A figure's title with its unit, where the title does not say it. */
export function titleWithUnit({ title, unit }) {
  return isWord(unit) && !title.includes(unit) ? `${title}, ${unitName(unit)}` : title;
}

/** `lowest` to `highest`, or nothing when they are the same. */
export function range({ lowest, highest }) {
  return lowest < highest ? `${number(lowest)}\u2013${number(highest)}` : '';
}

/** "Wine 8.0 on Linux 6.1.0", or what is known of it. */
export function systemOf({ system, host }) {
  return system && host ? words.systemOn(system, host) : system || host || '';
}

/** "23 November 2026, 17:00 UTC" for "2026-11-23T17:00:00Z". */
export function moment(iso) {
  const [, time] = /T(\d\d:\d\d)/.exec(iso ?? '') ?? [];
  return time ? words.moment(day(iso), time) : iso ?? '';
}

/** "23 November 2026" of the same. */
export function day(iso) {
  const [, ...parts] = /^(\d{4})-(\d\d)-(\d\d)T/.exec(iso ?? '') ?? [];
  return parts.length > 0 ? words.day(...parts.map(Number)) : iso ?? '';
}
