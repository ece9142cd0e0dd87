// The site in Chromium, as a reader sees it. It has to be built before: ./tutorial docs.
import assert from 'node:assert/strict';
import test from 'node:test';

import {
  KOREAN, LESSONS, PAGES, PHONE, findInSite, seriousFaults, serve, testInBoth, tooWideForAPhone,
  useChromium, visitorOf,
} from './site.mjs';

// Those that are written by hand, and one of each kind that Doxygen makes.
const NAMES = ['index', 'lesson\\d\\w?', 'comparison', 'comparison-report', 'which-model',
  '[\\w-]+-details', 'from-here', 'exercises', 'exercise-1-1', 'what-you-can-do', 'glossary', 'evidence', 'calls', 'contributing', 'timelines', 'writing-lessons', 'support-trace', 'site'];
const OWN = PAGES.filter((each) => new RegExp(`^(?:${NAMES.join('|')})\\.html$`).test(each));
const KINDS = [...OWN, 'call-getqueuedcompletionstatus.html', 'modules.html', 'files.html',
  'group__server.html', 'group__chapter5.html', '404.html', PAGES.find((each) => /^classiocp_1_1.*server\.html$/.test(each)),
  PAGES.find((each) => /echo__server_8cpp_source\.html$/.test(each))];
// The Korean ones that are written by hand; one of each kind, which axe sees; and those that differ most,
// which it sees in dark and on a phone, too.
const KOREAN_OWN = KOREAN.filter(
  (each) => !/\/(?:call-|exercise-(?!1-1\.)|usergroup|dir_|graph_)/.test(each));
const KOREAN_KINDS = ['index', 'lesson1', 'lesson5', 'iocp-details', 'comparison', 'which-model', 'from-here',
  'exercises', 'exercise-1-1', 'what-you-can-do', 'glossary', 'evidence', 'calls',
  'call-getqueuedcompletionstatus', 'timelines', 'notes'].map((each) => `ko/${each}.html`);
const KOREAN_FEW = ['index', 'lesson1', 'exercise-1-1', 'glossary'].map((each) => `ko/${each}.html`);
// The words of the pages in each language.
const SAID = {
  en: {
    taking: /Taking a packet/,
    head: ['You will learn', 'Builds on', 'Time', 'By the end you can', 'What must always hold',
      'Predict before you read on'],
    charts: /^Three charts: /,
    evidence: /^(?:seen|failed|asserted|documented|expected)$/,
    inFlight: /WSARecv\(0x\w+\), operation 0x\w+: in flight/,
    collected: /collected by GetQueuedCompletionStatus → \d+ bytes?/,
    more: 'More detail',
    whole: 'All of the time',
    served: /through a completion port/,
  },
  ko: {
    taking: /완료 통지 꺼내기/,
    head: ['배울 것', '먼저 읽을 것', '시간', '이 장을 마치면', '항상 지켜야 할 것',
      '읽기 전에 예측해 보자'],
    charts: /^차트 세 개\. /,
    evidence: /^(?:확인됨|실패|공개 테스트에 있음|문서에 있음|예상)$/,
    inFlight: /WSARecv\(0x\w+\), 작업 0x\w+: .* 동안 진행 중/,
    collected: /GetQueuedCompletionStatus에서 회수 → \d+바이트/,
    more: '시간을 늘려 보기',
    whole: '전체 시간 보기',
    served: /완료 포트를 거쳐 왔다/,
  },
};
// Where only styles are looked at, which both languages share, a few Korean pages stand for all.
const someLessons = (folder) => (folder ? LESSONS.slice(0, 2) : LESSONS);
const open = useChromium();
const visit = visitorOf(open);

testInBoth('the search finds a call of Windows, and leads to its page', async ({ language, folder }) => {
  await visit({}, async ({ page, go }) => {
    await go(`${folder}index.html`);
    const found = await findInSite(page, 'GetQueuedCompletionStatus');
    assert.match(await found.first().innerText(), /GetQueuedCompletionStatus/);
    await found.first().click();
    await page.waitForURL(/call-getqueuedcompletionstatus\.html/);
    assert.match(await page.locator('.contents').innerText(),
      SAID[language].taking);
  });
});

