// Draws the lanes of a recording as an SVG that stands for itself: its own colours for light and
// dark, its own legend, and a description for those who cannot see it.
import { rollup, sum } from 'd3-array';
import { axisBottom } from 'd3-axis';
import { select } from 'd3-selection';
import { symbol, symbolTriangle } from 'd3-shape';
import { DOMParser } from 'linkedom';

import { drawnAs, lanesOf } from './lanes.mjs';
import { calledIn } from './moment.mjs';
import { momentsOf, stretchesOf, ticksOf, timeScale } from './time_scale.mjs';
import { structureOf } from './structure.mjs';
import { widthOf, wrap } from './text.mjs';
import { callWords, markWords, operationWords } from './words.mjs';

// Units of the viewBox. On a phone, 360 pixels wide, a unit is two thirds of a pixel.
const WIDTH = 540;
const MARGIN = 16;
const BAR = 22;
const HALF = 10; // the height of a bar that waits
const LABEL = 20;
const GAP = 10;
const NARROW = 1.6; // whatever happens is at least so wide
const WIDE = 6;
const SLIT = 1;
const BUNDLE = 9; // arrows between two lanes that are nearer than this become one
const CLOSE = 0.8; // nearer than this, two things of a kind are drawn as one

const SIZE = { title: 23, text: 17, axis: 15, section: 14 };

const NOTE = 'milliseconds; time is narrowed between the grey bands';

// [light, dark]
const COLOURS = {
  paper: ['#ffffff', '#0d1117'],
  ink: ['#1f2328', '#f0f6fc'],
  faint: ['#59636e', '#9198a1'],
  line: ['#d1d9e0', '#3d444d'],
  running: ['#1a7f37', '#3fb950'],
  blocked: ['#e0823d', '#bd6b2b'],
  alertable: ['#c69a00', '#d4a72c'],
  spinning: ['#cf222e', '#ff6a69'],
  routine: ['#d63384', '#ff7ab8'],
  callback: ['#d63384', '#ff7ab8'],
  receive: ['#54a3f0', '#388bfd'],
  send: ['#8a5cd6', '#ab7df8'],
  accept: ['#8c959f', '#767e89'],
};

const LEGEND = {
  running: 'runs',
  blocked: 'blocked in a call',
  alertable: 'waits alertably',
  spinning: 'asks in vain',
  routine: 'completion routine',
  callback: 'pool callback',
  receive: 'receive',
  send: 'send',
  accept: 'accept',
};

const FILE_LEGEND = { ...LEGEND, receive: 'read', send: 'write' };

/** The SVG of `recording` (parseRecording) as text. `texts`: title, caption. */
export function drawPicture(recording, texts) {
  const lanes = lanesOf(recording);
  const sheet = new Sheet(recording, lanes);
  sheet.head(texts.title);
  sheet.skip(lanes);
  sheet.axis();
  sheet.legend();
  sheet.caption(texts.caption);
  sheet.lanes();
  return sheet.finish({ ...texts, description: describe(recording, lanes) });
}

class Sheet {
  constructor(recording, lanes) {
    this.recording = recording;
    this.threadLanes = lanes.threads;
    this.operationLanes = lanes.operations;
    this.connectionLanes = lanes.connections;
    const document = new DOMParser().parseFromString(
      '<svg xmlns="http://www.w3.org/2000/svg"></svg>', 'image/svg+xml');
    this.svg = select(document.documentElement);
    this.paper = this.svg.append('rect').attr('class', 'paper');
    this.under = this.svg.append('g');
    this.arrows = this.svg.append('g');
    this.over = this.svg.append('g');
    this.y = MARGIN;
    this.names = recording.operations.some((each) => /File/.test(each.name)) ? FILE_LEGEND : LEGEND;
    this.stretches = stretchesOf(momentsOf(recording, lanes), recording.start, recording.end);
    this.x = timeScale(this.stretches, [MARGIN, WIDTH - MARGIN]);
  }

  text(content, x, y, size, kind = 'ink') {
    return this.over.append('text').attr('class', kind).attr('x', round(x)).attr('y', round(y))
      .attr('font-size', size).text(content);
  }

