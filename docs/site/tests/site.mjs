// The built site, and Chromium to look at it: what the tests share. SITE names the site's folder, if
// it is not the one of ./tutorial docs; CHROMIUM the program, if it is not Debian's.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

export const FOLDER = process.env.SITE ||
  fileURLToPath(new URL('../../../build/docs/html', import.meta.url));
const PATIENCE = 20_000;

export const PHONE = { viewport: { width: 360, height: 740 } };

/** The script of axe, to be run in a page. */
export const axe = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** All pages but the Korean ones, by name. */
export const PAGES = readdirSync(FOLDER).filter((each) => each.endsWith('.html')).sort();

/** The Korean pages. */
export const KOREAN = readdirSync(join(FOLDER, 'ko')).filter((each) => each.endsWith('.html')).sort()
  .map((each) => `ko/${each}`);

/** The lessons, and what else previous and next walk through, from the files' order on the site. */
export const LESSONS = PAGES.filter((each) => /^lesson\d\w?\.html$/.test(each));

/** Defines a test for the pages of each language: `body` is told the language, and where its pages lie. */
export function testInBoth(name, body) {
  for (const [language, folder] of [['en', ''], ['ko', 'ko/']])
    test(`${name} (${language})`, () => body({ language, folder }));
}

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.json': 'application/json',
};

/**
 * Serves the site below `root` on a free port of this machine, as GitHub Pages does; `name` is what the
 * server calls itself.
 */
export async function serve(name = 'test', root = '') {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://x');
    try {
      assert.ok(pathname.startsWith(`${root}/`));
      const path = normalize(decodeURIComponent(pathname.slice(root.length)));
      const content = readFileSync(join(FOLDER, path === '/' ? 'index.html' : path));
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/html', Server: name,
        // The scripts are the same on every page.
        'Cache-Control': 'max-age=600' });
      response.end(content);
    } catch {
      response.writeHead(404, { 'Content-Type': TYPES['.html'] });
      response.end(readFileSync(join(FOLDER, '404.html')));
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { address: `http://127.0.0.1:${server.address().port}${root}`, close: () => server.close() };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    // In a container /dev/shm is small, and one is root, as whom Chromium refuses its sandbox.
    args: ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
}

/** A tab in which pages can be opened, and what they complained of or asked others for. */
export async function openTab(browser, address, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on('console', (message) => complaints.push(`${page.url()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.stack}`));
  page.on('response', (answer) => {
    if (answer.status() >= 400) complaints.push(`${page.url()}: ${answer.url()} is missing`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
      complaints.push(`${page.url()}: asked for ${request.url()}`);
  });
  return { page, complaints, go: (name) => page.goto(`${address}/${name}`) };
}

/**
 * Serves the site to a Chromium while the tests of a file run. Gives a function that opens a tab, of
 * the site or of the server at `address`.
 */
export function useChromium() {
  let server;
  let browser;
  before(async () => {
    server = await serve();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });
  return (options = {}, address = server.address) => openTab(browser, address, options);
}

/** Gives a tab to `body`, and fails if a page in it complained. `open` is of useChromium(). */
export function visitorOf(open) {
  return async (options, body) => {
    const tab = await open(options);
    try {
      await body(tab);
      assert.deepEqual(tab.complaints, []);
    } finally {
      await tab.page.close();
    }
  };
}

// In the dark only the colours are others; on a phone they are the same as in light. To judge colours
// takes most of axe's time.
const COLOURS = { runOnly: ['color-contrast'] };
const BUT_COLOURS = { rules: { 'color-contrast': { enabled: false } } };

/** What axe calls serious on these pages in light, and on `others` in dark and on a phone. */
export async function seriousFaults(visit, names, others = names) {
  const faults = [];
  for (const [options, rules, pages] of [[{ colorScheme: 'light' }, {}, names],
    [{ colorScheme: 'dark' }, COLOURS, others], [PHONE, BUT_COLOURS, others]])
    // At rest: in the middle of a change the player's colours are between two others.
    await visit({ ...options, reducedMotion: 'reduce' }, async ({ page, go }) => {
      for (const name of pages) {
        await go(name);
        await page.evaluate(axe);
        const { violations } = await page.evaluate((chosen) =>
          globalThis.axe.run({ resultTypes: ['violations'], ...chosen }), rules);
        const serious = violations.filter(
          ({ impact }) => ['serious', 'critical'].includes(impact));
        for (const each of serious)
          faults.push(`${JSON.stringify(options)} ${name}: ${each.id}, ${each.nodes.length} times: `
            + each.nodes[0].html.slice(0, 200));
      }
    });
  return faults;
}

/** Those of these pages that are wider than a phone. */
export async function tooWideForAPhone(visit, names) {
  const wide = [];
  await visit(PHONE, async ({ page, go }) => {
    for (const name of names) {
      await go(name);
      const width = await page.evaluate(() => {
        scrollTo(1000, 0);
        const content = document.getElementById('doc-content');
        content?.scrollTo(1000, 0);
        return Math.max(document.documentElement.scrollWidth, 360 + scrollX,
          360 + (content?.scrollLeft ?? 0));
      });
      if (width > 360) wide.push(`${name}: ${width}`);
    }
  });
  return wide;
}

/** Types `words` into the search; returns what it finds, best first. */
export async function findInSite(page, words) {
  const field = page.locator('#MSearchField');
  await field.click();
  await field.fill('');
  await page.keyboard.type(words);
  await page.keyboard.press('End'); // Hangul is typed without keys here, and the search waits for one
  // The frame shows what was found before until its own page has come.
  await page.waitForFunction((typed) => {
    if (globalThis.searchBox.lastSearchValue !== typed) return false;
    const inner = document.querySelector('iframe#MSearchResults')?.contentWindow;
    return !inner || (inner.location.search === `?${escape(typed)}` &&
      inner.document.readyState === 'complete');
  }, words);
  const frame = page.locator('iframe#MSearchResults');
  const results = await frame.count() > 0 ? frame.contentFrame() : page.locator('#MSearchResults');
  const found = results.locator('.SRSymbol:visible');
  await found.first().waitFor();
  return found;
}
