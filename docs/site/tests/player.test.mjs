// The player of the recordings, in Chromium. The site has to be built before: ./tutorial docs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path/posix';

import { wordsFor } from '../look/player/texts.mjs';
import { FOLDER, LESSONS, PAGES, PHONE, axe, testInBoth, useChromium } from './site.mjs';

const CALM = { reducedMotion: 'reduce' };
// An event in words, as each language says it.
const EVENT = {
  en: /^(?:Thread|In) “(?:worker \d|main)”(?: calls |, )\w+/,
  ko: /^스레드 “(?:worker \d|main)”에서 \w+/,
};
const open = useChromium();

// Opens a page and gives its first player to `body`; fails if the page complained.
async function visit({ folder, language }, name, options, body) {
  const tab = await open(options);
  try {
    await tab.go(folder + name);
    await body(playerOn(tab.page, wordsFor(language)), tab.page);
    assert.deepEqual(tab.complaints, []);
  } finally {
    await tab.page.close();
  }
}

function playerOn(page, words) {
  const root = page.locator('.player').first();
  return {
    root,
    words,
    button: (name) => root.getByRole('button', { name, exact: true }),
    slider: root.getByRole('slider', { name: words.time }),
    // In microseconds.
    time: () => root.evaluate((each) => each.player.time),
    isPlaying: () => root.evaluate((each) => each.player.playing),
    showAt: (time) => root.evaluate((each, at) => each.player.stopAt(at), time),
    event: () => root.locator('.player-event').innerText(),
    picture: () => root.locator('.stage:visible').allInnerTexts(),
    waitUntil: (condition, argument) => page.waitForFunction(
      ([body, value]) => new Function('player', 'value', `return ${body}`)(
        document.querySelector('.player').player, value), [condition, argument]),
  };
}

testInBoth('it plays when told to, pauses, and plays on', async (edition) => {
  await visit(edition, 'lesson5.html', {}, async (player) => {
    assert.equal(await player.isPlaying(), false);
    await player.button(player.words.play).click();
    await player.waitUntil('player.time > 3000');
    await player.button(player.words.pause).click();
    const time = await player.time();
    assert.equal(await player.isPlaying(), false);
    await player.button(player.words.play).click();
    await player.waitUntil('player.time > value', time);
  });
});

testInBoth('at its end it stops, and begins anew', async (edition) => {
  await visit(edition, 'lesson5.html', {}, async (player) => {
    await player.root.getByRole('combobox', { name: player.words.speed }).selectOption('×4');
    const end = await player.root.evaluate((each) => each.player.end);
    await player.showAt(end - 300);
    await player.button(player.words.play).click();
    await player.waitUntil('!player.playing');
    assert.equal(await player.root.locator('.player-time').innerText(),
      `${(end / 1000).toFixed(1)} ms`);
    await player.button(player.words.play).click();
    await player.waitUntil('player.playing && player.time < 100_000');
  });
});

testInBoth('it steps from event to event, and back to the same picture', async (edition) => {
  await visit(edition, 'lesson5.html', {}, async (player) => {
    await player.showAt(41_000);
    const seen = [];
    for (let i = 0; i < 8; ++i) {
      await player.button(player.words.forward).click();
      seen.push([await player.time(), await player.event(), await player.picture()]);
    }
    assert.equal(new Set(seen.map(([time]) => time)).size, seen.length);
    for (const [, words] of seen) assert.match(words, EVENT[edition.language]);
    assert.match(await player.root.getByRole('status').textContent(), EVENT[edition.language]);
    for (const [time, words, picture] of seen.reverse().slice(1)) {
      await player.button(player.words.back).click();
      assert.deepEqual([await player.time(), await player.event(), await player.picture()],
        [time, words, picture]);
    }
  });
});

testInBoth('keys do all of it, wherever the focus is in the player', async (edition) => {
  await visit(edition, 'lesson3.html', {}, async (player, page) => {
    await player.slider.focus();
    await page.keyboard.press('ArrowRight');
    const first = await player.time();
    assert.ok(first > 0);
    await page.keyboard.press('ArrowRight');
    assert.ok(await player.time() > first);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await player.time(), first);
    await page.keyboard.press('End');
    assert.equal(await player.slider.inputValue(), await player.slider.getAttribute('max'));
    await page.keyboard.press('Home');
    assert.equal(await player.time(), 0);
    await page.keyboard.press(' ');
    assert.equal(await player.isPlaying(), true);
    await page.keyboard.press(' ');
    assert.equal(await player.isPlaying(), false);
    await player.button(player.words.play).focus();
    await page.keyboard.press(' ');
    assert.equal(await player.isPlaying(), true, 'a button is pressed once');
    await page.keyboard.press('ArrowRight');
    assert.equal(await player.isPlaying(), false, 'a step pauses');
    const outline = await player.button(player.words.play).evaluate(
      (each) => getComputedStyle(each).outlineStyle);
    assert.equal(outline, 'solid');
    // A link below the picture is another one after each step.
    await player.showAt(41_000);
    await player.root.locator('.player-place a').first().focus();
    for (let i = 0, before = -1; i < 30; ++i) {
      await page.keyboard.press('ArrowRight');
      assert.ok(await player.time() > before, `step ${i} was not heard`);
      before = await player.time();
    }
  });
});