testInBoth('the search finds titles, terms and their other words', async ({ language, folder }) => {
  const wanted = {
    en: {
      'back-pressure': 'glossary.html#term-back-pressure',
      completion: 'lesson5.html',
      port: 'glossary.html#term-completion-port',
      apc: 'glossary.html#term-apc',
      epoll: 'from-here.html#like-epoll',
      'thread pool': 'from-here.html#from-here-windows-own-thread-pool',
      '완료': 'glossary.html#term-completion-packet',
      '패킷': 'glossary.html#term-completion-packet',
      '작업자 스레드': 'glossary.html#term-worker-thread',
      echo_server: 'classnonblocking_1_1echo__server.html',
    },
    ko: {
      '완료 포트': 'ko/lesson5.html',
      '포트': 'ko/glossary.html#term-completion-port',
      'completion port': 'ko/glossary.html#term-completion-port',
      // Words of others for what the lessons call 워커 스레드 and 완료 통지.
      '작업자 스레드': 'ko/glossary.html#term-worker-thread',
      '완료 패킷': 'ko/glossary.html#term-completion-packet',
      GetQueuedCompletionStatus: 'ko/call-getqueuedcompletionstatus.html',
      echo_server: 'classnonblocking_1_1echo__server.html',
    },
  };
  await visit({}, async ({ page, go }) => {
    await go(`${folder}index.html`);
    for (const [words, target] of Object.entries(wanted[language])) {
      const found = await findInSite(page, words);
      const targets = await found.evaluateAll((all) => all.map((each) => each.href));
      assert.ok(targets.some((each) => each.endsWith(`/${target}`)), `${words}: ${targets}`);
    }
    await (await findInSite(page, '완료 패킷')).first().click();
    await page.waitForURL(new RegExp(`/${folder}glossary\\.html#term-completion-packet$`));
    assert.ok(await page.locator('#term-completion-packet').isVisible());
  });
});

testInBoth('dark mode follows its switch, and stays from page to page', async ({ folder }) => {
  await visit({ colorScheme: 'light' }, async ({ page, go }) => {
    await go(`${folder}index.html`);
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const isDark = () => page.evaluate(() =>
      document.documentElement.classList.contains('dark-mode'));
    const light = await paper();
    assert.equal(await isDark(), false);
    await page.locator('doxygen-awesome-dark-mode-toggle').click();
    assert.equal(await isDark(), true);
    const dark = await paper();
    assert.notEqual(dark, light);
    await go(`${folder}lesson1.html`);
    assert.equal(await isDark(), true);
    await page.reload();
    assert.equal(await paper(), dark);
    await page.locator('doxygen-awesome-dark-mode-toggle').click();
    assert.equal(await isDark(), false);
    assert.equal(await paper(), light);
  });
});

testInBoth('pictures follow the switch too', async ({ folder }) => {
  await visit({ colorScheme: 'dark' }, async ({ page, go }) => {
    await go(`${folder}lesson5.html`);
    const colours = () => page.evaluate(() => ['.timeline .paper', '.timeline .ink',
      '.diagram .box', '.diagram text'].map((each) =>
      getComputedStyle(document.querySelector(each)).fill));
    const dark = await colours();
    await page.locator('doxygen-awesome-dark-mode-toggle').click();
    const light = await colours();
    for (const [place, colour] of dark.entries()) assert.notEqual(colour, light[place], `${place}`);
  });
});

