import assert from 'node:assert/strict';
import test from 'node:test';

import { DOMParser } from 'linkedom';

import { drawPicture } from '../lib/picture.mjs';
import { parseRecording } from '../lib/recording.mjs';
import { blocking, callbacks, MadeUp, pool, port, spinning } from './fixture.mjs';

const TEXTS = { title: 'A title', caption: 'Look here.' };

function draw(made, texts = TEXTS) {
  const text = drawPicture(parseRecording(made.text), texts);
  return { text, svg: new DOMParser().parseFromString(text, 'image/svg+xml').documentElement };
}

const all = (svg, selector) => [...svg.querySelectorAll(selector)];
const sumOf = (svg, selector) =>
  all(svg, selector).reduce((sum, each) => sum + Number(each.getAttribute('data-count')), 0);

test('a lane for each thread and each connection', () => {
  const { svg } = draw(port());
  assert.deepEqual(all(svg, '[data-thread]').map((each) => each.getAttribute('data-thread')),
    ['worker', 'worker', 'main']);
  assert.deepEqual(
    all(svg, '[data-operations]').map((each) => each.getAttribute('data-operations')),
    ['accept', 'client', 'client', 'client']);
  assert.equal(all(draw(blocking(5)).svg, '[data-thread="client"]').length, 5);
});

test('lanes do not overlap', () => {
  const { svg } = draw(port());
  const tops = all(svg, '[data-thread], [data-operations]')
    .map((each) => Math.min(...all(each, 'rect').map((bar) => Number(bar.getAttribute('y')))))
    .sort((a, b) => a - b);
  // A bar of 22 units, and the next lane's name.
  for (let i = 1; i < tops.length; ++i) assert.ok(tops[i] - tops[i - 1] >= 22 + 17, String(tops));
});

test('a thread is coloured by what it does', () => {
  const classes = (made, role) => new Set(
    all(draw(made).svg, `[data-thread="${role}"] rect`).map((each) => each.getAttribute('class')));
  assert.deepEqual(classes(port(), 'worker'), new Set(['blocked', 'running']));
  assert.deepEqual(classes(callbacks(), 'main'), new Set(['alertable', 'running', 'routine']));
  assert.deepEqual(classes(spinning(), 'all clients'), new Set(['spinning', 'running']));
});

test('of a thread of the pool only the callbacks are drawn', () => {
  const { svg } = draw(pool());
  const bars = all(svg, '[data-thread="pool"] rect').map((each) => each.getAttribute('class'));
  assert.deepEqual(bars.filter((each) => each === 'callback').length, 2);
  assert.deepEqual(new Set(bars), new Set(['running', 'callback']));
  const [first, second] = all(svg, '[data-thread="pool"] .running').map(
    (each) => [Number(each.getAttribute('x')), Number(each.getAttribute('width'))]);
  assert.ok(first[0] + first[1] < second[0], 'nothing between them');
});

test('a routine is drawn within its wait', () => {
  const { svg } = draw(callbacks());
  const edges = (selector) => {
    const bar = svg.querySelector(`[data-thread] ${selector}`);
    const x = Number(bar.getAttribute('x'));
    return [x, x + Number(bar.getAttribute('width'))];
  };
  const [wait, routine] = [edges('.alertable'), edges('.routine')];
  assert.ok(wait[0] < routine[0] && routine[1] <= wait[1] + 1, `${wait} ${routine}`);
});

test('an arrow down for each operation issued, one up for each collected', () => {
  const { svg } = draw(port());
  assert.equal(sumOf(svg, '.arrow.issued'), 4);
  assert.equal(sumOf(svg, '.arrow.collected'), 3); // the cancelled one was not collected
  assert.equal(sumOf(draw(blocking()).svg, '.arrow'), 0);
});

test('arrows that would lie on each other become one, which counts them', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'GetOverlappedResult', 0, 1000);
  for (let i = 0; i < 500; ++i)
    made.operation('WriteFile', '0x1', [1, 100 + i / 10], [1, 100.05 + i / 10]);
  const { svg } = draw(made);
  assert.equal(sumOf(svg, '.arrow.collected'), 500);
  assert.ok(all(svg, '.arrow.collected').length < 70);
});

test('the legend names what is in the picture and nothing else', () => {
  const legend = (made) => all(draw(made).svg, '[data-legend] rect')
    .map((each) => each.getAttribute('class'));
  assert.deepEqual(legend(blocking()), ['running', 'blocked']);
  assert.deepEqual(legend(callbacks()), ['running', 'alertable', 'routine', 'receive']);
  assert.deepEqual(legend(pool()), ['running', 'blocked', 'callback', 'receive']);
  assert.deepEqual(legend(port()), ['running', 'blocked', 'receive', 'accept']);
});

