// The page in Chromium, as a reader sees it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';

import { claimsOf, textOf } from '../src/claims.mjs';
import { number } from '../src/format.mjs';
import { chartsOf } from '../src/layout.mjs';
import { drawPicture } from '../src/picture.mjs';
import { labelsOf, parameterOf, scenariosOf, troubleOf } from '../src/results.mjs';
import {
  axe, browser, folder, look, LOOKED_AT, open, SAMPLES, unfold,
} from './browser.mjs';
import * as fixture from './fixture.mjs';

const PHONE = { width: 360, height: 740 };

// The labels of `scenario` by the number that its charts give them.
const labels = (results, scenario) => labelsOf(scenario.runs, results.models);

test('each sample is shown without a complaint, and nothing is asked of the network', async () => {
  for (const name of SAMPLES)
    await look(name, async (page, results) => {
      assert.equal(await page.locator('h1').count(), 1);
      assert.equal(await page.locator('.scenario').count(), scenariosOf(results).length);
    });
});

test('a page without results, or with those of another format, says so', async () => {
  await look('template', async (page) =>
    assert.match(await page.locator('main').innerText(), /has no results yet/));
  await look('old', async (page) =>
    assert.match(await page.locator('main').innerText(), /is in format 0; format 1 is wanted/));
});

test('each chart is drawn, with marks for each model that has something to show', async () => {
  for (const [name, language] of LOOKED_AT)
    await look(name, async (page, results) => {
      for (const scenario of scenariosOf(results)) {
        const charts = chartsOf(scenario);
        const figures = page.locator(`#${scenario.name} figure`);
        assert.equal(await figures.count(), charts.length);
        for (const [index, chart] of charts.entries()) {
          const found = await figures.nth(index).locator('.plot > svg').evaluate((svg) => ({
            width: svg.getBoundingClientRect().width,
            height: svg.getBoundingClientRect().height,
            series: [...svg.querySelectorAll('.series')].filter((each) => {
              const { width, height } = each.getBoundingClientRect();
              return width + height > 0;
            }).map((each) => Number(/\bs(\d+)\b/.exec(each.getAttribute('class'))[1])),
          }));
          assert.ok(found.width > 100 && found.height > 50, `${scenario.name} ${chart.title}`);
          const wanted = labels(results, scenario).flatMap((label, place) => {
            const shows = (run) => run.label === label && (run.failure || (chart.calls
              ? Object.keys(run.figures).length > 0
              : chart.figures.every((figure) => run.figures[figure.name])));
            return scenario.runs.some(shows) ? [place] : [];
          });
          for (const place of wanted)
            assert.ok(found.series.includes(place), `${scenario.name} ${chart.title}: ${place}`);
        }
      }
    }, language);
});

test('the figures on the page are those of the results: all of them, and no others', async () => {
  for (const [name, language] of LOOKED_AT)
    await look(name, async (page, results) => {
      const scenarios = new Map(results.scenarios.map((each) => [each.name, each]));
      const wanted = results.runs.flatMap((run) => Object.entries(run.figures).map(
        ([figure, { median, lowest, highest }]) => {
          const at = parameterOf(scenarios.get(run.scenario), run);
          return JSON.stringify([run.scenario, run.label, at === null ? null : String(at), figure,
            String(median), String(lowest), String(highest), number(median)]);
        })).sort();
      const found = await page.locator('td[data-figure]').evaluateAll((cells) => cells.map((cell) =>
        JSON.stringify([cell.dataset.scenario, cell.dataset.label, cell.dataset.at ?? null,
          cell.dataset.figure, cell.dataset.value, cell.dataset.lowest, cell.dataset.highest,
          cell.firstChild.textContent])));
      assert.deepEqual(found.sort(), wanted);
    }, language);
});

