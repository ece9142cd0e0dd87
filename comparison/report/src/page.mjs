// The report: the results as a page. Everything on it comes from the results that lie in the page;
// nothing is fetched.
import { sample } from './chart_parts.mjs';
import {
  claimsOf, inconvenient, mainClaim, nothingSeparates,
} from './claims.mjs';
import { moment, number, systemOf, titleWithUnit } from './format.mjs';
import { h } from './html.mjs';
import { chartsOf } from './layout.mjs';
import { colourRules, looksIn, looksOf } from './looks.mjs';
import {
  labelsOf, parameterOf, parseResults, placeOf, ResultsError, scenariosOf, troubleOf,
} from './results.mjs';
import { tablesOf } from './tables.mjs';
import { languageOf, speak, words } from './words.mjs';

// Widths of the charts on paper, where a page has some 700 pixels.
const PAPER = { wide: 700, large: 340, small: 220 };
const MAIN_CLAIMS = 3; // shown at once; a fold has all of them
const MOST_SERIES = 24;
const LONG = 26; // letters of a model's name that may take two lines

function main() {
  document.documentElement.lang = languageOf(location.search, navigator.language);
  speak(document.documentElement.lang);
  document.title = words.title;
  document.head.append(h('style', {}, colourRules() + highlightRules()));
  const page = document.querySelector('main');
  page.append(languageSwitch());
  const text = document.getElementById('results').textContent;
  if (text.trim() === '{}') {
    page.append(h('p', { class: 'empty' }, words.noResults(h('code', {}, 'comparison'))));
    return;
  }
  try {
    show(page, parseResults(text));
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    page.append(h('p', { class: 'empty' }, words.badResults(error.message)));
  }
}

// Leads to the same section in the other language.
function languageSwitch() {
  const { language, name } = words.other;
  const link = h('a', { href: `?lang=${language}`, hreflang: language, lang: language }, name);
  const follow = () => { link.hash = location.hash; };
  follow();
  addEventListener('hashchange', follow);
  return h('p', { class: 'language' }, link);
}

function show(page, results) {
  const scenarios = scenariosOf(results);
  const looks = looksOf(labelsOf(results.runs, results.models), results.runs);
  const chip = chipsOf(looks);
  page.append(
    head(results, scenarios),
    ...notices(results, scenarios, chip),
    ...scenarios.map((scenario, index) =>
      section(results, scenario, index, looksIn(scenario.runs, looks), chip)),
    tables(results, scenarios, looks),
    foot(results),
  );
  document.title = words.titleAt(moment(results.environment.date));
  draw(page);
}

// --- The head ------------------------------------------------------------------------------------

function head({ environment, models, runs, rankings }, scenarios) {
  const fact = (name, value) => (value === null || value === undefined || value === ''
    ? [] : [h('div', {}, h('dt', {}, name), h('dd', {}, value))]);
  const memory = environment.memory_mib ? `, ${number(environment.memory_mib / 1024)} GiB` : '';
  const peers = models.some((each) => each.peer);
  const measurements = runs.reduce((sum, run) => sum + run.rounds_done, 0);
  return h('header', { class: 'top' },
    h('p', { class: 'eyebrow' }, words.tutorial),
    h('h1', {}, words.title),
    h('p', { class: 'lede' }, words.lede(peers)),
    h('dl', { class: 'facts' },
      fact(words.when, moment(environment.date)),
      fact(words.system, systemOf(environment)),
      fact(words.processor, environment.processor
        ? `${environment.processor}, ${words.processors(number(environment.processors))}${memory}`
        : ''),
      fact(words.commit, environment.commit ? h('code', {}, environment.commit) : ''),
      fact(words.compiler, environment.compiler),
      fact(words.run, words.measured(environment.mode, number(measurements)))),
    h('nav', { 'aria-label': words.scenariosList },
      h('ul', {}, [...scenarios.map((each) => each.name), 'figures'].map((id) =>
        h('li', {}, h('a', { href: `#${id}` }, id === 'figures' ? words.allFigures : id))))),
    rankings.length === 0 ? null : h('p', { class: 'note' }, words.beforeMeans));
}