test('it can be read to somebody', () => {
  const { svg } = draw(port());
  assert.equal(svg.getAttribute('role'), 'img');
  const [title, description] = svg.getAttribute('aria-labelledby').split(' ')
    .map((id) => svg.querySelector(`#${id}`));
  assert.equal(title.textContent, 'A title');
  assert.equal(title.localName, 'title');
  assert.equal(description.localName, 'desc');
  assert.match(description.textContent, /^Look here\. 100 ms\./);
  assert.match(description.textContent, /worker 1: blocked in a call 98 %, runs 2 %\./);
  assert.match(description.textContent, /client 3: 1\./);
});

test('it has colours for light and dark', () => {
  const style = draw(port()).svg.querySelector('style').textContent;
  const [light, dark] = style.split('@media (prefers-color-scheme:dark)');
  for (const name of ['paper', 'ink', 'running', 'blocked', 'alertable', 'spinning', 'routine',
    'callback', 'receive', 'send', 'accept']) {
    const colour = (rules) => rules.match(new RegExp(`\\.${name}\\{fill:(#[0-9a-f]{6})\\}`))?.[1];
    assert.ok(colour(light), `${name} in light`);
    assert.ok(colour(dark), `${name} in dark`);
  }
  for (const rules of [light, dark]) assert.equal(rules.match(/\.paper\{/g).length, 1);
  assert.match(light, /\.paper\{fill:#ffffff/);
  assert.doesNotMatch(dark, /\.paper\{fill:#ffffff/);
});

test('text is large enough for a phone, and stays on the paper', () => {
  const caption = 'A caption of many words '.repeat(12);
  const { svg } = draw(port(), { title: 'A long title '.repeat(6), caption });
  const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
  for (const each of all(svg, 'text')) {
    const size = Number(each.getAttribute('font-size') ??
      each.closest('[font-size]').getAttribute('font-size'));
    assert.ok((size * 360) / width >= 9, `${each.textContent}: ${size} of ${width}`);
    if (!each.closest('.axis')) assert.ok(Number(each.getAttribute('y')) < height);
  }
  assert.ok(all(svg, 'text').filter((each) => each.textContent.includes('caption')).length > 3);
});

test('text is escaped', () => {
  const texts = { title: '<b>&"\'', caption: '</text><script>x()</script> & so on' };
  const { text, svg } = draw(port(), texts);
  assert.equal(svg.querySelector('title').textContent, texts.title);
  assert.equal(svg.querySelector('script'), null);
  assert.ok(!text.includes('<script'));
  assert.ok(!/&(?!amp;|lt;|gt;|quot;|apos;|#)/.test(text));
});

test('the same recording makes the same bytes', () => {
  assert.equal(draw(port()).text, draw(port()).text);
});

test('it holds no number but short ones', () => {
  const { text } = draw(port());
  assert.equal(text.replace(/<metadata>.*<\/metadata>/s, '').match(/\d\.\d{4,}/), null);
});

test('a mark says which calls it stands for, with their arguments and results', () => {
  const title = (made, selector) => draw(made).svg.querySelector(`${selector} title`).textContent;
  assert.equal(title(callbacks(), '[data-thread] .alertable'), [
    'waits alertably, 20.0 ms', 'from 1.00 ms on',
    'SleepEx(alertable) → ok, 20.0 ms', 'routine of ReadFileEx, 0.50 ms'].join('\n'));
  assert.equal(title(callbacks(), '[data-operations] .receive'), [
    'read, 20.0 ms', 'from 0.00 ms on',
    'ReadFileEx(0x8), operation 0x1: in flight 20.0 ms, collected by completion routine → 64 bytes',
  ].join('\n'));
  assert.match(title(port(), '[data-operations="accept"] rect'), /→ cancelled$/);
  assert.match(title(spinning(), '[data-thread="all clients"] .spinning'), /→ failed, error 10035/);
});

test('a mark of many calls tells some of them, and how many there are more', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'GetOverlappedResult', 0, 1000);
  for (let i = 0; i < 50; ++i)
    made.operation('WriteFile', '0x1', [1, 100 + i / 1000], [1, 100.0005 + i / 1000]);
  const titles = all(draw(made).svg, '[data-operations] title').map((each) => each.textContent);
  assert.equal(titles.length, 1);
  assert.equal(titles[0].split('\n').length, 2 + 6 + 1);
  assert.match(titles[0], /and 44 more$/);
});
