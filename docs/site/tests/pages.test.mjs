// Every page of the site opens in Chromium. The site has to be built before: ./tutorial docs.
import assert from 'node:assert/strict';
import test from 'node:test';

import { PAGES, launch, openTab, serve } from './site.mjs';

test('every page opens without a word in the console, and asks nobody else', async () => {
  assert.ok(PAGES.length > 100, `only ${PAGES.length} pages`);
  const server = await serve();
  const browser = await launch();
  try {
    const rest = [...PAGES];
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
