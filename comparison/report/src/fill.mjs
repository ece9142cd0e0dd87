// Puts results into the page, as comparison does.

const PLACE = 'id="results">{}</script>';

/** `template` (dist/report.html) with `results` (an object) in its place. */
export function fill(template, results) {
  const [before, after, ...more] = template.split(PLACE);
  if (after === undefined || more.length > 0) throw new Error('the template has not one place');
  const json = JSON.stringify(results).replaceAll('<', '\\u003c');
  return before + PLACE.replace('{}', () => json) + after;
}
