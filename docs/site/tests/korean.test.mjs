// The Korean edition in Chromium, and the way from one language to the other.
import assert from 'node:assert/strict';
import test from 'node:test';

import { wordsFor } from '../look/player/texts.mjs';
import { PHONE, findInSite, serve, useChromium, visitorOf } from './site.mjs';

const open = useChromium();
const visit = visitorOf(open);
const language = (page) => page.locator('#language a');
const here = (page) => decodeURIComponent(new URL(page.url()).pathname.slice(1) + new URL(page.url()).hash);

async function follow(page, link, act = () => link.click()) {
  await Promise.all([page.waitForNavigation(), act()]);
}

test('the link to the other language keeps the section, both ways', async () => {
  for (const options of [{}, PHONE])
    await visit(options, async ({ page, go }) => {
      await go('ko/lesson5.html');
      // One behind which the next is far.
      const anchors = page.locator('.contents :is(h1, h2, h3) .anchor[id^="lesson5-"]');
      const name = await anchors.evaluateAll((all) => {
        const tops = all.map((each) => each.parentElement.getBoundingClientRect().top);
        const at = tops.findIndex((top, place) => place > 3 && tops[place + 1] > top + 900);
        all[at].parentElement.scrollIntoView();
        return all[at].id;
      });
      for (const wanted of [`lesson5.html#${name}`, `ko/lesson5.html#${name}`]) {
        await follow(page, language(page));
        assert.equal(here(page), wanted);
      }
      await follow(page, language(page), async () => {
        await language(page).focus();
        await page.keyboard.press('Enter');
      });
      assert.equal(here(page), `lesson5.html#${name}`);
      await go('glossary.html#term-completion-port');
      await follow(page, language(page));
      assert.equal(here(page), 'ko/glossary.html#term-completion-port');
      assert.match(await page.locator(':target').innerText(), /^완료 포트/);
    });
});

test('the link to the other language is there without a script, and on a page of the reference', async () => {
  await visit({ javaScriptEnabled: false }, async ({ page, go }) => {
    await go('lesson1.html');
    assert.equal(await language(page).innerText(), '한국어');
    await follow(page, language(page));
    assert.equal(here(page), 'ko/lesson1.html');
    assert.equal(await language(page).innerText(), 'English');
    await go('classiocp_1_1server.html');
    await follow(page, language(page));
    assert.equal(here(page), 'ko/index.html');
  });
});

test('the link to the other language stands beside the name of the site, whole', async () => {
  for (const options of [{}, PHONE])
    await visit(options, async ({ page, go }) => {
      for (const name of ['lesson1.html', 'ko/lesson1.html']) {
        await go(name);
        const link = await language(page).boundingBox();
        const title = await page.locator('#projectname').boundingBox();
        const whole = await page.locator('#top').boundingBox();
        assert.ok(link.x >= title.x + title.width - 1, name);
        assert.ok(link.x + link.width <= whole.x + whole.width, `${name}: ${link.x + link.width}`);
        assert.ok(link.y >= whole.y && link.height >= 24, name);
      }
    });
});

test('a Korean page speaks Korean: its tree, its player, its lines', async () => {
  await visit({}, async ({ page, go }) => {
    await go('ko/lesson1.html');
    const names = await page.locator('.lesson-head dt').allInnerTexts();
    assert.deepEqual(names.filter((each) => !/[가-힣]/.test(each)), []);
    await page.locator('#nav-tree').getByText('찾아보기', { exact: true }).waitFor();
    await page.locator('.player').first().getByRole('button', { name: '재생', exact: true }).waitFor();
    await page.locator('.player-event').first().filter({ hasText: /스레드 “/ }).waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).wordBreak), 'keep-all');
    // Code leads to the English reference, and what quotes it to the source.
    assert.match(await page.locator('.quoted a').first().getAttribute('href'),
      /^\.\.\/\w+_source\.html#l\d+$/);
    assert.ok(await page.locator('.fragment a[href^="../"]').count() > 3);
  });
});

test('the player has each of its words in both languages', () => {
  const keysOf = (words) => Object.entries(words).flatMap(
    ([key, word]) => (typeof word === 'object' ? keysOf(word).map((each) => `${key}.${each}`) : key));
  assert.deepEqual(keysOf(wordsFor('ko')), keysOf(wordsFor('en')));
  assert.equal(wordsFor('ko-KR').play, '재생');
});

// As GitHub Pages does, the server of the tests answers with 404.html, also for a project's site.
test('an address without a page leads to the front pages, also below those in Korean', async () => {
  const site = await serve('test', '/project');
  try {
    for (const name of ['nothing.html', 'ko/nothing.html', 'ko/search/nothing.html']) {
      const { page, complaints, go } = await open({}, site.address);
      await go(name);
      await page.locator('doxygen-awesome-dark-mode-toggle').waitFor();
      // Chromium looks ahead for what a page needs, before the page's own script says where that is.
      assert.deepEqual(complaints.filter((each) => !/ is missing$|status of 404/.test(each)), []);
      for (const [words, target] of [['front page', 'index.html'], ['첫 페이지', 'ko/index.html'],
        ['한국어', 'ko/index.html']])
        assert.equal(await page.getByRole('link', { name: words, exact: true }).evaluate(
          (each) => each.href), `${site.address}/${target}`, name);
      const found = await findInSite(page, 'epoll');
      assert.match(await found.first().evaluate((each) => each.href), /\/project\/from-here\.html/);
      await page.close();
    }
  } finally {
    site.close();
  }
});
