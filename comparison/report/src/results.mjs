// Reads, checks and queries results.json, as comparison writes it.
import { number } from './format.mjs';
import { words } from './words.mjs';

export class ResultsError extends Error {}

const FORMAT = 1;

/** The results in `text`. Throws ResultsError, which says what is wrong. */
export function parseResults(text) {
  let results;
  try {
    results = JSON.parse(text);
  } catch {
    throw new ResultsError(words.faults.noJson);
  }
  if (typeof results !== 'object' || results === null || !Array.isArray(results.runs))
    throw new ResultsError(words.faults.noResults);
  if (results.format !== FORMAT)
    throw new ResultsError(words.faults.format(results.format, FORMAT));
  for (const list of ['models', 'scenarios', 'rankings'])
    if (!Array.isArray(results[list])) throw new ResultsError(words.faults.noList(list));
  if (results.calls === undefined)
    throw new ResultsError(words.faults.noKinds);
  return results;
}

/** The scenarios that have runs, in their order and our words, each with its runs and rankings. */
export function scenariosOf(results) {
  return results.scenarios
    .map((scenario) => ({
      ...scenario,
      ...words.scenarios[scenario.name],
      figures: scenario.figures.map((figure) =>
        ({ ...figure, title: words.figures[figure.name] ?? figure.title })),
      by: scenario.by ?? null,
      calls: results.calls,
      runs: results.runs.filter((run) => run.scenario === scenario.name),
      rankings: results.rankings.filter((each) => each.scenario === scenario.name),
    }))
    .filter((scenario) => scenario.runs.length > 0);
}

/** The labels of `runs`, each once, in the order of `models`; more threads after fewer. */
export function labelsOf(runs, models) {
  const place = new Map(models.map((model, index) => [model.name, index]));
  const first = new Map();
  for (const run of runs) if (!first.has(run.label)) first.set(run.label, run);
  return [...first.values()]
    .sort((a, b) => (place.get(a.model) ?? Infinity) - (place.get(b.model) ?? Infinity)
      || (a.threads_given ?? 0) - (b.threads_given ?? 0))
    .map((run) => run.label);
}

/** The value of `scenario.by` in `run`: its connections, for example. Null where nothing varies. */
export function parameterOf(scenario, run) {
  return scenario.by === null ? null : run[scenario.by] ?? null;
}

/** The values of `scenario.by` that were tried, ascending. */
export function parametersOf(scenario) {
  const all = new Set(scenario.runs.map((run) => parameterOf(scenario, run)));
  return [...all].filter((each) => each !== null).sort((a, b) => a - b);
}

/** The same, or a single null where nothing varies. */
export function stepsOf(scenario) {
  return scenario.by === null ? [null] : parametersOf(scenario);
}

/** "64 connections": the place in `scenario` of runs with `parameters`; empty if nothing varies. */
export function placeOf(scenario, ...parameters) {
  if (parameters[0] === null) return '';
  return words.place(scenario.by, parameters.map(number));
}

/** Why `run` failed or where it stopped, in words; empty when it did neither. */
export function troubleOf(run) {
  return [run.failure ? words.failed(run.failure) : '', run.limit || ''].filter(Boolean).join('; ');
}

/** "1 of 3 rounds" of a run that has fewer than it should, else empty. */
export function roundsMissing(run) {
  return run.rounds_done < run.rounds ? words.roundsMissing(run.rounds_done, run.rounds) : '';
}

const CALL = 'call/';

export function isCall(figure) {
  return figure.startsWith(CALL);
}

/** The calls that any of `runs` made, without the figures' prefix: the most frequent first. */
export function callsOf(runs) {
  const most = new Map();
  for (const run of runs)
    for (const [name, { median }] of Object.entries(run.figures))
      if (isCall(name))
        most.set(name.slice(CALL.length), Math.max(most.get(name.slice(CALL.length)) ?? 0, median));
  return [...most].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
}

/** The kind of `call` as the figures count it: moves, waits, or other. */
export function kindOf(scenario, call) {
  return { receive: 'moves', send: 'moves', wait: 'waits' }[scenario.calls[call]] ?? 'other';
}

export function callFigure(run, call) {
  return run.figures[CALL + call];
}