  head(title) {
    for (const line of wrap(title, SIZE.title, WIDTH - 2 * MARGIN)) {
      this.text(line, MARGIN, this.y + SIZE.title - 3, SIZE.title).attr('font-weight', 600);
      this.y += SIZE.title + 6;
    }
    this.y += 4;
  }

  // Gives each lane its place on the sheet.
  skip(lanes) {
    this.top = this.y - 6;
    this.section('threads', lanes.threads);
    this.section('in flight', lanes.operations);
    this.section('calls', lanes.connections);
  }

  section(name, lanes) {
    if (lanes.length === 0) return;
    this.text(name.toUpperCase(), WIDTH - MARGIN, this.y + LABEL - 3, SIZE.section, 'faint edged')
      .attr('text-anchor', 'end').attr('letter-spacing', 1);
    for (const lane of lanes) {
      lane.y = this.y + LABEL + 3;
      this.y = lane.y + BAR + GAP;
    }
    this.y += GAP;
  }

  lanes() {
    for (const lane of this.threadLanes) this.thread(lane);
    for (const lane of this.operationLanes) this.operations(lane);
    for (const lane of this.connectionLanes) this.connection(lane);
    this.arrowsOf();
  }

  // The names stand on the lines that cross them, so they have an edge of paper.
  label(lane, kind) {
    this.text(lane.label, MARGIN, lane.y - 6, SIZE.text, 'ink edged').attr('data-lane', kind);
  }

  bar(parent, kind, start, end, y, height) {
    const x = this.x(start);
    return parent.append('rect').attr('class', kind).attr('x', round(x)).attr('y', round(y))
      .attr('width', round(barWidth(this.x(end) - x))).attr('height', round(height));
  }

  // A bar with a title, which a browser shows when the pointer is on it.
  mark(parent, kind, span, y, height, lines) {
    this.bar(parent, kind, span.start, span.end, y, height).append('title')
      .text(markWords(this.names[kind], span, this.recording.start, lines));
  }

  thread(lane) {
    const group = this.over.append('g').attr('data-thread', lane.role);
    const waits = lane.segments.filter((each) => !['running', 'pooled'].includes(each.state) &&
      this.x(each.end) - this.x(each.start) >= CLOSE / 2);
    for (const each of waits) {
      const full = each.state === 'spinning';
      const height = full ? BAR : HALF;
      this.mark(group, each.state, each, lane.y + (BAR - height) / 2, height,
        callsIn(lane.thread, each));
    }
    const running = lane.segments.filter((each) => each.state === 'running');
    const called = calledIn(lane);
    for (const [kind, spans] of Object.entries({ running, [called]: lane.routines }))
      for (const each of this.merged(spans))
        this.mark(group, kind, each, lane.y, BAR, callsIn(lane.thread, each));
    this.label(lane, 'thread');
  }

  operations(lane) {
    const group = this.over.append('g').attr('data-operations', lane.role);
    const height = BAR / lane.rows;
    for (let row = 0; row < lane.rows; ++row) {
      for (const kind of ['accept', 'receive', 'send']) {
        const all = lane.operations.filter(
          (each) => each.row === row && drawnAs(each) === kind);
        for (const each of this.merged(all, WIDE))
          this.mark(group, kind, each, lane.y + row * height,
            lane.rows > 1 ? height - 1 : height, each.of.map(operationWords));
      }
    }
    this.label(lane, 'operations');
  }

  connection(lane) {
    const group = this.over.append('g').attr('data-connection', lane.role);
    for (const kind of ['receive', 'send', 'spinning'])
      for (const each of this.merged(lane.calls.filter((call) => call.kind === kind)))
        this.mark(group, kind, each, lane.y, BAR, each.of.map(({ span }) => callWords(span)));
    this.label(lane, 'connection');
  }

