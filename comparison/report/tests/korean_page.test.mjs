// The page in Korean, and the way between the languages, in Chromium.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';

import { drawPicture } from '../src/picture.mjs';
import { browser, folder, look, open } from './browser.mjs';
import * as fixture from './fixture.mjs';

// English words that Koreans read, too: units, and names that are in our own texts.
const KNOWN = new Set(['p', 'k', 'ms', 's', 'MB', 'KiB', 'MiB', 'GiB', 'UTC', 'A', 'B', 'I', 'O',
  'Windows', 'Wine', 'Overlapped', 'ReadFile', 'recv', 'trace', 'Observable', 'Plot', 'comparison']);

// All words on the page, also those for readers who hear it. The charts cut the reasons of failures.
function textsOf(page) {
  return page.evaluate(() => {
    const main = document.querySelector('main').cloneNode(true);
    for (const each of main.querySelectorAll('.language, .stopped, style, wbr')) each.remove();
    main.normalize();
    const texts = [document.title,
      ...[...main.querySelectorAll('[aria-label]')].map((each) => each.getAttribute('aria-label'))];
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) texts.push(walker.currentNode.data);
    return texts;
  });
}

// Names, and what programs said.
function foreignIn({ environment: { mode, ...environment }, scenarios, models, calls, runs }) {
  return [...Object.values(environment), ...scenarios.map((each) => each.name),
    ...models.map((each) => each.name), ...Object.keys(calls),
    ...runs.flatMap((run) => [run.label, run.failure, run.limit])]
    .filter((each) => typeof each === 'string' && each.length > 1)
    .sort((a, b) => b.length - a.length);
}

test('all words are Korean, but for names, units and what programs said', async () => {
  const check = async (page, results) => {
    const foreign = results ? foreignIn(results) : [];
    const english = (await textsOf(page)).flatMap((text) => foreign
      .reduce((rest, each) => rest.replaceAll(each, ' '), text).match(/[A-Za-z]+/g) ?? []);
    assert.deepEqual([...new Set(english)].filter((word) => !KNOWN.has(word)), []);
    for (const text of await page.locator('text.stopped, .stopped text').allTextContents())
      assert.match(text, /^(\u00d7 실패: |재지 않음$)/);
  };
  await look('wine', check, 'ko');
  for (const name of ['interrupted', 'template'])
    await open(name, { query: '?lang=ko' }, check);
  await open('old', { query: '?lang=ko' }, async (page) =>
    assert.match(await page.locator('main').innerText(), /형식이 0이다\. 필요한 형식은 1이다\.$/));
});

test('the address names the language, else the browser does', async () => {
  const languageOf = (page) => page.evaluate(() => [document.documentElement.lang,
    document.querySelector('h1').textContent, document.title.slice(0, 3)]);
  const english = ['en', 'The comparison', 'The'];
  const korean = ['ko', '비교', '비교,'];
  for (const [query, locale, wanted] of [['', 'en-GB', english], ['', 'ko-KR', korean],
    ['?lang=en', 'ko-KR', english], ['?lang=ko', 'en-GB', korean]])
    await open('single', { query, locale }, async (page) =>
      assert.deepEqual(await languageOf(page), wanted, query + locale));
});

test('a link leads to the same section in the other language, and back', async () => {
  await open('interrupted', { reducedMotion: 'reduce' }, async (page) => {
    const link = page.locator('.language a');
    const inView = (id) => page.waitForFunction((place) => {
      const { top } = document.getElementById(place).getBoundingClientRect();
      return top >= 0 && top < 200;
    }, id);
    await page.locator('nav a[href="#idle"]').click();
    for (const [language, name, next] of [['en', '한국어', 'ko'], ['ko', 'English', 'en']]) {
      assert.equal(await page.getAttribute('html', 'lang'), language);
      assert.equal(await link.textContent(), name);
      assert.deepEqual([await link.getAttribute('lang'), await link.getAttribute('hreflang')],
        [next, next]);
      await link.click();
      await page.waitForURL(`**/interrupted.html?lang=${next}#idle`);
      await inView('idle');
    }
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
  });
});

test('no text of a chart leaves it, on a screen and on a phone', async () => {
  const outside = (page) => page.locator('.plot > svg').evaluateAll((all) => all.flatMap((svg) => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')].filter((each) => {
      const { left, right } = each.getBoundingClientRect();
      return left < frame.left - 2 || right > frame.right + 2;
    }).map((each) => each.textContent);
  }));
  await look('wine', async (page) => assert.deepEqual(await outside(page), []), 'ko');
  await open('wine', { query: '?lang=ko', viewport: { width: 360, height: 740 } }, async (page) =>
    assert.deepEqual(await outside(page), []));
});

test('Korean words are broken between words only, and do not lean', async () => {
  await look('wine', async (page) => {
    const style = (selector, name) => page.locator(selector).first()
      .evaluate((each, property) => getComputedStyle(each)[property], name);
    assert.equal(await style('.see', 'wordBreak'), 'keep-all');
    assert.equal(await style('.stopped text, text.stopped', 'fontStyle'), 'normal');
    assert.match(await style('body', 'fontFamily'), /"Malgun Gothic"/);
  }, 'ko');
});

test('the texts of the picture lie in it, and not on each other', async () => {
  for (const language of ['en', 'ko']) {
    const file = join(folder, `picture.${language}.svg`);
    writeFileSync(file, drawPicture(fixture.wine(), language));
    const page = await browser.newPage({ viewport: { width: 1000, height: 600 } });
    await page.goto(pathToFileURL(file).href);
    const { boxes, frame } = await page.evaluate(() => ({
      frame: document.documentElement.getBoundingClientRect().toJSON(),
      boxes: [...document.querySelectorAll('svg:root > text')].map((each) =>
        ({ text: each.textContent, ...each.getBoundingClientRect().toJSON() })),
    }));
    await page.close();
    boxes.forEach((a, index) => {
      assert.ok(a.left >= frame.left && a.right <= frame.right, a.text);
      for (const b of boxes.slice(index + 1))
        assert.ok(a.right < b.left || b.right < a.left || a.bottom <= b.top + 4
          || b.bottom <= a.top + 4, `${a.text} | ${b.text}`);
    });
  }
});
