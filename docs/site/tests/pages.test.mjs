// Every page of the site opens in Chromium. The site has to be built before: ./tutorial docs.
import assert from 'node:assert/strict';
import test from 'node:test';

import { KOREAN, PAGES, launch, openTab, serve } from './site.mjs';

// A listing of a source, of a folder or of the places that make a call is like the next one: a handful
// of each stands for all.
const all = [...PAGES, ...KOREAN];
const listings = [/_source\.html$/, /^dir_/, /^call-/, /^ko\/call-/].map(
  (kind) => all.filter((each) => kind.test(each)));
const handful = (many) => many.filter((_, at) => at % Math.ceil(many.length / 5) === 0);
const opened = [...all.filter((each) => !listings.flat().includes(each)),
  ...listings.flatMap(handful)];

test('pages open without a word in the console, and ask nobody else', async () => {
  assert.ok(opened.length > 100, `only ${opened.length} pages`);
  const server = await serve();
  const browser = await launch();
  try {
    const rest = [...opened];
    const tabs = await Promise.all([1, 2].map(() => openTab(browser, server.address)));
    await Promise.all(tabs.map(async ({ go }) => {
      while (rest.length > 0) await go(rest.pop());
    }));
    assert.deepEqual(tabs.flatMap(({ complaints }) => complaints), []);
  } finally {
    await browser.close();
    server.close();
  }
});