function notices(results, scenarios, chip) {
  const { environment } = results;
  const aloud = inconvenient(results, scenarios);
  return [
    environment.complete !== false ? null : h('section', { class: 'notice stopped-early' },
      h('h2', {}, words.interrupted),
      h('p', {}, words.wasInterrupted)),
    environment.wine === null ? null : h('section', { class: 'notice wine' },
      h('h2', {}, words.underWine(environment.wine)),
      h('div', { class: 'two' },
        h('div', {}, h('h3', { class: 'carries' }, words.whatCarries),
          h('p', {}, words.thisCarries)),
        h('div', {}, h('h3', { class: 'stays' }, words.whatStays),
          h('p', {}, words.thisStays)))),
    aloud.length === 0 ? null : h('section', { class: 'notice aloud' },
      h('h2', {}, words.aloud),
      h('ul', {}, aloud.map((pieces) => h('li', {}, inline(pieces, chip))))),
  ].filter(Boolean);
}

function inline(pieces, chip) {
  return pieces.map((piece) => (piece.label === undefined ? piece : chip(piece.label)));
}

// The name of a model, with its colour.
function chipsOf(looks) {
  return (label) => h('span', {
    class: `model${looks.get(label)?.peer ? ' peer' : ''}${label.length > LONG ? ' long' : ''}`,
    style: `--own:${looks.get(label)?.paint ?? 'var(--faint)'}`,
  }, label);
}

// --- A scenario ----------------------------------------------------------------------------------

function section(results, scenario, index, looks, chip) {
  const charts = chartsOf(scenario);
  const wine = results.environment.wine !== null;
  const small = charts.filter((each) => each.size === 'small').length;
  const heading = `h-${scenario.name}`;
  return h('section', { id: scenario.name, class: 'scenario', 'aria-labelledby': heading },
    h('p', { class: 'eyebrow' }, `${index + 1} \u00b7 ${scenario.name}`),
    h('h2', { id: heading }, scenario.question),
    h('p', { class: 'see' }, scenario.see),
    claims(scenario, chip),
    charts.some((each) => each.lines) ? legend(looks) : null, // bars have their names
    h('div', { class: small === 4 ? 'charts four' : 'charts' },
      charts.map((chart) => figure(chart, looks, wine))),
    troubles(scenario, chip),
    allClaims(scenario, chip),
    h('p', { class: 'method' }, h('b', {}, words.method), scenario.method, ' ',
      h('a', { href: `#table-${scenario.name}` }, words.itsFigures)));
}

function claims(scenario, chip) {
  if (scenario.rankings.length === 0) return null;
  if (nothingSeparates(scenario))
    return h('p', { class: 'claims none' }, words.noneApart);
  const main = chartsOf(scenario).filter((each) => each.size !== 'small' && each.figures.length > 0)
    .map((each) => mainClaim(scenario, each.figures[0])).filter(Boolean).slice(0, MAIN_CLAIMS);
  return main.length === 0 ? null
    : h('ul', { class: 'claims' }, main.map((pieces) => h('li', {}, inline(pieces, chip))));
}

function allClaims(scenario, chip) {
  if (nothingSeparates(scenario)) return null;
  return h('details', { class: 'all-claims' },
    h('summary', {}, words.allClaims),
    h('ul', {}, claimsOf(scenario).map((group) => claimItem(group, chip))));
}

function claimItem({ title, claims: all }, chip) {
  return h('li', {}, h('b', {}, title),
    h('ul', {}, all.map(({ where, pieces }) => h('li', {},
      where ? h('span', { class: 'where' }, `${where}: `) : null, inline(pieces, chip), '.'))));
}

function legend(looks) {
  const items = [...looks].map(([label, look], index) => h('li', {},
    h('button', { type: 'button', 'aria-pressed': 'false', 'data-series': index },
      sample(look, { document }), label)));
  return h('ul', { class: 'legend', 'aria-label': words.models }, items);
}