test('each run has its row, and each that failed or stopped gives its reason twice', async () => {
  for (const [name, language] of LOOKED_AT)
    await look(name, async (page, results) => {
      for (const scenario of scenariosOf(results)) {
        const rows = page.locator(`#table-${scenario.name} + .box tbody tr`);
        assert.equal(await rows.count(), scenario.runs.length);
        const reasons = scenario.runs.map(troubleOf).filter(Boolean).sort();
        const inTable = await rows.locator('.reason').allTextContents();
        assert.deepEqual(inTable.filter(Boolean).sort(), reasons);
        const listed = await page.locator(`#${scenario.name} .troubles li`).allTextContents();
        assert.equal(listed.length, reasons.length);
        for (const reason of reasons)
          assert.ok(listed.some((each) => each.endsWith(`: ${reason}`)), reason);
      }
    }, language);
});

test('every claim of the rankings is on the page, in words', async () => {
  for (const [language, claim] of [['en', /^p99: .* before 02_nonblocking\.$/],
    ['ko', /^p99: .*, 그다음 02_nonblocking\.$/]])
    await look('wine', async (page, results) => {
      for (const scenario of scenariosOf(results)) {
        const found = await page.locator(`#${scenario.name} .all-claims li li`).allTextContents();
        const wanted = claimsOf(scenario).flatMap((group) => group.claims.map(({ where, pieces }) =>
          `${where ? `${where}: ` : ''}${textOf(pieces)}.`));
        assert.deepEqual(found, wanted);
      }
      const [main] = await page.locator('#slow_client .claims li').allTextContents();
      assert.match(main, claim);
    }, language);
});

test('Wine is named where it ran, and the interruption where there was one', async () => {
  await look('wine', async (page) => {
    assert.match(await page.locator('.notice.wine').innerText(),
      /Measured under Wine 8\.0, not on/);
    assert.match(await page.locator('.notice.aloud').innerText(),
      /A thread per connection does well under Wine/);
    assert.equal(await page.locator('.notice.stopped-early').count(), 0);
    assert.ok(await page.locator('figcaption .stays').count() > 0);
  });
  await look('windows', async (page) => {
    assert.equal(await page.locator('.notice.wine').count(), 0);
    assert.equal(await page.locator('figcaption .stays, figcaption .carries').count(), 0);
  });
  await look('interrupted', async (page) =>
    assert.match(await page.locator('.notice.stopped-early').innerText(), /was interrupted/));
});

// The points at which a chart's tips may be asked for: where the marks of a label are.
async function pointsOf(page, chart, selector) {
  await chart.scrollIntoViewIfNeeded();
  return chart.locator(selector).evaluateAll((marks) => marks.map((mark) => {
    const { x, y, width, height } = mark.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  }));
}

async function tipAt(page, chart, { x, y }) {
  await page.mouse.move(x - 1, y);
  await page.mouse.move(x, y);
  const tip = chart.locator('.tip text');
  await tip.waitFor();
  return (await tip.locator('tspan').allTextContents()).join('\n').replaceAll('\u200b', '');
}

test('on hover, a line chart shows the figure of the point', async () => {
  await open('wine', {}, async (page, results) => {
    const [echo] = scenariosOf(results);
    const place = labels(results, echo).indexOf('asio, 1 thread'); // away from all others
    const chart = page.locator('#echo figure').nth(1).locator('.plot > svg');
    const points = await pointsOf(page, chart, `.s${place}[data-mark="dot"] path`);
    const runs = echo.runs.filter((run) => run.label === 'asio, 1 thread');
    assert.equal(points.length, runs.length);
    for (const [index, run] of runs.entries()) {
      const text = await tipAt(page, chart, points[index]);
      const { median, lowest, highest } = run.figures.requests_per_second;
      assert.ok(text.startsWith(`asio, 1 thread, ${number(run.connections)} connection`), text);
      assert.ok(text.includes(`requests/s: ${number(median)}`), text);
      assert.ok(text.includes(`(${number(lowest)}\u2013${number(highest)})`), text);
    }
  });
});

test('on hover, a failure gives its reason', async () => {
  await open('wine', {}, async (page) => {
    const chart = page.locator('#echo figure').nth(1).locator('.plot > svg');
    const [point] = await pointsOf(page, chart, '.stopped path');
    const text = await tipAt(page, chart, point);
    assert.match(text.replaceAll('\n', ' '), /failed: the server ended with exit/);
  });
});

