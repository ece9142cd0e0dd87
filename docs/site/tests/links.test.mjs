// No link inside the site leads nowhere; told from the files, without a browser.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Script } from 'node:vm';

import { FOLDER, PAGES } from './site.mjs';

const texts = new Map(PAGES.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
const ids = new Map();

function idsOf(name) {
  if (!ids.has(name))
    ids.set(name, new Set([...texts.get(name).matchAll(/\s(?:id|name)="([^"]+)"/g)]
      .map((each) => each[1])));
  return ids.get(name);
}

function addressesIn(text) {
  return [...text.matchAll(/<[^>]*?\s(?:xlink:)?(?:href|src)="([^"]*)"/g)].map((each) => each[1])
    .filter((each) => !/^(?:https:|data:|javascript:)/.test(each));
}

function faultOf(page, address) {
  const [path, anchor] = decodeURIComponent(address.replaceAll('&amp;', '&')).split('#');
  const target = path === '' ? page : path;
  if (!existsSync(join(FOLDER, target))) return `${page}: there is no ${address}`;
  if (anchor && target.endsWith('.html') && !idsOf(target).has(anchor))
    return `${page}: ${target} has no #${anchor}`;
  return undefined;
}

test('every link, picture and script of every page is there', () => {
  let links = 0;
  const faults = new Set();
  for (const [page, text] of texts)
    for (const address of addressesIn(text)) {
      ++links;
      const fault = faultOf(page, address);
      if (fault) faults.add(fault);
    }
  assert.ok(links > 10_000, `only ${links} links`);
  assert.deepEqual([...faults], []);
});

test('every script can be read by a browser', () => {
  const scripts = readdirSync(FOLDER, { recursive: true }).filter((each) => each.endsWith('.js'));
  assert.ok(scripts.length > 100, `only ${scripts.length} scripts`);
  for (const name of scripts)
    assert.doesNotThrow(() => new Script(readFileSync(join(FOLDER, name), 'utf8')), name);
});

// To the page, that is: of what stands in a group, Doxygen's tree also names a place in the header's
// page, where it does not stand.
test('the tree of pages leads to pages that are there', () => {
  const scripts = readdirSync(FOLDER).filter((each) => each.endsWith('.js'));
  const targets = scripts.flatMap((name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    return [...text.matchAll(/^ +\[ ".*", "([\w-]+\.html)(?:#[\w-]+)?", /gm)]
      .map((each) => each[1]);
  });
  assert.ok(targets.length > 100, `only ${targets.length} entries`);
  assert.deepEqual(targets.filter((each) => !PAGES.includes(each)), []);
});

test('the search leads to places that are there', () => {
  const scripts = readdirSync(join(FOLDER, 'search')).filter((each) => /^all_\w+\.js$/.test(each));
  const addresses = scripts.flatMap((name) => {
    const text = readFileSync(join(FOLDER, 'search', name), 'utf8');
    return [...text.matchAll(/"\.\.\/([^"]+)"/g)].map((each) => each[1]);
  });
  assert.ok(addresses.length > 1000, `only ${addresses.length} places`);
  assert.deepEqual([...new Set(addresses.map((each) => faultOf('search', each)).filter(Boolean))], []);
});

test('no page keeps a mark of what made it', () => {
  for (const [page, text] of texts) {
    assert.doesNotMatch(text, /href="(?:source:)?"/, page);
    assert.doesNotMatch(text, /\\addtogroup|\\htmlonly|\\cond\b/, page);
  }
});

test('links to other places are to https only', () => {
  for (const [page, text] of texts) assert.doesNotMatch(text, /<[^>]*\shref="http:/, page);
});
