// The words are there in both languages, and the Korean ones belong to what comparison says today.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import test, { afterEach } from 'node:test';

import { titleWithUnit } from '../src/format.mjs';
import { isCall, parseResults, scenariosOf } from '../src/results.mjs';
import { FIGURES, SCENARIOS } from '../src/scenario_words.mjs';
import { LANGUAGES, languageOf, speak, words } from '../src/words.mjs';
import { windows, wine } from './fixture.mjs';

const folder = new URL('../../scenarios/', import.meta.url);
const sources = new Map(readdirSync(folder).map((file) =>
  [file, readFileSync(new URL(file, folder), 'utf8')]));
const kept = parseResults(readFileSync(new URL('../../results/wine-8.0.json', import.meta.url),
  'utf8'));

// The texts that the Korean words were written from: a number of the English texts in each
// file of comparison/scenarios. When one differs, look at the Korean words; then write the new one.
const WRITTEN_FROM = {
  'calls_scenario.cpp': '37d25eea',
  'copy_scenario.cpp': '3a26234e',
  'echo_scenario.cpp': 'c9dc3d2e',
  'figures.hpp': '66adb90a',
  'idle_scenario.cpp': '371d709e',
  'slow_client_scenario.cpp': '8a7289c6',
  'stream_scenario.cpp': '1c73b64b',
};

afterEach(() => speak('en'));

function wordsIn(language) {
  speak(language);
  return words;
}

// The names of all words, with what each is: a text, or a function of so many things.
function shapeOf(value, name = '') {
  if (typeof value === 'function') return [`${name}(${value.length})`];
  if (typeof value !== 'object') return [name];
  return Object.entries(value).flatMap(([key, each]) => shapeOf(each, `${name}.${key}`));
}

test('each language has all words', () => {
  const [english, ...others] = LANGUAGES.map((language) =>
    shapeOf({ ...wordsIn(language), scenarios: '', figures: '' }).sort());
  for (const other of others) assert.deepEqual(other, english);
});

test('the address names the language, else the reader prefers one', () => {
  for (const [search, preferred, language] of [['', 'en-GB', 'en'], ['', 'ko', 'ko'],
    ['', 'ko-KR', 'ko'], ['', 'kok', 'en'], ['', 'de', 'en'], ['?lang=ko', 'en', 'ko'],
    ['?lang=en', 'ko-KR', 'en'], ['?lang=de', 'ko-KR', 'ko'], ['?a=1&lang=ko', 'en', 'ko']])
    assert.equal(languageOf(search, preferred), language, `${search} ${preferred}`);
});

test('a place says how many, as a sentence of the language does', () => {
  for (const [by, numbers, english, korean] of [
    ['connections', ['1'], '1 connection', '연결 1개'],
    ['connections', ['1', '16'], '1 and 16 connections', '연결 1, 16개'],
    ['silent', ['0', '100', '1,000'], '0, 100 and 1,000 silent clients',
      '말 없는 클라이언트 0, 100, 1,000개'],
    ['message_size', ['16', '64'], 'message_size 16 and 64', 'message_size 16, 64']]) {
    assert.equal(wordsIn('en').place(by, numbers), english);
    assert.equal(wordsIn('ko').place(by, numbers), korean);
  }
});

test('each scenario and each figure has its Korean words, and none is left over', () => {
  const scenarios = [...kept.scenarios, ...wine().scenarios];
  const figures = scenarios.flatMap((each) => each.figures).filter(({ name }) => !isCall(name));
  // A new scenario or figure of the program is in no results yet.
  const known = (made, next) => [...new Set([...made.map(({ name }) => name),
    ...[...sources.values()].flatMap((source) =>
      [...source.matchAll(new RegExp(`\\.name = "(\\w+)",\\s*\\.${next} =`, 'g'))])
      .map(([, name]) => name)])].sort();
  assert.deepEqual(Object.keys(SCENARIOS).sort(), known(scenarios, 'question'));
  assert.deepEqual(Object.keys(FIGURES).sort(), known(figures, 'title'));
  for (const [name, texts] of Object.entries(SCENARIOS))
    assert.deepEqual(Object.keys(texts), ['question', 'method', 'see'], name);
});

test('a scenario and a figure that nobody knows keep the words of the results', () => {
  speak('ko');
  const results = windows();
  const [echo] = results.scenarios;
  results.runs = results.runs.filter((run) => run.scenario === 'echo');
  echo.name = 'new';
  echo.figures[0].name = 'new_figure';
  for (const run of results.runs) run.scenario = 'new';
  const [scenario] = scenariosOf(results);
  for (const key of ['question', 'method', 'see']) assert.equal(scenario[key], echo[key]);
  assert.equal(scenario.figures[0].title, echo.figures[0].title);
  assert.equal(scenario.figures.find((each) => each.name === 'threads').title, '스레드\u00a0수');
});

test('a title has its unit in Korean where it has it in English', () => {
  const english = scenariosOf(kept).flatMap((each) => each.figures);
  speak('ko');
  const korean = scenariosOf(kept).flatMap((each) => each.figures);
  english.forEach((figure, index) => {
    const unitOf = (each) => titleWithUnit(each).slice(each.title.length);
    assert.equal(unitOf(korean[index]), unitOf(figure), figure.name);
  });
});

test('the Korean words were written from what comparison says today', () => {
  const said = /\.(?:question|method|see|title) =\s*((?:"(?:[^"\\]|\\.)*"\s*)+)/g;
  const numbers = {};
  for (const [file, source] of sources) {
    const texts = [...source.matchAll(said)].map(([, text]) => text.replace(/"\s*"/g, '').trim());
    if (texts.length > 0)
      numbers[file] = createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 8);
  }
  assert.deepEqual(numbers, WRITTEN_FROM);
});
