// No link inside the site leads nowhere; told from the files, without a browser.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import test from 'node:test';
import { Script } from 'node:vm';

import { FOLDER, KOREAN, PAGES } from './site.mjs';

// Each language has its own folder, with its own tree of pages and its own search.
const LANGUAGES = ['', 'ko'];
const all = [...PAGES, ...KOREAN];
const texts = new Map(all.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
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
  const target = path === '' ? page : join(dirname(page), path);
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
  for (const folder of LANGUAGES) {
    const scripts = readdirSync(join(FOLDER, folder)).filter((each) => each.endsWith('.js'));
    const targets = scripts.flatMap((name) => {
      const text = readFileSync(join(FOLDER, folder, name), 'utf8');
      return [...text.matchAll(/^ +\[ ".*", "((?:\.\.\/)?[\w-]+\.html)(?:#[\w-]+)?", /gm)]
        .map((each) => join(folder, each[1]));
    });
    assert.ok(targets.length > 100, `only ${targets.length} entries`);
    assert.deepEqual(targets.filter((each) => !texts.has(each)), []);
  }
});

test('the search leads to places that are there', () => {
  for (const language of LANGUAGES) {
    const folder = join(language, 'search');
    const scripts = readdirSync(join(FOLDER, folder)).filter((each) => /^all_\w+\.js$/.test(each));
    const addresses = scripts.flatMap((name) => {
      const text = readFileSync(join(FOLDER, folder, name), 'utf8');
      return [...text.matchAll(/"(\.\.\/[^"]+)"/g)].map((each) => each[1]);
    });
    assert.ok(addresses.length > 1000, `only ${addresses.length} places`);
    assert.deepEqual(
      [...new Set(addresses.map((each) => faultOf(`${folder}/all`, each)).filter(Boolean))], []);
  }
});

test('a Korean page and the English one lead to each other, and name their sections alike', () => {
  const linkOf = (page) => texts.get(page).match(/<td id="language"><a href="([^"]*)"/)?.[1];
  const sectionsOf = (page) => [...idsOf(page)].filter((each) =>
    /^(?:term|like)-/.test(each) || each.startsWith(`${page.replace(/^ko\/|\.html$/g, '')}-`)).sort();
  for (const page of all) assert.ok(linkOf(page), `${page} has no link to the other language`);
  const read = KOREAN.filter((each) => linkOf(each) === `../${each.slice(3)}`);
  assert.ok(read.length > 100, `only ${read.length} pages`);
  // The others are those that Doxygen made of itself.
  assert.deepEqual(KOREAN.filter(
    (each) => !read.includes(each) && !/^ko\/(?:dir_|graph_|usergroup)/.test(each)), []);
  for (const page of read) {
    assert.match(texts.get(page), /<html [^>]*lang="ko/, page);
    assert.equal(linkOf(page.slice(3)), page);
    assert.deepEqual(sectionsOf(page), sectionsOf(page.slice(3)), page);
  }
});

test('no page keeps a mark of what made it', () => {
  for (const [page, text] of texts) {
    assert.doesNotMatch(text, /href="(?:source:)?"/, page);
    assert.doesNotMatch(text, /\\addtogroup|\\htmlonly|\\cond\b|<!-- en:/, page);
  }
});

test('links to other places are to https only', () => {
  for (const [page, text] of texts) assert.doesNotMatch(text, /<[^>]*\shref="http:/, page);
});