testInBoth('the slider and the line on the timeline stand at the same moment', async (edition) => {
  await visit(edition, 'lesson5.html', {}, async (player, page) => {
    for (const part of [0, 0.25, 0.6, 1]) {
      await player.slider.fill(String(Math.round(part * 10_000)));
      const x = Number(await page.locator('.figure.timeline .hairline').first().getAttribute('x1'));
      assert.ok(Math.abs(x - (16 + 508 * part)) < 0.2, `${x} at ${part}`);
    }
    // To the eye, too.
    const [line, slider] = await Promise.all(
      [page.locator('.figure.timeline .hairline').first(), player.slider].map(
        (each) => each.boundingBox()));
    assert.ok(Math.abs(line.x - (slider.x + slider.width - 8)) < 3, `${line.x} / ${slider.x}`);
  });
});

testInBoth('it shows the calls, the lent buffers and the packets', async (edition) => {
  await visit(edition, 'lesson5.html', {}, async (player) => {
    const { port, taken } = await player.root.evaluate(({ player: { stages: [{ film }] } }) => {
      const sent = film.operations.find((each) => each.atOnce && each.kind === 'send'
        && each.end > each.started.end);
      return { port: sent.started.end, taken: sent.end };
    });
    await player.showAt(port);
    const packet = player.root.locator('.packets .packet');
    const { kinds, noPacket, states } = player.words;
    assert.match(await packet.innerText(), new RegExp(`^client \\d: ${kinds.send}$`));
    const client = (await packet.innerText()).slice(0, 8);
    const token = player.root.locator('.token', { hasText: client });
    assert.match(await token.getAttribute('class'), /\blent\b/);
    assert.ok((await token.innerText()).includes(kinds.send));
    await player.showAt(taken);
    assert.equal(await packet.innerText(), noPacket);
    assert.doesNotMatch(await token.getAttribute('class'), /\blent\b/);
    const held = await player.root.locator('.stage-thread .packet:visible').allInnerTexts();
    assert.ok(held.includes(`${client}: ${kinds.send}`), String(held));
    await player.showAt(taken - 200_000 > 0 ? taken - 200_000 : 10_000);
    assert.match(await player.root.locator('[data-state="blocked"]').first().innerText(),
      new RegExp(`${states.blocked}\\s*\\w+`));
  });
});

testInBoth('each call leads to the one place in the source that makes it', async (edition) => {
  const tab = await open();
  const lines = new Map();
  for (const lesson of LESSONS) {
    await tab.go(edition.folder + lesson);
    const found = await tab.page.locator('.player').evaluateAll((all) => all.flatMap((root) =>
      root.player.stages.flatMap((stage) => stage.film.calls.map((call) => ({
        name: call.name,
        places: stage.source.of(call).map(({ href }) => href),
      })))));
    assert.ok(found.length > 100, `${lesson}: ${found.length} calls`);
    for (const { name, places } of found) {
      if (/routine$|callback$|^WaitFor/.test(name)) continue;
      assert.equal(places.length, 1, `${lesson}: ${name} in ${places}`);
      for (const href of places) lines.set(href, name);
    }
  }
  for (const [href, name] of lines) {
    const [page, line] = join(edition.folder, href).split('#');
    assert.ok(PAGES.includes(page), href);
    const text = readFileSync(join(FOLDER, page), 'utf8');
    const [, shown] = text.match(new RegExp(`<a id="${line}"[^>]*>(.*?)</div>`)) ??
      text.match(new RegExp(`name="${line}"></a>(.*?)</div>`));
    const pointer = name.replace(/[A-Z]/g, (each) => `_${each.toLowerCase()}`).slice(1);
    assert.match(shown.replace(/<[^>]*>/g, ''), new RegExp(`::${name}\\(|\\b${pointer}_\\(`), href);
  }
  assert.ok(lines.size > 20, `only ${lines.size} places`);
  await tab.page.close();
});

