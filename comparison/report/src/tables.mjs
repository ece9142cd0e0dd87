// The tables of everything: each figure of each run stands in one cell, with its exact value.
import { number, range, titleWithUnit } from './format.mjs';
import { breakable, h } from './html.mjs';
import {
  callFigure, callsOf, isCall, parameterOf, placeOf, stepsOf, troubleOf,
} from './results.mjs';
import { words } from './words.mjs';

/** A heading and the tables of `scenario`, in boxes of their own that scroll. */
export function tablesOf(scenario, looks) {
  const plain = scenario.figures.filter((figure) => !isCall(figure.name)
    && scenario.runs.some((run) => run.figures[figure.name]));
  const id = `table-${scenario.name}`;
  const calls = callsOf(scenario.runs);
  return [
    h('h3', { id }, scenario.name),
    box(runTable(scenario, plain, looks), words.figuresTable(scenario.name)),
    ...(calls.length === 0 ? [] : stepsOf(scenario).map(
      (parameter) => box(callTable(scenario, parameter, calls, looks),
        words.callsTable(scenario.name, placeOf(scenario, parameter))))),
  ];
}

function box(table, name) {
  return h('div', { class: 'box', role: 'region', tabindex: '0', 'aria-label': name }, table);
}

// A row per run, a column per figure.
function runTable(scenario, figures, looks) {
  const order = [...looks.keys()];
  const runs = [...scenario.runs].sort((a, b) =>
    (parameterOf(scenario, a) ?? 0) - (parameterOf(scenario, b) ?? 0)
    || order.indexOf(a.label) - order.indexOf(b.label));
  const columns = [
    { title: words.model, key: (run) => order.indexOf(run.label) },
    ...(scenario.by === null ? [] : [{
      title: words.parameter(scenario.by), key: (run) => parameterOf(scenario, run),
    }]),
    { title: words.rounds, key: (run) => run.rounds_done },
    ...figures.map((figure) => ({
      title: titleWithUnit(figure), key: (run) => run.figures[figure.name]?.median,
    })),
  ];
  // A reason stands in the place of the figures where there is none, else behind them.
  const bare = (run) => figures.length > 0 && figures.every(({ name }) => !run.figures[name]);
  const troubled = runs.some((run) => troubleOf(run) && !bare(run));
  const body = h('tbody', {}, runs.map((run) => {
    const row = h('tr', {},
      h('th', { scope: 'row', style: `--own:${looks.get(run.label).paint}` },
        breakable(run.label)),
      scenario.by === null ? null : h('td', {}, number(parameterOf(scenario, run))),
      h('td', {}, run.rounds_done === run.rounds ? String(run.rounds)
        : words.roundsDone(run.rounds_done, run.rounds)),
      troubleOf(run) && bare(run)
        ? h('td', { class: 'reason', colspan: figures.length }, troubleOf(run))
        : figures.map((figure) => cell(scenario, run, figure.name, run.figures[figure.name])),
      troubled ? h('td', { class: 'reason' }, bare(run) ? '' : troubleOf(run)) : null);
    row.run = run;
    return row;
  }));
  const head = h('tr', {}, columns.map((column) => sortable(column, body)),
    troubled ? h('th', { scope: 'col', class: 'reason' }, words.reason) : null);
  return h('table', {}, h('thead', {}, head), body);
}

// A row per call, a column per model: they are too many to stand side by side.
function callTable(scenario, parameter, calls, looks) {
  const runs = [...looks.keys()].flatMap((label) => scenario.runs.filter((run) =>
    run.label === label && parameterOf(scenario, run) === parameter));
  return h('table', { class: 'calls' },
    h('caption', {}, [words.calls, placeOf(scenario, parameter)].filter(Boolean).join(', ')),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, words.call), runs.map((run) =>
      h('th', { scope: 'col', style: `--own:${looks.get(run.label).paint}` },
        breakable(run.label))))),
    h('tbody', {}, calls.map((call) => h('tr', {}, h('th', { scope: 'row' }, call),
      runs.map((run) => cell(scenario, run, `call/${call}`, callFigure(run, call)))))));
}

function cell(scenario, run, name, figure) {
  if (!figure) return h('td', { class: 'absent' }, '\u2013');
  const spread = range(figure);
  return h('td', {
    'data-scenario': run.scenario,
    'data-label': run.label,
    'data-at': parameterOf(scenario, run),
    'data-figure': name,
    'data-value': figure.median,
    'data-lowest': figure.lowest,
    'data-highest': figure.highest,
    title: figure.rounds.join(', '),
  }, number(figure.median), spread ? h('small', {}, spread) : null);
}

// The head of a column, which sorts by it: down first, then up. A missing value stays last.
function sortable({ title, key }, body) {
  const head = h('th', { scope: 'col' }, h('button', { type: 'button' }, title));
  head.firstChild.addEventListener('click', () => {
    const up = head.getAttribute('aria-sort') === 'descending';
    for (const other of head.parentElement.children) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const rows = [...body.children].sort((a, b) => {
      const [x, y] = [key(a.run), key(b.run)];
      if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
      return up ? x - y : y - x;
    });
    body.append(...rows);
  });
  return head;
}
