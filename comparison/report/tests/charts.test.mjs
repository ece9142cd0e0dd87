import assert from 'node:assert/strict';
import test from 'node:test';

import { parseHTML } from 'linkedom';

import { describe, widthOf } from '../src/chart_parts.mjs';
import { chartsOf } from '../src/layout.mjs';
import { apart } from '../src/line_chart.mjs';
import { looksOf } from '../src/looks.mjs';
import { callFigure, callsOf, kindOf, labelsOf, scenariosOf } from '../src/results.mjs';
import { speak } from '../src/words.mjs';
import { hostile, interrupted, single, windows, wine } from './fixture.mjs';

const { document } = parseHTML('<html></html>');

// Every chart of `results`, drawn: { scenario, chart, labels, svg }.
function drawn(results, width = 500) {
  return scenariosOf(results).flatMap((scenario) => {
    const labels = labelsOf(scenario.runs, results.models);
    const looks = looksOf(labels, scenario.runs);
    return chartsOf(scenario).map((chart) =>
      ({ scenario, chart, labels, svg: chart.draw(looks, { document, width, tips: false }) }));
  });
}

const marksOf = (svg, index) => [...svg.querySelectorAll(`.s${index}`)]
  .filter((each) => each.querySelector('path, circle, rect, text, line'));

test('labels stay where there is room, and are moved apart where there is none', () => {
  assert.deepEqual(apart([10, 50], 15, 0, 100), [10, 50]);
  assert.deepEqual(apart([50, 50, 50], 10, 0, 100), [40, 50, 60]);
  assert.deepEqual(apart([100, 99], 10, 0, 100), [100, 90]);
  assert.deepEqual(apart([0, 0, 12], 10, 0, 100), [0, 10, 20]);
  assert.deepEqual(apart([], 10, 0, 100), []);
});

test('labels keep their order and their gap, whatever they were', () => {
  const places = [80, 3, 81, 79, 20, 22, 80, 5];
  const moved = apart(places, 9, 0, 100);
  const order = places.map((_, index) => index).sort((a, b) => moved[a] - moved[b]);
  order.slice(1).forEach((each, index) => {
    assert.ok(moved[each] - moved[order[index]] >= 9 - 1e-9);
    assert.ok(places[each] >= places[order[index]]);
  });
});

test('a letter of Hangul is as wide as high', () => {
  assert.equal(widthOf(['abc'], 10), 17.4);
  assert.equal(widthOf(['스레드', 'abc'], 10), 30);
  assert.equal(widthOf(['스레드', '스레드의'], 10), 40);
});

test('the calls of a chart are told apart as the figures beside it count them', () => {
  const results = wine();
  const scenario = scenariosOf(results).find((each) => each.name === 'calls');
  for (const run of scenario.runs) {
    const sums = { moves: 0, waits: 0, other: 0 };
    for (const call of callsOf([run]))
      sums[kindOf(scenario, call)] += callFigure(run, call).median;
    const { io_calls_per_echo: io, waits_per_echo: waits } = run.figures;
    assert.ok(Math.abs(sums.moves - io.median) < 0.05, `${run.label}: ${sums.moves}`);
    assert.ok(Math.abs(sums.waits - waits.median) < 0.05, `${run.label}: ${sums.waits}`);
  }
});

test('every scenario has a chart, in every kind of results', () => {
  for (const results of [wine(), windows(), interrupted(), single(), hostile()]) {
    const scenarios = new Set(drawn(results).map((each) => each.scenario.name));
    assert.deepEqual([...scenarios], scenariosOf(results).map((each) => each.name));
  }
});

test('each chart has marks for every label that has its figure or a failure', () => {
  for (const { scenario, chart, labels, svg } of drawn(wine()))
    labels.forEach((label, index) => {
      const runs = scenario.runs.filter((run) => run.label === label);
      const wanted = runs.some((run) => run.failure || (chart.calls
        ? Object.keys(run.figures).length > 0
        : chart.figures.every((figure) => run.figures[figure.name])));
      if (wanted)
        assert.ok(marksOf(svg, index).length > 0, `${scenario.name}, ${chart.title}: ${label}`);
    });
});

test('a chart says in words what it shows', () => {
  for (const { chart, svg, scenario } of drawn(wine())) {
    assert.equal(svg.getAttribute('role'), 'img');
    const words = svg.getAttribute('aria-label');
    assert.ok(words.includes('05_iocp'), `${scenario.name}, ${chart.title}: ${words}`);
  }
});

