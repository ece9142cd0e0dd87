// The site in Chromium, as a reader sees it. It has to be built before: ./tutorial docs.
import assert from 'node:assert/strict';
import test from 'node:test';

import {
  LESSONS, PAGES, PHONE, findInSite, seriousFaults, serve, tooWideForAPhone, useChromium, visitorOf,
} from './site.mjs';

// Those that are written by hand, and one of each kind that Doxygen makes.
const NAMES = ['index', 'lesson\\d\\w?', 'comparison', 'comparison-report', 'which-model',
  '[\\w-]+-details', 'from-here', 'exercises', 'exercise-1-1', 'what-you-can-do', 'glossary', 'evidence', 'calls', 'contributing', 'timelines', 'writing-lessons', 'support-trace', 'site'];
const OWN = PAGES.filter((each) => new RegExp(`^(?:${NAMES.join('|')})\\.html$`).test(each));
const KINDS = [...OWN, 'call-getqueuedcompletionstatus.html', 'modules.html', 'files.html',
  'group__server.html', 'group__chapter5.html', '404.html', PAGES.find((each) => /^classiocp_1_1.*server\.html$/.test(each)),
  PAGES.find((each) => /echo__server_8cpp_source\.html$/.test(each))];
const open = useChromium();
const visit = visitorOf(open);

test('the search finds a call of Windows, and leads to its page', async () => {
  await visit({}, async ({ page, go }) => {
    await go('index.html');
    const found = await findInSite(page, 'GetQueuedCompletionStatus');
    assert.match(await found.first().innerText(), /GetQueuedCompletionStatus/);
    await found.first().click();
    await page.waitForURL(/call-getqueuedcompletionstatus\.html/);
    assert.match(await page.locator('.contents').innerText(), /Taking a packet/);
  });
});