testInBoth('next walks through all lessons in order, and previous walks back', async ({ folder }) => {
  assert.ok(LESSONS.length >= 5);
  await visit({}, async ({ page, go }) => {
    const here = () => new URL(page.url()).pathname.slice(1 + folder.length);
    await go(`${folder}index.html`);
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

testInBoth('the map leads to the chapters', async ({ folder }) => {
  await visit({}, async ({ page, go }) => {
    for (const lesson of LESSONS) {
      await go(`${folder}index.html`);
      await page.locator(`.wide.diagram a[href="${lesson}"]`).click();
      await page.waitForURL(new RegExp(`/${lesson}$`));
      const number = lesson.match(/\d\w?/)[0];
      assert.ok((await page.locator('.header .title').innerText()).startsWith(`${number} · `));
    }
  });
});

testInBoth('the front page shows the comparison, and a phone can read it', async ({ language, folder }) => {
  for (const options of [{}, PHONE])
    await visit(options, async ({ page, go }) => {
      await go(`${folder}index.html`);
      const picture = page.locator('.figure.picture a[href$="comparison-results.html"] > svg');
      assert.match(await picture.getAttribute('aria-label'), SAID[language].charts);
      const { width } = await picture.boundingBox();
      assert.ok(width > 450, `${width} pixels wide`);
    });
});

testInBoth('the front page shows five timelines, which lead to their lessons', async ({ folder }) => {
  await visit({}, async ({ page, go }) => {
    await go(`${folder}index.html`);
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

testInBoth('a lesson has its head, its contents, and code that leads to its source',
  async ({ language, folder }) => {
  await visit({}, async ({ page, go }) => {
    for (const name of LESSONS) {
      await go(folder + name);
      const names = await page.locator('.lesson-head dt').allInnerTexts();
      assert.deepEqual(names, SAID[language].head, name);
      assert.equal(await page.locator('.lesson-head div:last-child li').count(), 2, name);
      assert.ok(await page.locator('.toc li').count() > 5, name);
      assert.ok(await page.locator('.quoted a[href*="_source.html#l"]').count() > 2, name);
    }
    await go(`${folder}lesson5.html`);
    const quoted = page.locator('.quoted a').first();
    const code = await page.locator('.quoted + * .line').first().innerText();
    await quoted.click();
    await page.waitForURL(/_source\.html#l\d+$/);
    const [line] = page.url().match(/l\d+$/);
    const source = await page.locator(`.line:has(#${line})`).innerText();
    assert.ok(source.includes(code.trim()), `${source} / ${code}`);
  });
});

testInBoth('the contents stand open beside the text on a wide screen', async ({ folder }) => {
  for (const [width, isOpen] of [[1440, true], [1000, false]])
    await visit({ viewport: { width, height: 900 } }, async ({ page, go }) => {
      for (const name of someLessons(folder)) {
        await go(folder + name);
        const second = page.locator('.contents > .toc > ul a').nth(1);
        const head = await page.locator('.lesson-head').boundingBox();
        const contents = await page.locator('.contents > .toc').boundingBox();
        assert.equal(contents.x >= head.x + head.width, isOpen, name);
        assert.equal(contents.height > 100 && await second.isVisible(), isOpen, name);
      }
    });
});

testInBoth('the contents mark the heading that is read, the last one at the end', async ({ folder }) => {
  await visit({ viewport: { width: 1600, height: 900 } }, async ({ page, go }) => {
    await go(`${folder}lesson1.html`);
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

testInBoth('a claim leads to the line of its test', async ({ folder }) => {
  await visit({}, async ({ page, go }) => {
    await go(`${folder}lesson5.html`);
    const claim = page.locator('td a', { hasText: 'ImmediateSuccessStillQueuesAPacket' }).first();
    await claim.click();
    await page.waitForURL(/_source\.html#l\d+$/);
    const [line] = page.url().match(/l\d+$/);
    assert.match(await page.locator(`.line:has(#${line})`).innerText(),
      /TEST_F\(iocp_facts, ImmediateSuccessStillQueuesAPacket\)/);
  });
});

testInBoth('the word behind a claim leads to its evidence, and so does the search',
  async ({ language, folder }) => {
  await visit({}, async ({ page, go }) => {
    await go(`${folder}lesson5.html`);
    const row = page.locator('tr', { hasText: 'ImmediateSuccessStillQueuesAPacket' });
    await row.getByRole('link', { name: SAID[language].evidence }).click();
    await page.waitForURL(/evidence\.html#evidence-iocp_facts\.ImmediateSuccessStillQueuesAPacket$/);
    const marked = page.locator('tr:has(:target)');
    assert.match(await marked.innerText(), /ImmediateSuccessStillQueuesAPacket/);
    await (await findInSite(page, 'ApcRunsOnly')).first().click();
    await page.waitForURL(/evidence\.html#evidence-callback_facts\.ApcRunsOnlyInAnAlertableWait$/);
  });
});

testInBoth('a timeline tells what a mark stands for, and stretches time', async ({ language, folder }) => {
  await visit({}, async ({ page, go }) => {
    await go(`${folder}lesson5.html`);
    const figure = page.locator('.figure.timeline').first();
    const tip = figure.locator('.timeline-tip');
    await figure.locator('[data-operations="client"] rect.receive').first().hover();
    await tip.waitFor();
    assert.match(await tip.innerText(), SAID[language].inFlight);
    assert.match(await tip.innerText(), SAID[language].collected);

    const width = () => figure.locator('[data-thread="worker"] rect.blocked').first()
      .evaluate((each) => Number(each.getAttribute('width')));
    const before = await width();
    const more = figure.getByRole('button', { name: SAID[language].more });
    await more.click();
    assert.ok(Math.abs(await width() - 2 * before) < 1e-6);
    await figure.getByRole('button', { name: SAID[language].whole }).click();
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

testInBoth('the glossary gives each term its word in both languages, a sentence and a lesson',
  async ({ language, folder }) => {
    await visit({}, async ({ page, go }) => {
      await go(`${folder}glossary.html`);
      const rows = await page.locator('.look-up tbody tr').evaluateAll((all) => all.map((row) => ({
        cells: [...row.cells].map((cell) => cell.innerText.trim()),
        other: row.cells[1].lang,
        target: row.cells[3].querySelector('a')?.getAttribute('href'),
      })));
      assert.ok(rows.length > 25);
      for (const { cells, other, target } of rows) {
        assert.equal(other, language === 'en' ? 'ko' : 'en');
        assert.match(cells[language === 'en' ? 1 : 0], /[가-힣]|^I\/O|^[A-Z]+$/, cells[0]);
        assert.match(cells[2], /\.$/, cells[0]);
        assert.match(target, /^lesson\d\w?\.html#/, cells[0]);
      }
    });
  });

testInBoth('a page says who serves it, if that is chapter 5', async ({ language, folder }) => {
  const ours = await serve('05_iocp_http');
  try {
    const tab = await open({}, ours.address);
    await tab.go(`${folder}index.html`);
    await tab.page.locator('.served').waitFor({ state: 'visible' });
    assert.match(await tab.page.locator('.served').innerText(), SAID[language].served);
    await tab.page.close();
  } finally {
    ours.close();
  }
  await visit({}, async ({ page, go }) => {
    await go(`${folder}index.html`);
    await page.waitForLoadState('networkidle');
    assert.equal(await page.locator('.served').isVisible(), false);
  });
});

testInBoth('a phone scrolls a page in one direction only', async ({ folder }) => {
  assert.ok(KOREAN_OWN.length > 25);
  assert.deepEqual(await tooWideForAPhone(visit, folder ? KOREAN_OWN : KINDS), []);
});

testInBoth('only the text of a page scrolls, not the page', async ({ folder }) => {
  for (const options of [{}, PHONE])
    await visit(options, async ({ page, go }) => {
      for (const name of ['index.html', ...someLessons(folder)]) {
        await go(folder + name);
        const [whole, seen] = await page.evaluate(
          () => [document.documentElement.scrollHeight, innerHeight]);
        assert.ok(whole <= seen + 1, `${name}: ${whole} of ${seen}`);
      }
    });
});

testInBoth('a desktop shows code, tables and diagrams whole', async ({ folder }) => {
  const faults = [];
  for (const width of [1280, 1400])
    await visit({ viewport: { width, height: 900 } }, async ({ page, go }) => {
      for (const name of [...LESSONS, 'which-model.html', 'from-here.html', 'evidence.html']) {
        await go(folder + name);
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

testInBoth('a phone shows each claim with the test that proves it', async ({ folder }) => {
  await visit(PHONE, async ({ page, go }) => {
    let links = 0;
    for (const name of [...LESSONS, 'which-model.html']) {
      await go(folder + name);
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

testInBoth('axe finds no serious fault, in light, in dark and on a phone', async ({ folder }) => {
  assert.deepEqual(await (folder ? seriousFaults(visit, KOREAN_KINDS, KOREAN_FEW)
    : seriousFaults(visit, KINDS)), []);
});