test('on hover, a bar, a change and a call show their figures', async () => {
  await open('wine', {}, async (page, results) => {
    const scenario = (name) => scenariosOf(results).find((each) => each.name === name);
    const run = (name) => scenario(name).runs.find((each) => each.label === '05_iocp');
    const hover = async (name, mark) => {
      const place = labels(results, scenario(name)).indexOf('05_iocp');
      const chart = page.locator(`#${name} figure`).first().locator('.plot > svg');
      const [point] = await pointsOf(page, chart, `.s${place}${mark}`);
      return tipAt(page, chart, point);
    };
    const value = (name, figure) => number(run(name).figures[figure].median);

    const bar = await hover('stream', '[data-mark="rect"] :is(path, rect)');
    assert.ok(bar.startsWith('05_iocp\n'), bar);
    assert.ok(bar.includes(`MB/s: ${value('stream', 'megabytes_per_second')}`), bar);

    const change = await hover('slow_client', '[data-mark="dot"] circle');
    assert.ok(change.includes(`p99, alone: ${value('slow_client', 'p99_alone_ms')} ms`), change);
    assert.ok(change.includes(`p99: ${value('slow_client', 'p99_ms')} ms`), change);

    const call = await hover('calls', '[data-mark="rect"] :is(path, rect)');
    assert.match(call, /^05_iocp\n/);
    assert.ok(['WSARecv', 'WSASend'].some((name) =>
      call.includes(`${name}: ${value('calls', `call/${name}`)} per echo`)), call);
  });
});

test('a model of the legend stands out while it is pressed', async () => {
  await open('wine', { reducedMotion: 'reduce' }, async (page, results) => {
    const place = labels(results, scenariosOf(results)[0]).indexOf('05_iocp');
    const button = page.locator('#echo .legend button').nth(place);
    const opacity = (index) => page.locator(`#echo .series.s${index}`).first()
      .evaluate((each) => getComputedStyle(each).opacity);
    await button.focus();
    await page.keyboard.press('Enter');
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    assert.deepEqual([await opacity(place), await opacity(0)], ['1', '0.12']);
    await page.keyboard.press('Enter');
    assert.equal(await button.getAttribute('aria-pressed'), 'false');
    assert.equal(await opacity(0), '1');
  });
});

test('the head of a column sorts: down, then up; what is absent stays last', async () => {
  await open('wine', {}, async (page) => {
    const table = page.locator('#table-idle + .box table');
    const head = table.getByRole('button', { name: 'memory per silent client' });
    const values = async () => {
      const cells = await table.locator('tbody tr').evaluateAll((rows) => rows.map((row) =>
        row.querySelector('[data-figure="memory_per_silent_kib"]')?.dataset.value ?? null));
      return cells.map((each) => (each === null ? null : Number(each)));
    };
    for (const [direction, sign] of [['descending', -1], ['ascending', 1]]) {
      await head.click();
      assert.equal(await table.locator(`th[aria-sort="${direction}"]`).count(), 1);
      const found = await values();
      const present = found.filter((each) => each !== null);
      assert.ok(present.length > 0 && present.length < found.length);
      assert.deepEqual(found, [...[...present].sort((a, b) => sign * (a - b)),
        ...found.filter((each) => each === null)]);
    }
  });
});

test('light and dark differ', async () => {
  const colours = {};
  for (const colorScheme of ['light', 'dark'])
    await open('wine', { colorScheme }, async (page) => {
      colours[colorScheme] = await page.evaluate(() => ({
        paper: getComputedStyle(document.documentElement).backgroundColor,
        text: getComputedStyle(document.querySelector('h1')).color,
        axis: getComputedStyle(document.querySelector('.plot text')).fill,
        line: getComputedStyle(document.querySelector('.plot .s0 path')).stroke,
      }));
    });
  for (const part of Object.keys(colours.light))
    assert.notEqual(colours.light[part], colours.dark[part], part);
  assert.equal(colours.light.paper, 'rgb(255, 255, 255)');
});

