import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { fill } from '../src/fill.mjs';
import { hostile } from './fixture.mjs';

const PLACE = 'id="results">{}</script>';
const template = `<script ${PLACE}<p>`;

test('results take the place of the braces, and can be read back', () => {
  const page = fill(template, hostile());
  assert.ok(page.startsWith('<script id="results">{"format":1,'));
  assert.ok(page.endsWith('}</script><p>'));
  assert.deepEqual(JSON.parse(/id="results">(.*?)<\/script>/s.exec(page)[1]), hostile());
});

test('no text of the results ends the script early', () => {
  const page = fill(template, hostile());
  assert.equal(page.split('</script').length, 2);
});

test('a template without its one place is refused', () => {
  assert.throws(() => fill('<p>', {}), /has not one place/);
  assert.throws(() => fill(template + template, {}), /has not one place/);
});

test('the committed page has its one place, and asks for nothing from outside', () => {
  const page = readFileSync(new URL('../dist/report.html', import.meta.url), 'utf8');
  assert.equal(page.split(PLACE).length, 2);
  assert.ok(page.includes('<script type="application/json" id="results">'));
  assert.match(page, /<meta http-equiv="Content-Security-Policy" content="default-src 'none';/);
  assert.doesNotMatch(page, /<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/);
  assert.ok(page.includes('Copyright') && page.includes('@observablehq/plot 0.6.17'));
});