function figure(chart, looks, wine) {
  const [first] = chart.figures;
  const hints = [
    first?.better ? h('span', {}, words.better[first.better]) : null,
    wine ? carriesOver(chart) : null,
  ].filter(Boolean);
  const unit = first ? titleWithUnit(first).slice(first.title.length) : '';
  const element = h('figure', { class: `chart ${chart.size}`, 'data-size': chart.size },
    h('figcaption', {}, h('strong', {}, chart.title), unit,
      hints.length > 0 ? h('span', { class: 'hints' }, hints) : null),
    chart.calls ? h('ul', { class: 'kinds' }, Object.entries(words.callKinds).map(([kind, text]) =>
      h('li', { style: `--own:var(--${kind})` }, text))) : null,
    h('div', { class: 'plot' }));
  element.draw = (width) => chart.draw(looks, { document, width });
  return element;
}

function carriesOver({ carries }) {
  return carries ? h('span', { class: 'carries' }, words.carries)
    : h('span', { class: 'stays' }, words.stays);
}

function troubles(scenario, chip) {
  const items = scenario.runs.filter(troubleOf);
  if (items.length === 0) return null;
  return h('div', { class: 'troubles' }, h('h3', {}, words.troubles),
    h('ul', {}, items.map((run) => {
      const place = placeOf(scenario, parameterOf(scenario, run));
      return h('li', {}, chip(run.label), place ? words.atPlace(place) : '', `: ${troubleOf(run)}`);
    })));
}

// --- The tables ----------------------------------------------------------------------------------

function tables(results, scenarios, looks) {
  return h('section', { id: 'figures', 'aria-labelledby': 'h-figures' },
    h('p', { class: 'eyebrow' }, words.figuresEyebrow),
    h('h2', { id: 'h-figures' }, words.figuresTitle),
    h('p', { class: 'see' }, words.figuresSee),
    scenarios.map((scenario) => tablesOf(scenario, looksIn(scenario.runs, looks))));
}

function foot({ environment }) {
  const command = h('code', {}, environment.command || 'comparison');
  return h('footer', {}, h('p', {}, words.madeBy(command)));
}

// --- Drawing -------------------------------------------------------------------------------------

function draw(page) {
  const figures = [...page.querySelectorAll('figure')];
  const drawAt = (figure, width) => {
    if (width === 0 || figure.drawn === width) return;
    figure.drawn = width;
    figure.querySelector('.plot').replaceChildren(figure.draw(width));
  };
  const fit = (figure) => drawAt(figure, Math.floor(figure.querySelector('.plot').clientWidth));
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) fit(target.parentElement);
  });
  const fitAll = () => {
    for (const figure of figures) {
      fit(figure);
      observer.observe(figure.querySelector('.plot'));
    }
  };
  fitAll();
  for (const scenario of page.querySelectorAll('.scenario')) highlight(scenario);

  // On paper all claims are open, and the charts have the width that they will get there.
  addEventListener('beforeprint', () => {
    observer.disconnect();
    for (const figure of figures) drawAt(figure, PAPER[figure.dataset.size]);
    for (const each of page.querySelectorAll('details:not([open])')) {
      each.open = true;
      each.dataset.folded = '';
    }
  });
  addEventListener('afterprint', () => {
    for (const each of page.querySelectorAll('details[data-folded]')) {
      each.open = false;
      delete each.dataset.folded;
    }
    fitAll();
  });
}

// A model of the legend stands out in all charts of its scenario: while the pointer or the focus is
// on it, or until it is pressed again.
function highlight(scenario) {
  const buttons = [...scenario.querySelectorAll('.legend button')];
  const state = { pressed: null, over: null };
  const update = () => {
    const chosen = state.over ?? state.pressed;
    for (const each of buttons)
      each.setAttribute('aria-pressed', String(each.dataset.series === state.pressed));
    if (chosen === null) delete scenario.dataset.chosen;
    else scenario.dataset.chosen = chosen;
  };
  for (const button of buttons) {
    const own = button.dataset.series;
    const over = (value) => () => { state.over = value; update(); };
    button.addEventListener('pointerenter', over(own));
    button.addEventListener('pointerleave', over(null));
    button.addEventListener('click', () => {
      state.pressed = state.pressed === own ? null : own;
      state.over = null;
      update();
    });
  }
}

function highlightRules() {
  return Array.from({ length: MOST_SERIES }, (_, index) =>
    `[data-chosen="${index}"] .series:not(.s${index}){opacity:.12}`).join('');
}

main();