test('a failure is drawn in the chart, with its reason where there is room for one', () => {
  const echo = drawn(wine()).filter((each) => each.scenario.name === 'echo');
  for (const { svg } of echo) assert.equal(svg.querySelectorAll('.stopped').length, 1);
  const slow = drawn(wine(), 900).filter((each) => each.scenario.name === 'slow_client');
  for (const { svg } of slow)
    assert.match(svg.querySelector('.stopped').textContent, /failed: the ordinary clients got no/);
});

test('a model that stopped is drawn where it stopped', () => {
  const { svg, labels } = drawn(wine()).find((each) =>
    each.scenario.name === 'idle' && each.chart.title === 'threads');
  const words = svg.getAttribute('aria-label');
  assert.match(words, /01_blocking: 12 at 0, 2,042 at 2,030;/);
  const marks = (label) => marksOf(svg, labels.indexOf(label)).length;
  assert.equal(marks('01_blocking'), marks('02_nonblocking') + 1); // the cross
});

test('a number that is not there makes no mark, and no NaN', () => {
  for (const results of [wine(), windows(), interrupted(), single(), hostile()])
    for (const { svg } of drawn(results))
      assert.doesNotMatch(svg.outerHTML, /NaN|Infinity|undefined/);
});

// The scenario `from` of `results` under a name that the report has never heard of.
function renamed(results, from) {
  for (const each of [...results.scenarios, ...results.runs, ...results.rankings])
    if ((each.scenario ?? each.name) === from) {
      if (each.scenario) each.scenario = 'new';
      else each.name = 'new';
    }
  const scenario = results.scenarios.find((each) => each.name === 'new');
  return { scenario, figure: (name) => scenario.figures.find((each) => each.name === name) };
}

const chartsOfNew = (results) => drawn(results).filter((each) => each.scenario.name === 'new');
const titles = (charts) => charts.map((each) => each.chart.title);

test('a scenario that nobody knows gets a chart for each of its figures', () => {
  const results = wine();
  const { scenario } = renamed(results, 'stream');
  for (const each of scenario.figures) {
    delete each.chart;
    delete each.log;
  }
  assert.deepEqual(titles(chartsOfNew(results)),
    ['MB/s', 'processor time per MiB', 'memory', 'threads']);
});

test('each figure says what it is drawn as: its size, its axis, and from which other', () => {
  const results = wine();
  const { figure } = renamed(results, 'stream');
  figure('threads').chart = 'wide';
  figure('megabytes_per_second').chart = 'none';
  figure('cpu_us_per_mib').chart = 'small';
  Object.assign(figure('memory_mib'), { chart: 'small', from: 'megabytes_per_second' });
  const charts = chartsOfNew(results);
  assert.deepEqual(charts.map(({ chart }) => [chart.size, chart.title]), [['wide', 'threads'],
    ['small', 'processor time per MiB'], ['small', 'MB/s \u2192 memory']]);
  assert.match(charts.at(-1).svg.textContent, /\d \u2192 \d/);
});

test('what varies in a scenario that nobody knows is the axis of its charts', () => {
  const results = wine();
  const { scenario } = renamed(results, 'echo');
  scenario.by = 'message_size';
  for (const run of results.runs.filter((each) => each.scenario === 'new')) {
    run.message_size = run.connections;
    delete run.connections;
  }
  const [{ svg }] = chartsOfNew(results);
  assert.match(svg.getAttribute('aria-label'), /^p99, over message_size\. 01_blocking: .* at 1,/);
});

test('calls get their chart in any scenario, also where nothing varies', () => {
  const results = wine();
  const { scenario } = renamed(results, 'calls');
  assert.deepEqual(titles(chartsOfNew(results)), ['calls per echo, 1 connection',
    'calls per echo, 64 connections', 'I/O calls per echo', 'waits per echo']);
  scenario.by = null;
  results.runs = results.runs.filter((each) => each.scenario !== 'new' || each.connections === 1);
  assert.deepEqual(titles(chartsOfNew(results)).slice(0, 1), ['calls per echo']);
});

test('a run is described in Korean; what its program said stays', (t) => {
  speak('ko');
  t.after(() => speak('en'));
  const run = { label: '05_iocp', rounds: 3, rounds_done: 1, failure: 'it died', limit: '' };
  const value = { median: 4.9, lowest: 4.5, highest: 5 };
  assert.equal(describe(run, [{ figure: { title: '메모리', unit: 'MiB' }, value }], '연결 16개'),
    '05_iocp, 연결 16개\n메모리: 4.9 MiB  (4.5\u20135)\n3라운드 가운데 1라운드\n실패: it died');
  const call = { title: 'WSARecv', unit: 'per echo' };
  assert.match(describe(run, [{ figure: call, value }], ''), /^05_iocp\nWSARecv: 에코 하나에 4\.9번  /);
});
