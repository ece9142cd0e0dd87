import assert from 'node:assert/strict';
import test from 'node:test';

import { DOMParser } from 'linkedom';

import { drawPicture } from '../src/picture.mjs';
import { ResultsError } from '../src/results.mjs';
import { nothing, windows, wine } from './fixture.mjs';

const parsed = (text) => new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
const textsOf = (svg) => [...svg.querySelectorAll('text')].map((each) => each.textContent);

test('the picture is the same for the same results', () => {
  assert.equal(drawPicture(wine()), drawPicture(wine()));
});

test('the picture has a title, a description, and a place for each model', () => {
  const svg = parsed(drawPicture(wine()));
  assert.equal(svg.getAttribute('role'), 'img');
  assert.equal(svg.querySelector('title').textContent, 'The models side by side');
  const description = svg.querySelector('desc').textContent;
  for (const part of ['threads', 'memory per silent client', 'requests/s', '01_blocking: 3 at 1, 1,026 at 1,024'])
    assert.ok(description.includes(part), description);
  for (const label of ['01_blocking', '05_iocp_server', 'asio, 1 thread', 'asio, 4 threads'])
    assert.ok(textsOf(svg).includes(label), label);
  assert.equal(svg.querySelectorAll('svg.chart').length, 3);
});

test('in Korean it has the same charts, with Korean words', () => {
  const [english, korean] = ['en', 'ko'].map((language) => drawPicture(wine(), language));
  const svg = parsed(korean);
  assert.equal(svg.getAttribute('lang'), 'ko');
  assert.match(svg.getAttribute('font-family'), /"Malgun Gothic".*, sans-serif$/);
  const paths = (text) => text.match(/ d="[^"]*"/g);
  assert.deepEqual(paths(korean), paths(english));
  assert.equal(svg.querySelector('title').textContent, '나란히 놓은 모델');
  const texts = textsOf(svg);
  for (const part of ['말 없는 클라이언트당 메모리, KiB', '연결',
    '작을수록 좋다 \u00b7 \u2192 Windows에도 통한다'])
    assert.ok(texts.includes(part), part);
  assert.match(svg.querySelector('desc').textContent, /01_blocking: 1에서 3, 1,024에서 1,026;/);
  assert.equal(texts.at(-1), 'Linux 6.1.0의 Wine 8.0 \u00b7 A processor that was made up \u00b7 '
    + '커밋 made up \u00b7 2026년 11월 23일');
  assert.equal(drawPicture(wine()), english); // the next one is in English again
});

test('the picture says where its figures are from, and what carries over', () => {
  const texts = textsOf(parsed(drawPicture(wine())));
  assert.equal(texts.at(-1), 'Wine 8.0 on Linux 6.1.0 \u00b7 A processor that was made up \u00b7 '
    + 'commit made up \u00b7 23 November 2026');
  assert.equal(texts.filter((each) => each.includes('carries over')).length, 2);
  assert.equal(texts.filter((each) => each.includes('under Wine only')).length, 1);
});

test('the picture has colours for light and for dark, and each that it uses is defined', () => {
  const text = drawPicture(wine());
  assert.match(text, /@media screen and \(prefers-color-scheme:dark\)/);
  const [, used] = text.split('</style>', 2);
  for (const [, name] of used.matchAll(/var\(--(\w+)\)/g))
    assert.ok(text.includes(`--${name}:#`), name);
  assert.doesNotMatch(text, /NaN|Infinity|undefined/);
});

test('texts of the results are escaped', () => {
  const results = wine();
  results.environment.processor = '</text><script>"&';
  const svg = parsed(drawPicture(results));
  assert.equal(svg.querySelector('script'), null);
  assert.ok(textsOf(svg).at(-1).includes('</text><script>"&'));
});

test('results that lack a chart are refused', () => {
  for (const results of [nothing(), windows()])
    assert.throws(() => drawPicture(results), (error) => error instanceof ResultsError
      && /has too little for the picture/.test(error.message));
});