  // Neighbours that nobody could tell apart become one; those of `wide` units or more stay apart.
  merged(spans, wide = Infinity) {
    const result = [];
    for (const span of spans) {
      const last = result.at(-1);
      const end = last && Math.max(this.x(last.end), this.x(last.start) + NARROW);
      if (last && this.x(span.start) - end < CLOSE &&
          Math.min(end - this.x(last.start), this.x(span.end) - this.x(span.start)) < wide) {
        last.end = Math.max(last.end, span.end);
        last.of.push(span);
      } else result.push({ start: span.start, end: span.end, of: [span] });
    }
    return result;
  }

  // Draws an arrow from the thread that issues an operation down to it, and one from its end up to
  // the thread that collects the completion. Arrows between the same two lanes at the same place
  // become one, which says how many it stands for.
  arrowsOf() {
    const threads = new Map(this.threadLanes.map((lane) => [lane.thread.id, lane]));
    for (const lane of this.operationLanes) {
      const issued = new Map();
      const collected = new Map();
      for (const each of lane.operations) {
        this.count(issued, each.start, threads.get(each.issuer));
        if (!each.cancelled) this.count(collected, each.end, threads.get(each.collector));
      }
      const height = BAR / lane.rows;
      for (const { x, from, count } of issued.values())
        this.arrow('issued', x, from.y + BAR, lane.y + height / 2, count);
      for (const { x, from, count } of collected.values())
        this.arrow('collected', x, lane.y, from.y + BAR, count);
    }
  }

  count(arrows, time, thread) {
    if (!thread) return;
    const x = this.x(time);
    const key = `${Math.floor(x / BUNDLE)} ${thread.thread.id}`;
    if (arrows.has(key)) ++arrows.get(key).count;
    else arrows.set(key, { x, from: thread, count: 1 });
  }

  arrow(kind, x, from, to, count) {
    const group = this.arrows.append('g').attr('class', `arrow ${kind}`).attr('data-count', count);
    group.append('line').attr('x1', round(x)).attr('x2', round(x)).attr('y1', round(from))
      .attr('y2', round(kind === 'collected' ? to + 6 : to));
    if (kind === 'collected')
      group.append('path').attr('d', symbol(symbolTriangle, 26)())
        .attr('transform', `translate(${round(x)},${round(to + 4)})`);
  }

  axis() {
    const top = this.y;
    for (const each of this.stretches.filter((stretch) => !stretch.quiet))
      this.bar(this.under, 'busy', each.start, each.end, this.top, top - this.top);
    const ticks = ticksOf(this.stretches, this.x, 46)
      .filter((time) => this.x(time) < WIDTH - MARGIN - 30);
    const axis = axisBottom(this.x).tickValues(ticks).tickSize(6).tickPadding(3).offset(0)
      .tickFormat((time) => String(Math.round(time - this.recording.start)));
    const group = this.over.append('g').attr('class', 'axis')
      .attr('transform', `translate(0,${round(top)})`).call(axis)
      .attr('font-size', SIZE.axis).attr('font-family', null).attr('text-anchor', 'start');
    group.selectAll('.tick').attr('transform', function () {
      return this.getAttribute('transform').replace(/[\d.]+/, (number) => round(number));
    });
    group.selectAll('.domain').remove();
    group.selectAll('.tick text').attr('x', -1);
    group.append('line').attr('x1', MARGIN).attr('x2', WIDTH - MARGIN);
    this.text(NOTE, MARGIN, top + 42, SIZE.axis, 'faint');
    this.y += 60;
  }

  legend() {
    const states = new Set(this.threadLanes.flatMap(
      (lane) => lane.segments.map((segment) => segment.state)));
    for (const lane of this.threadLanes) if (lane.routines.length > 0) states.add(calledIn(lane));
    for (const operation of this.recording.operations) states.add(drawnAs(operation));
    for (const lane of this.connectionLanes) lane.calls.forEach((call) => states.add(call.kind));
    const group = this.over.append('g').attr('data-legend', '');
    let x = MARGIN;
    for (const [kind, name] of Object.entries(this.names)) {
      if (!states.has(kind)) continue;
      const width = 24 + widthOf(name, SIZE.text) + 16;
      if (x > MARGIN && x + width > WIDTH) {
        x = MARGIN;
        this.y += 25;
      }
      const height = kind === 'blocked' || kind === 'alertable' ? HALF : 16;
      group.append('rect').attr('class', kind).attr('x', round(x))
        .attr('y', round(this.y + (16 - height) / 2)).attr('width', 16).attr('height', height);
      this.text(name, x + 22, this.y + 14, SIZE.text);
      x += width;
    }
    this.y += 30;
  }

