// Chromium with the page of each sample, for the tests. CHROMIUM names the program, if it is not
// Debian's.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

import { fill } from '../src/fill.mjs';
import { speak } from '../src/words.mjs';
import * as fixture from './fixture.mjs';

export const SAMPLES = ['wine', 'windows', 'interrupted', 'single', 'nothing', 'hostile'];
// Those that are looked at, with the language of the page: the one that has all there is in both.
export const LOOKED_AT = [...SAMPLES.map((name) => [name, 'en']), ['wine', 'ko']];
const PATIENCE = 20_000;

const read = (file) => readFileSync(new URL(file, import.meta.url), 'utf8');
export const axe = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export let folder;
export let browser;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  const template = read('../dist/report.html');
  for (const name of SAMPLES)
    writeFileSync(join(folder, `${name}.html`), fill(template, fixture[name]()));
  writeFileSync(join(folder, 'template.html'), template);
  writeFileSync(join(folder, 'old.html'), fill(template, { ...fixture.single(), format: 0 }));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    // In a container /dev/shm is small, and one is root, as whom Chromium refuses its sandbox.
    args: ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

// A page that shows a sample, and what it complained of or asked for. Its address has `query`.
async function show(name, { query = '', ...options }) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  const address = pathToFileURL(join(folder, `${name}.html`)).href;
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.stack));
  page.on('request', (request) => {
    if (request.url().split(/[?#]/)[0] !== address && !request.url().startsWith('data:'))
      complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(address + query);
  return { page, complaints };
}

// Opens a sample, gives it to `body`, and fails if it complained or asked for anything.
export async function open(name, options, body) {
  const { page, complaints } = await show(name, options);
  try {
    await body(page, fixture[name]?.());
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
  }
}

export function unfold(page) {
  return page.locator('details').evaluateAll((all) => {
    for (const each of all) each.open = true;
  });
}

const shown = new Map();

// The same for those who only look: they share a page. In another language, what is expected of it
// is said in that one, too.
export async function look(name, body, language = 'en') {
  const key = `${name} ${language}`;
  if (!shown.has(key)) shown.set(key, await show(name, { query: `?lang=${language}` }));
  const { page, complaints } = shown.get(key);
  speak(language);
  try {
    await body(page, fixture[name]?.());
  } finally {
    speak('en');
  }
  assert.deepEqual(complaints, []);
}
