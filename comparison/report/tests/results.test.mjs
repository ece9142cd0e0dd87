import assert from 'node:assert/strict';
import test from 'node:test';

import {
  callsOf, labelsOf, parametersOf, parseResults, ResultsError, roundsMissing, scenariosOf,
  troubleOf,
} from '../src/results.mjs';
import { interrupted, nothing, wine } from './fixture.mjs';

test('results are read as they were written', () => {
  assert.deepEqual(parseResults(JSON.stringify(wine())), wine());
});

test('what is no file of results is refused with the reason', () => {
  for (const [text, reason] of [['{', /is not JSON/], ['[]', /holds no results/],
    ['null', /holds no results/], ['{"runs":[]}', /format undefined/],
    ['{"runs":[],"format":1,"models":[],"scenarios":[],"rankings":[]}', /is too old: it does not/],
    ['{"runs":[],"format":2}', /format 2; format 1 is wanted/],
    ['{"runs":[],"format":1,"models":[]}', /no list of scenarios/]])
    assert.throws(() => parseResults(text), (error) =>
      error instanceof ResultsError && reason.test(error.message), text);
});

test('scenarios without runs are left out; the others keep their order, runs and rankings', () => {
  assert.deepEqual(scenariosOf(nothing()), []);
  const scenarios = scenariosOf(interrupted());
  assert.deepEqual(scenarios.map((each) => each.name), ['echo', 'idle']);
  assert.equal(scenarios.reduce((sum, each) => sum + each.runs.length, 0),
    interrupted().runs.length);
  assert.ok(scenarios[0].rankings.length > 0);
  assert.ok(scenarios[0].rankings.every((each) => each.scenario === 'echo'));
});

test('labels are in the order of the models, fewer threads first', () => {
  const { runs, models } = wine();
  const shuffled = [...runs].reverse();
  assert.deepEqual(labelsOf(shuffled, models), ['01_blocking', '02_nonblocking',
    '03_overlapped_event', '04_overlapped_callback', '05_iocp', '05_iocp_threadpool',
    '05_iocp_coroutine', '05_iocp_server', 'asio, 1 thread', 'asio, 4 threads', 'copyfileex']);
});

test('what varies in a scenario is listed in ascending order', () => {
  const [echo, idle, slow] = scenariosOf(wine());
  assert.deepEqual(parametersOf(echo), [1, 16, 64, 256, 1024]);
  assert.deepEqual(parametersOf(idle), [0, 100, 1000, 5000]);
  assert.deepEqual(parametersOf(slow), []);
});

test('a run says why it failed or stopped, and how many rounds it lacks', () => {
  const whole = { rounds: 3, rounds_done: 3, limit: '', failure: '' };
  assert.equal(troubleOf(whole), '');
  assert.equal(roundsMissing(whole), '');
  assert.equal(troubleOf({ ...whole, rounds_done: 1 }), '');
  assert.equal(roundsMissing({ ...whole, rounds_done: 1 }), '1 of 3 rounds');
  assert.equal(troubleOf({ ...whole, limit: 'stopped at 5' }), 'stopped at 5');
  assert.equal(troubleOf({ ...whole, failure: 'it died', rounds_done: 1 }), 'failed: it died');
});

test('calls are listed by how often they are made', () => {
  const calls = callsOf(wine().runs);
  assert.equal(calls.at(-1), 'accept');
  assert.ok(calls.indexOf('recv') < calls.indexOf('WSAPoll'));
  assert.equal(new Set(calls).size, calls.length);
});