testInBoth('the link beside a thread leads to the listing', async (edition) => {
  await visit(edition, 'lesson1.html', {}, async (player, page) => {
    await player.showAt(30_000);
    await player.root.locator('.stage-call', { hasText: 'recv' }).first().click();
    await page.waitForURL(/echo__server_8cpp_source\.html#l\d+$/);
  });
});

testInBoth('the front page opens with the five models, which play once they are seen', async (edition) => {
  await visit(edition, 'index.html', {}, async (player, page) => {
    assert.deepEqual(await player.root.locator('.stage-title a').evaluateAll(
      (all) => all.map((each) => each.getAttribute('href'))),
    [1, 2, 3, 4, 5].map((each) => `lesson${each}.html`));
    assert.equal(await player.root.locator('.stage:visible').count(), 5);
    const [{ y }, hero] = await Promise.all([player.root, page.locator('.hero')].map(
      (each) => each.boundingBox()));
    assert.ok(y < hero.y);
    await player.waitUntil('player.time > 2000');
    await player.button(player.words.pause).click();
    const time = await player.time();
    await page.mouse.wheel(0, 3000);
    await page.mouse.wheel(0, -3000);
    await page.waitForTimeout(300);
    assert.equal(await player.time(), time, 'it stays where it was stopped');
  });
});

testInBoth('with less motion nothing plays by itself, and the picture shows something', async (edition) => {
  await visit(edition, 'index.html', CALM, async (player, page) => {
    await page.waitForTimeout(400);
    assert.equal(await player.isPlaying(), false);
    assert.equal(await player.root.locator('.token.lent').count() > 10, true);
    const transition = await player.root.locator('.token').first().evaluate(
      (each) => getComputedStyle(each).transitionDuration);
    assert.match(transition, /^0s/);
    await player.button(player.words.forward).click();
    assert.ok(await player.time() > 0);
  });
});

testInBoth('a phone shows one model at a time, in reach of a finger, and scrolls one way', async (edition) => {
  for (const name of ['index.html', 'lesson1.html'])
    await visit(edition, name, PHONE, async (player, page) => {
      await player.showAt(60_000);
      if (name === 'index.html') {
        assert.equal(await player.root.locator('.stage:visible').count(), 1);
        await player.root.getByRole('button', { name: /^5 · / }).click();
        assert.match((await player.picture())[0], /worker 2/);
      }
      const sizes = await player.root.locator('button:visible, select, input, .stage-call[href]:visible')
        .evaluateAll((all) => all.map((each) => {
          const { width, height, right } = each.getBoundingClientRect();
          return { what: each.className, width, height, right };
        }));
      for (const { what, width, height, right } of sizes) {
        assert.ok(height >= 44 && right <= 360, `${what}: ${height}, ${right}`);
        if (!/call/.test(what)) assert.ok(width >= 44, `${what}: ${width}`);
      }
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    });
});

testInBoth('a slider that is dragged stays where it is held', async (edition) => {
  await visit(edition, 'lesson5.html', {}, async (player, page) => {
    await player.button(player.words.play).click();
    const { x, y, width, height } = await player.slider.boundingBox();
    await page.mouse.move(x + 0.3 * width, y + height / 2);
    await page.mouse.down();
    assert.equal(await player.isPlaying(), false);
    await page.mouse.up();
    assert.ok(Math.abs(await player.slider.inputValue() - 3000) < 200);
  });
});

testInBoth('where a film is missing the picture stays, and the next player plays', async (edition) => {
  const tab = await open();
  await tab.page.route(/film-01[_-]blocking[_-]echo\.js/, (route) => route.fulfill({ body: '' }));
  await tab.go(`${edition.folder}lesson1.html`);
  const ready = await tab.page.locator('.player').evaluateAll(
    (all) => all.map((each) => each.classList.contains('ready')));
  assert.deepEqual(ready, [false, true]);
  assert.ok(await tab.page.locator('.figure.timeline svg').first().isVisible());
  assert.deepEqual(tab.complaints, []);
  await tab.page.close();
});

testInBoth('without a script the still pictures stand there', async (edition) => {
  await visit(edition, 'index.html', { javaScriptEnabled: false }, async ({ root }) => {
    assert.equal(await root.locator('.still svg:visible').count(), 5);
    assert.equal(await root.locator('.stage:visible').count(), 0);
  });
  await visit(edition, 'lesson5.html', { javaScriptEnabled: false }, async ({ root }, page) => {
    assert.ok(await page.locator('.figure.timeline svg').first().isVisible());
    assert.equal(await root.locator('.stage:visible').count(), 0);
  });
});

testInBoth('axe finds no fault in it, in light, in dark and on a phone', async (edition) => {
  const faults = [];
  for (const [name, options] of [['index.html', { colorScheme: 'light' }],
    ['lesson5.html', { colorScheme: 'dark' }], ['index.html', PHONE]])
    await visit(edition, name, { ...options, ...CALM }, async (player, page) => {
      await page.evaluate(axe);
      await player.showAt(22_000); // a client is not there yet
      const { violations } = await page.evaluate(() =>
        globalThis.axe.run('.player', { resultTypes: ['violations'] }));
      for (const { id, nodes } of violations)
        faults.push(`${name} ${JSON.stringify(options)}: ${id}: ${nodes[0].html}`);
    });
  assert.deepEqual(faults, []);
});
