// Draws the README's picture: three charts of the report, as an SVG that needs no other file.
import { DOMParser } from 'linkedom';

import { sample, widthOf } from './chart_parts.mjs';
import { day, systemOf, titleWithUnit } from './format.mjs';
import { lineChart } from './line_chart.mjs';
import { colourRules, looksIn, looksOf } from './looks.mjs';
import { labelsOf, parametersOf, ResultsError, scenariosOf } from './results.mjs';
import { speak, words } from './words.mjs';

const WIDTH = 960;
const MARGIN = 24;
const GAP = 26;
const HEIGHT = 290; // of a chart
const LEGEND_LINE = 28;
const SIZE = { title: 17, chart: 14, note: 14, legend: 15 };

// The most important figures, and one at which a thread per connection is good.
const PANELS = [
  { scenario: 'echo', figure: 'threads' },
  { scenario: 'idle', figure: 'memory_per_silent_kib' },
  { scenario: 'echo', figure: 'requests_per_second' },
];

const FONTS = {
  en: 'system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif',
  ko: 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Malgun Gothic", "Apple SD Gothic Neo", '
    + '"Noto Sans KR", "Noto Sans CJK KR", NanumGothic, sans-serif',
};

/**
 * The SVG of `results` (parseResults) as text, in one of LANGUAGES. Throws ResultsError when a chart
 * has no figures.
 */
export function drawPicture(results, language = 'en') {
  speak(language);
  const scenarios = scenariosOf(results);
  const panels = PANELS.map((panel) => panelOf(panel, scenarios));
  const runs = panels.flatMap((panel) => panel.scenario.runs);
  const looks = looksOf(labelsOf(runs, results.models), runs);
  const document = new DOMParser().parseFromString(
    '<svg xmlns="http://www.w3.org/2000/svg"></svg>', 'image/svg+xml');
  const svg = document.documentElement;
  const add = (parent, name, attributes, text) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
    if (text !== undefined) node.textContent = text;
    parent.appendChild(node);
    return node;
  };
  const { environment } = results;
  const under = environment.wine !== null;

  add(svg, 'title', { id: 'title' }, words.pictureTitle);
  const description = add(svg, 'desc', { id: 'description' });
  add(svg, 'style', {}, `${colourRules('svg')}.paper{fill:var(--paper)}.ink{fill:var(--ink)}`
    + '.faint{fill:var(--faint)}');
  const paper = add(svg, 'rect', { class: 'paper', width: WIDTH, rx: 8 });

  const width = (WIDTH - 2 * MARGIN - (panels.length - 1) * GAP) / panels.length;
  const top = MARGIN + SIZE.title;
  panels.forEach(({ scenario, figure }, index) => {
    const x = MARGIN + index * (width + GAP);
    add(svg, 'text', { class: 'ink', x, y: top, 'font-size': SIZE.title, 'font-weight': 600 },
      titleWithUnit(figure));
    add(svg, 'text', { class: 'faint', x, y: top + 22, 'font-size': SIZE.note }, [
      figure.better ? words.better[figure.better] : '',
      under ? (figure.carries_over ? words.pictureCarries : words.pictureStays) : '',
    ].filter(Boolean).join(' \u00b7 '));
    const chart = lineChart(scenario, figure, looksIn(scenario.runs, looks), {
      document,
      width,
      height: HEIGHT,
      size: SIZE.chart,
      log: figure.log,
      tips: false,
    });
    chart.setAttribute('x', String(x));
    chart.setAttribute('y', String(top + 34));
    chart.setAttribute('class', 'chart');
    description.textContent += `${chart.getAttribute('aria-label')} `;
    chart.removeAttribute('aria-label');
    chart.removeAttribute('role');
    chart.style.setProperty('color', 'var(--faint)');
    svg.appendChild(chart);
  });

  let x = MARGIN;
  let y = top + 34 + HEIGHT + 22;
  for (const [label, look] of looks) {
    const length = 42 + widthOf([label], SIZE.legend) + 18;
    if (x + length > WIDTH - MARGIN) {
      x = MARGIN;
      y += LEGEND_LINE;
    }
    const line = sample(look, { document });
    line.setAttribute('x', String(x));
    line.setAttribute('y', String(y - 12));
    svg.appendChild(line);
    add(svg, 'text', { class: 'ink', x: x + 42, y, 'font-size': SIZE.legend }, label);
    x += length;
  }
  y += 36;
  add(svg, 'text', { class: 'faint', x: MARGIN, y, 'font-size': SIZE.note }, [
    systemOf(environment),
    environment.processor,
    words.pictureCommit(environment.commit),
    day(environment.date),
  ].join(' \u00b7 '));

  const height = y + MARGIN - 4;
  paper.setAttribute('height', String(height));
  for (const [name, value] of Object.entries({
    viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: 'img',
    'aria-labelledby': 'title description', 'font-family': FONTS[language],
    ...(language === 'en' ? {} : { lang: language }),
  })) svg.setAttribute(name, String(value));
  return `${svg.outerHTML}\n`;
}

function panelOf(panel, scenarios) {
  const scenario = scenarios.find((each) => each.name === panel.scenario);
  const figure = scenario?.figures.find((each) => each.name === panel.figure);
  if (!figure || parametersOf(scenario).length < 2
    || !scenario.runs.some((run) => run.figures[panel.figure]))
    throw new ResultsError(`has too little for the picture: ${panel.figure} of ${panel.scenario}`);
  return { scenario, figure };
}