test('axe finds no serious fault, in light, in dark and on a phone', async () => {
  for (const [name, options] of [['interrupted', { colorScheme: 'light' }],
    ['interrupted', { colorScheme: 'dark', query: '?lang=ko' }],
    ['single', { viewport: PHONE }], ['wine', {}]])
    await open(name, options, async (page) => {
      await unfold(page);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        globalThis.axe.run({ resultTypes: ['violations'] }));
      assert.deepEqual(violations.filter((each) => ['serious', 'critical'].includes(each.impact))
        .map((each) => `${name}: ${each.id}: ${each.nodes[0].html}`), []);
    });
});

test('a phone scrolls the page in one direction only', async () => {
  for (const [name, language] of LOOKED_AT)
    await open(name, { viewport: PHONE, query: `?lang=${language}` }, async (page) => {
      await unfold(page);
      const { wide, own } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        own: [...document.querySelectorAll('.box')].every((box) =>
          box.getBoundingClientRect().right <= 360 && getComputedStyle(box).overflowX === 'auto'),
      }));
      assert.equal(wide, 360, name);
      assert.ok(own, name);
    });
});

test('the charts follow the width of the window', async () => {
  await open('wine', {}, async (page) => {
    await page.setViewportSize(PHONE);
    await page.waitForFunction(() => [...document.querySelectorAll('.plot > svg')].every((svg) =>
      Number(svg.getAttribute('width')) <= 360));
  });
});

test('paper is white, open, without tips, and cuts no table', async () => {
  const options = { colorScheme: 'dark', viewport: { width: 700, height: 1000 } };
  const check = async (page) => {
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const found = await page.evaluate(() => ({
      paper: getComputedStyle(document.documentElement).backgroundColor,
      folded: document.querySelectorAll('details:not([open])').length,
      tips: [...document.querySelectorAll('.tip')].filter((each) =>
        getComputedStyle(each).display !== 'none').length,
      wide: document.documentElement.scrollWidth,
      tables: [...document.querySelectorAll('.box')].map((box) =>
        box.scrollWidth - box.clientWidth),
      charts: [...document.querySelectorAll('.plot > svg')].map((svg) =>
        svg.getBoundingClientRect().right),
    }));
    assert.equal(found.paper, 'rgb(255, 255, 255)');
    assert.equal(found.folded, 0);
    assert.equal(found.tips, 0);
    assert.equal(found.wide, 700);
    assert.ok(found.tables.length > 0 && found.tables.every((each) => each <= 0));
    assert.ok(found.charts.length > 0 && found.charts.every((each) => each <= 700));
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.ok(await page.locator('details:not([open])').count() > 0);
  };
  await open('wine', options, check);
  await open('wine', { ...options, query: '?lang=ko' }, check);
});

test('the page can be printed', async () => {
  await open('wine', {}, async (page) => {
    const pdf = await page.pdf({ format: 'A4' });
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  });
});

test('text of the results is never markup', async () => {
  await look('hostile', async (page, results) => {
    const [text] = results.runs.map((run) => run.failure).filter(Boolean);
    assert.equal(await page.evaluate(() => window.broken), undefined);
    assert.equal(await page.locator('img').count(), 0);
    assert.ok((await page.locator('main').textContent()).includes(text));
  });
});

test('the picture is drawn as an image, in light and in dark', async () => {
  writeFileSync(join(folder, 'picture.svg'), drawPicture(fixture.wine()));
  writeFileSync(join(folder, 'picture.html'), '<img src="picture.svg">');
  const seen = [];
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: { width: 1000, height: 520 }, colorScheme });
    await page.goto(pathToFileURL(join(folder, 'picture.html')).href);
    const image = page.locator('img');
    assert.ok(await image.evaluate((each) => each.naturalWidth) >= 900);
    seen.push(await image.screenshot());
    await page.close();
  }
  assert.notDeepEqual(seen[0], seen[1]);
});
