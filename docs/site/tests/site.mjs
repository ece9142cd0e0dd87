// The built site, and Chromium to look at it: what the tests share. SITE names the site's folder, if
// it is not the one of ./tutorial docs; CHROMIUM the program, if it is not Debian's.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

export const FOLDER = process.env.SITE ||
  fileURLToPath(new URL('../../../build/docs/html', import.meta.url));
const PATIENCE = 20_000;

export const PHONE = { viewport: { width: 360, height: 740 } };

/** The script of axe, to be run in a page. */
export const axe = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** All pages, by name. */
export const PAGES = readdirSync(FOLDER).filter((each) => each.endsWith('.html')).sort();

/** The lessons, and what else previous and next walk through, from the files' order on the site. */
export const LESSONS = PAGES.filter((each) => /^lesson\d\w?\.html$/.test(each));

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.json': 'application/json',
};

/** Serves the folder on a free port of this machine; `name` is what it calls itself. */
export async function serve(name = 'test') {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    try {
      const content = readFileSync(join(FOLDER, path === '/' ? 'index.html' : path));
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/html', Server: name,
        // The scripts are the same on every page.
        'Cache-Control': 'max-age=600' });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
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
