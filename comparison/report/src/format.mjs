// Numbers and times as text, the same on every machine.

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
  return isWord(unit) ? `${number(value)} ${unitName(unit)}` : number(value);
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

/** "A, B and C". */
export function list(items) {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** "3 rounds". */
export function count(value, noun) {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** "23 November 2026, 17:00 UTC" for "2026-11-23T17:00:00Z". */
export function moment(iso) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(iso ?? '');
  if (!parts) return iso ?? '';
  const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August',
    'September', 'October', 'November', 'December'];
  const [, year, month, day, time] = parts;
  return `${Number(day)} ${months[Number(month) - 1]} ${year}, ${time} UTC`;
}