  caption(caption) {
    if (!caption) return;
    for (const line of wrap(caption, SIZE.text, WIDTH - 2 * MARGIN)) {
      this.text(line, MARGIN, this.y + SIZE.text, SIZE.text, 'faint');
      this.y += SIZE.text + 6;
    }
    this.y += 4;
  }

  finish(texts) {
    const height = Math.ceil(this.y + MARGIN - 4);
    this.paper.attr('width', WIDTH).attr('height', height).attr('rx', 8);
    this.svg.attr('viewBox', `0 0 ${WIDTH} ${height}`).attr('width', WIDTH).attr('height', height)
      .attr('role', 'img').attr('aria-labelledby', 'title description')
      .attr('font-family', 'system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif');
    const add = (name, text) => this.svg.insert(name, '.paper').text(text);
    add('title', texts.title).attr('id', 'title');
    add('desc', [texts.caption, texts.description].filter(Boolean).join(' '))
      .attr('id', 'description');
    add('metadata', JSON.stringify(structureOf(this.recording)));
    add('style', styles());
    return `${this.svg.node().outerHTML}\n`;
  }
}

// The calls of `thread` within a time, and the routines that run in it, in words.
function callsIn(thread, { start, end }) {
  return thread.spans.filter((each) => each.start >= start && each.start < end).map(callWords);
}

// A wide one leaves a slit before its neighbour.
function barWidth(width) {
  return width >= WIDE ? width - SLIT : Math.max(width, NARROW);
}

// The content of the picture in words.
function describe(recording, lanes) {
  const parts = lanes.threads.map((lane) => {
    const lengths = rollup(lane.segments, (same) => sum(same, (each) => each.end - each.start),
      (each) => each.state);
    const share = (state) => Math.round((100 * (lengths.get(state) ?? 0)) / sum(lengths.values()));
    const states = ['blocked', 'alertable', 'spinning', 'running']
      .filter((state) => share(state) > 0).map((state) => `${LEGEND[state]} ${share(state)} %`);
    return `${lane.label}: ${states.join(', ')}.`;
  });
  const flights = [
    ...lanes.operations.map((lane) => `${lane.label}: ${lane.operations.length}`),
    ...lanes.connections.map((lane) => `${lane.label}: ${lane.calls.length} calls`),
  ];
  const length = Math.round(recording.end - recording.start);
  return [
    `${length} ms. Threads, and their time: ${parts.join(' ')}`,
    flights.length > 0 ? `Operations: ${flights.join('; ')}.` : '',
  ].filter(Boolean).join(' ');
}

function round(number) {
  return Math.round(Number(number) * 100) / 100;
}

function styles() {
  return rules(0) + `@media (prefers-color-scheme:dark){${rules(1)}}`;
}

function rules(scheme) {
  const colour = (name) => COLOURS[name][scheme];
  return [
    `.paper{fill:${colour('paper')}}`,
    `.ink{fill:${colour('ink')}}`,
    `.faint,.axis text{fill:${colour('faint')}}`,
    `.edged{stroke:${colour('paper')};stroke-width:4px;stroke-linejoin:round;paint-order:stroke}`,
    `.axis line{stroke:${colour('faint')}}`,
    `.busy{fill:${colour('line')};opacity:.35}`,
    ...Object.keys(LEGEND).map((name) => `.${name}{fill:${colour(name)}}`),
    `.arrow line{stroke:${colour('faint')};stroke-width:1px}`,
    '.arrow.issued line{stroke-dasharray:2 2}',
    `.arrow path{fill:${colour('ink')}}`,
  ].join('');
}