test('the search finds terms, titles and headings by any of their words', async () => {
  const wanted = {
    'back-pressure': 'glossary.html#term-back-pressure',
    completion: 'lesson5.html',
    port: 'glossary.html#term-completion-port',
    apc: 'glossary.html#term-apc',
    epoll: 'from-here.html#like-epoll',
    'thread pool': 'from-here.html#from-here-windows-own-thread-pool',
    '완료': 'glossary.html#term-completion-packet',
    '패킷': 'glossary.html#term-completion-packet',
    echo_server: 'classnonblocking_1_1echo__server.html',
  };
  await visit({}, async ({ page, go }) => {
    await go('index.html');
    for (const [words, target] of Object.entries(wanted)) {
      const found = await findInSite(page, words);
      const targets = await found.evaluateAll((all) => all.map((each) => each.href));
      assert.ok(targets.some((each) => each.endsWith(`/${target}`)), `${words}: ${targets}`);
    }
    await (await findInSite(page, '완료 패킷')).first().click();
    await page.waitForURL(/glossary\.html#term-completion-packet$/);
    assert.ok(await page.locator('#term-completion-packet').isVisible());
  });
});

test('dark mode follows its switch, and stays from page to page', async () => {
  await visit({ colorScheme: 'light' }, async ({ page, go }) => {
    await go('index.html');
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const isDark = () => page.evaluate(() =>
      document.documentElement.classList.contains('dark-mode'));
    const light = await paper();
    assert.equal(await isDark(), false);
    await page.locator('doxygen-awesome-dark-mode-toggle').click();
    assert.equal(await isDark(), true);
    const dark = await paper();
    assert.notEqual(dark, light);
    await go('lesson1.html');
    assert.equal(await isDark(), true);
    await page.reload();
    assert.equal(await paper(), dark);
    await page.locator('doxygen-awesome-dark-mode-toggle').click();
    assert.equal(await isDark(), false);
    assert.equal(await paper(), light);
  });
});

test('pictures follow the switch too', async () => {
  await visit({ colorScheme: 'dark' }, async ({ page, go }) => {
    await go('lesson5.html');
    const colours = () => page.evaluate(() => ['.timeline .paper', '.timeline .ink',
      '.diagram .box', '.diagram text'].map((each) =>
      getComputedStyle(document.querySelector(each)).fill));
    const dark = await colours();
    await page.locator('doxygen-awesome-dark-mode-toggle').click();
    const light = await colours();
    for (const [place, colour] of dark.entries()) assert.notEqual(colour, light[place], `${place}`);
  });
});

test('next walks through all lessons in order, and previous walks back', async () => {
  assert.ok(LESSONS.length >= 5);
  await visit({}, async ({ page, go }) => {
    const here = () => new URL(page.url()).pathname.slice(1);
    await go('index.html');
    const walked = [];
    while (await page.locator('.ways-on .next').count() > 0) {
      await page.locator('.ways-on .next').click();
      await page.waitForLoadState();
      walked.push(here());
    }
    assert.deepEqual(walked.slice(0, LESSONS.length), LESSONS);
    assert.deepEqual(walked.slice(LESSONS.length),
      ['comparison.html', 'which-model.html', 'from-here.html', 'exercises.html',
        'what-you-can-do.html', 'glossary.html', 'evidence.html']);
    for (const name of ['index.html', ...walked].slice(0, -1).reverse()) {
      await page.locator('.ways-on .previous').click();
      await page.waitForLoadState();
      assert.equal(here(), name);
    }
    assert.equal(await page.locator('.ways-on .previous').count(), 0);
  });
});

test('the map leads to the chapters', async () => {
  await visit({}, async ({ page, go }) => {
    for (const lesson of LESSONS) {
      await go('index.html');
      await page.locator(`.wide.diagram a[href="${lesson}"]`).click();
      await page.waitForURL(new RegExp(`/${lesson}$`));
      const number = lesson.match(/\d\w?/)[0];
      assert.ok((await page.locator('.header .title').innerText()).startsWith(`${number} · `));
    }
  });
});

test('the front page shows the comparison, and a phone can read it', async () => {
  for (const options of [{}, PHONE])
    await visit(options, async ({ page, go }) => {
      await go('index.html');
      const picture = page.locator('.figure.picture a[href="comparison-results.html"] > svg');
      assert.match(await picture.getAttribute('aria-label'), /^Three charts: /);
      const { width } = await picture.boundingBox();
      assert.ok(width > 450, `${width} pixels wide`);
    });
});

test('the front page shows five timelines, which lead to their lessons', async () => {
  await visit({}, async ({ page, go }) => {
    await go('index.html');
    const targets = await page.locator('.gallery a:has(svg)').evaluateAll(
      (all) => all.map((each) => each.getAttribute('href')));
    assert.deepEqual(targets, [1, 2, 3, 4, 5].map((each) => `lesson${each}.html`));
    for (const words of await page.locator('.gallery a').allInnerTexts()) assert.match(words, /: /);
    assert.equal(await page.locator('.gallery svg text').count(), 0);
  });
});

test('no page shows what a class is made of only', async () => {
  await visit({}, async ({ page, go }) => {
    await go(PAGES.find((each) => /^classiocp_1_1server\.html$/.test(each)));
    assert.doesNotMatch(await page.locator('.contents').innerText(), /session_owner/);
    assert.equal(await page.locator('.contents .dynheader').count(), 0);
  });
});

test('a lesson has its head, its contents, and code that leads to its source', async () => {
  await visit({}, async ({ page, go }) => {
    for (const name of LESSONS) {
      await go(name);
      const names = await page.locator('.lesson-head dt').allInnerTexts();
      assert.deepEqual(names, ['You will learn', 'Builds on', 'Time', 'By the end you can',
        'What must always hold', 'Predict before you read on'], name);
      assert.equal(await page.locator('.lesson-head div:last-child li').count(), 2, name);
      assert.ok(await page.locator('.toc li').count() > 5, name);
      assert.ok(await page.locator('.quoted a[href*="_source.html#l"]').count() > 2, name);
    }
    await go('lesson5.html');
    const quoted = page.locator('.quoted a').first();
    const code = await page.locator('.quoted + * .line').first().innerText();
    await quoted.click();
    await page.waitForURL(/_source\.html#l\d+$/);
    const [line] = page.url().match(/l\d+$/);
    const source = await page.locator(`.line:has(#${line})`).innerText();
    assert.ok(source.includes(code.trim()), `${source} / ${code}`);
  });
});

test('the contents stand open beside the text on a wide screen', async () => {
  for (const [width, isOpen] of [[1440, true], [1000, false]])
    await visit({ viewport: { width, height: 900 } }, async ({ page, go }) => {
      for (const name of LESSONS) {
        await go(name);
        const second = page.locator('.contents > .toc > ul a').nth(1);
        const head = await page.locator('.lesson-head').boundingBox();
        const contents = await page.locator('.contents > .toc').boundingBox();
        assert.equal(contents.x >= head.x + head.width, isOpen, name);
        assert.equal(contents.height > 100 && await second.isVisible(), isOpen, name);
      }
    });
});

test('the contents mark the heading that is read, the last one at the end', async () => {
  await visit({ viewport: { width: 1600, height: 900 } }, async ({ page, go }) => {
    await go('lesson1.html');
    const links = page.locator('.contents > .toc > ul a');
    const last = await links.last().innerText();
    await page.locator('#doc-content').evaluate((each) => each.scrollTo(0, each.scrollHeight));
    const marked = page.locator('.contents > .toc > ul a.active');
    await marked.filter({ hasText: last }).waitFor();
    const [{ bottom }, box] = await Promise.all([marked, page.locator('.contents > .toc')].map(
      (each) => each.evaluate((one) => one.getBoundingClientRect().toJSON())));
    assert.ok(bottom <= box.bottom, `${bottom} below ${box.bottom}`);
    assert.equal(await marked.count(), 1);
  });
});

test('a claim leads to the line of its test', async () => {
  await visit({}, async ({ page, go }) => {
    await go('lesson5.html');
    const claim = page.locator('td a', { hasText: 'ImmediateSuccessStillQueuesAPacket' }).first();
    await claim.click();
    await page.waitForURL(/_source\.html#l\d+$/);
    const [line] = page.url().match(/l\d+$/);
    assert.match(await page.locator(`.line:has(#${line})`).innerText(),
      /TEST_F\(iocp_facts, ImmediateSuccessStillQueuesAPacket\)/);
  });
});

test('the word behind a claim leads to its evidence, and so does the search', async () => {
  await visit({}, async ({ page, go }) => {
    await go('lesson5.html');
    const row = page.locator('tr', { hasText: 'ImmediateSuccessStillQueuesAPacket' });
    await row.getByRole('link', { name: /^(?:seen|failed|asserted|documented|expected)$/ }).click();
    await page.waitForURL(/evidence\.html#evidence-iocp_facts\.ImmediateSuccessStillQueuesAPacket$/);
    const marked = page.locator('tr:has(:target)');
    assert.match(await marked.innerText(), /ImmediateSuccessStillQueuesAPacket/);
    await (await findInSite(page, 'ApcRunsOnly')).first().click();
    await page.waitForURL(/evidence\.html#evidence-callback_facts\.ApcRunsOnlyInAnAlertableWait$/);
  });
});

test('a timeline tells what a mark stands for, and stretches time', async () => {
  await visit({}, async ({ page, go }) => {
    await go('lesson5.html');
    const figure = page.locator('.figure.timeline').first();
    const tip = figure.locator('.timeline-tip');
    await figure.locator('[data-operations="client"] rect.receive').first().hover();
    await tip.waitFor();
    assert.match(await tip.innerText(), /WSARecv\(0x\w+\), operation 0x\w+: in flight/);
    assert.match(await tip.innerText(), /collected by GetQueuedCompletionStatus → \d+ bytes?/);

    const width = () => figure.locator('[data-thread="worker"] rect.blocked').first()
      .evaluate((each) => Number(each.getAttribute('width')));
    const before = await width();
    const more = figure.getByRole('button', { name: 'More detail' });
    await more.click();
    assert.ok(Math.abs(await width() - 2 * before) < 1e-6);
    await figure.getByRole('button', { name: 'All of the time' }).click();
    assert.equal(await width(), before);

    await figure.locator('svg').first().focus();
    await page.keyboard.press('ArrowRight');
    const first = await tip.innerText();
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await tip.innerText(), first);
    await page.keyboard.press('Escape');
    assert.equal(await tip.isVisible(), false);
  });
});

test('the glossary gives each term a sentence, its Korean word and a lesson', async () => {
  await visit({}, async ({ page, go }) => {
    await go('glossary.html');
    const rows = await page.locator('.look-up tbody tr').evaluateAll((all) => all.map((row) => ({
      cells: [...row.cells].map((cell) => cell.innerText.trim()),
      language: row.cells[1].lang,
      target: row.cells[3].querySelector('a')?.getAttribute('href'),
    })));
    assert.ok(rows.length > 25);
    for (const { cells, language, target } of rows) {
      assert.equal(language, 'ko');
      assert.match(cells[1], /[가-힣]/, cells[0]);
      assert.match(cells[2], /\.$/, cells[0]);
      assert.match(target, /^lesson\d\w?\.html#/, cells[0]);
    }
  });
});

test('a page says who serves it, if that is chapter 5', async () => {
  const ours = await serve('05_iocp_http');
  try {
    const tab = await open({}, ours.address);
    await tab.go('index.html');
    await tab.page.locator('.served').waitFor({ state: 'visible' });
    assert.match(await tab.page.locator('.served').innerText(), /through a completion port/);
    await tab.page.close();
  } finally {
    ours.close();
  }
  await visit({}, async ({ page, go }) => {
    await go('index.html');
    await page.waitForLoadState('networkidle');
    assert.equal(await page.locator('.served').isVisible(), false);
  });
});

test('a phone scrolls a page in one direction only', async () => {
  assert.deepEqual(await tooWideForAPhone(visit, KINDS), []);
});

test('only the text of a page scrolls, not the page', async () => {
  for (const options of [{}, PHONE])
    await visit(options, async ({ page, go }) => {
      for (const name of ['index.html', ...LESSONS]) {
        await go(name);
        const [whole, seen] = await page.evaluate(
          () => [document.documentElement.scrollHeight, innerHeight]);
        assert.ok(whole <= seen + 1, `${name}: ${whole} of ${seen}`);
      }
    });
});

test('a desktop shows code, tables and diagrams whole', async () => {
  const faults = [];
  for (const width of [1280, 1400])
    await visit({ viewport: { width, height: 900 } }, async ({ page, go }) => {
      for (const name of [...LESSONS, 'which-model.html', 'from-here.html', 'evidence.html']) {
        await go(name);
        const [cut, code] = await page.evaluate(() => {
          const isCut = (each) => each.scrollWidth > each.clientWidth + 1;
          const all = (kind) => [...document.querySelectorAll(kind)];
          return [all('.diagram-box, .table').filter(isCut).map((each) => each.innerText.slice(0, 80)),
            all('.fragment').filter(isCut).length / Math.max(1, all('.fragment').length)];
        });
        if (cut.length > 0 || code > 0.1) faults.push({ name, width, cut, code });
      }
    });
  assert.deepEqual(faults, []);
});

test('a phone shows each claim with the test that proves it', async () => {
  await visit(PHONE, async ({ page, go }) => {
    let links = 0;
    for (const name of [...LESSONS, 'which-model.html']) {
      await go(name);
      const boxes = await page.locator('td a[href*="_source.html#l"]').evaluateAll((all) =>
        all.filter((each) => /[A-Z]\w{10}/.test(each.innerText)).map((each) => {
          const { left, right } = each.getBoundingClientRect();
          return { text: each.innerText, left, right };
        }));
      links += boxes.length;
      assert.deepEqual(boxes.filter(({ left, right }) => left < 0 || right > 360), [], name);
    }
    assert.ok(links > 50, `only ${links} links`);
  });
});

test('axe finds no serious fault, in light, in dark and on a phone', async () => {
  assert.deepEqual(await seriousFaults(visit, KINDS), []);
});
