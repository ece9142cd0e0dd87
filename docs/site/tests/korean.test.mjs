// The Korean edition in Chromium, and the way from one language to the other.
import assert from 'node:assert/strict';
import test from 'node:test';

import { wordsFor } from '../look/player/texts.mjs';
import {
  KOREAN, LESSONS, PHONE, findInSite, seriousFaults, tooWideForAPhone, useChromium, visitorOf,
} from './site.mjs';

const open = useChromium();
const visit = visitorOf(open);
const language = (page) => page.locator('#language a');
const here = (page) => decodeURIComponent(new URL(page.url()).pathname.slice(1) + new URL(page.url()).hash);

async function follow(page, link, act = () => link.click()) {
  await Promise.all([page.waitForNavigation(), act()]);
}

test('next walks through all Korean lessons in order, and previous walks back', async () => {
  await visit({}, async ({ page, go }) => {
    await go('ko/index.html');
    const walked = [here(page)];
    while (await page.locator('.ways-on .next').count() > 0) {
      await follow(page, page.locator('.ways-on .next'));
      walked.push(here(page));
    }
    assert.deepEqual(walked.slice(0, LESSONS.length + 1),
      ['ko/index.html', ...LESSONS.map((each) => `ko/${each}`)]);
    assert.equal(walked.at(-1), 'ko/evidence.html');
    for (const name of walked.slice(0, -1).reverse()) {
      await follow(page, page.locator('.ways-on .previous'));
      assert.equal(here(page), name);
    }
  });
});

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

test('the search finds Korean and English words, and names of the code', async () => {
  const wanted = {
    '완료 포트': 'ko/lesson5.html',
    '포트': 'ko/glossary.html#term-completion-port',
    'completion port': 'ko/glossary.html#term-completion-port',
    GetQueuedCompletionStatus: 'ko/call-getqueuedcompletionstatus.html',
    echo_server: 'classnonblocking_1_1echo__server.html',
  };
  await visit({}, async ({ page, go }) => {
    await go('ko/index.html');
    for (const [words, target] of Object.entries(wanted)) {
      const found = await findInSite(page, words);
      const targets = await found.evaluateAll((all) => all.map((each) => each.href));
      assert.ok(targets.some((each) => each.endsWith(`/${target}`)), `${words}: ${targets}`);
    }
    await (await findInSite(page, '완료 포트')).first().click();
    await page.waitForURL(/\/ko\/(?!index)[\w-]+\.html/);
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

test('a phone scrolls a Korean page in one direction only', async () => {
  const read = KOREAN.filter((each) => !/\/(?:call-|exercise-|usergroup|dir_|graph_)/.test(each));
  assert.ok(read.length > 25);
  assert.deepEqual(await tooWideForAPhone(visit, [...read, 'ko/exercise-1-1.html']), []);
});

test('axe finds no serious fault in Korean pages, in light, in dark and on a phone', async () => {
  assert.deepEqual(await seriousFaults(visit, ['index', 'lesson1', 'exercise-1-1', 'glossary'].map(
    (each) => `ko/${each}.html`)), []);
});
