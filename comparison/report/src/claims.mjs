// The rankings in words. No sentence says more than a ranking or a run does.
import { group } from 'd3-array';

import { count } from './format.mjs';
import { parameterOf, placeOf } from './results.mjs';

/** "At 64 connections", or "" where nothing varies. */
export function at(scenario, ranking) {
  const place = placeOf(scenario, parameterOf(scenario, ranking));
  return place ? `At ${place}` : '';
}

/** True when the ranking tells anything apart. */
export function separates(ranking) {
  return ranking.order.length > 1;
}

/** The order of a ranking as pieces: { label } and { text }. */
export function orderPieces(order) {
  const pieces = [];
  order.forEach((labels, place) => {
    if (place > 0) pieces.push({ text: ' before ' });
    labels.forEach((label, index) => {
      if (index > 0) pieces.push({ text: index === labels.length - 1 ? ' and ' : ', ' });
      pieces.push({ label });
    });
  });
  return pieces;
}

export function textOf(pieces) {
  return pieces.map((piece) => piece.label ?? piece.text).join('');
}

/**
 * The claims of `scenario` (scenariosOf), a group for each figure in the order of the scenario's:
 * { figure, title, claims: [{ where, pieces }] }. Parameters at which the order is the same share
 * a claim.
 */
export function claimsOf(scenario) {
  return scenario.figures.flatMap((figure) => {
    const rankings = scenario.rankings.filter((each) => each.figure === figure.name);
    if (rankings.length === 0) return [];
    const alike = group(rankings, ({ order }) => JSON.stringify(order.length > 1 ? order : []));
    return [{
      figure,
      title: figure.title,
      claims: [...alike.values()].map((same) => ({
        where: places(scenario, same),
        pieces: separates(same[0]) ? orderPieces(same[0].order)
          : [{ text: 'not told apart by the rounds' }],
      })),
    }];
  });
}

// "at 1, 16 and 64 connections"
function places(scenario, rankings) {
  if (scenario.by === null) return '';
  const values = rankings.map((each) => parameterOf(scenario, each)).sort((a, b) => a - b);
  return `at ${placeOf(scenario, ...values)}`;
}

/**
 * The claim of the ranking of `figure` where `scenario.by` is largest, as pieces; null when no
 * ranking tells anything apart.
 */
export function mainClaim(scenario, figure) {
  const rankings = scenario.rankings
    .filter((each) => each.figure === figure.name && separates(each))
    .sort((a, b) => (b[scenario.by] ?? 0) - (a[scenario.by] ?? 0));
  if (rankings.length === 0) return null;
  const where = at(scenario, rankings[0]);
  return [{ text: where ? `${where}, ${figure.title}: ` : `${figure.title}: ` },
    ...orderPieces(rankings[0].order), { text: '.' }];
}

/** True when no ranking of `scenario` tells anything apart. */
export function nothingSeparates(scenario) {
  return !scenario.rankings.some(separates);
}

const BLOCKING = '01_blocking';
const PORT = '05_iocp';
const SPEED = ['requests_per_second', 'p99_ms'];

/**
 * The sentences that a friend of completion ports would rather not read, as pieces. Each comes from
 * rankings or runs.
 */
export function inconvenient(results, scenarios) {
  const wine = results.environment.wine !== null;
  return [
    ...blockingDoesWell(scenarios, wine),
    ...aheadOfThePort(scenarios),
    ...notWhole(scenarios),
  ];
}

function blockingDoesWell(scenarios, wine) {
  const echo = scenarios.find((each) => each.name === 'echo');
  if (!echo) return [];
  const where = (holds) => SPEED.flatMap((name) => {
    const rankings = echo.rankings.filter((each) => each.figure === name && holds(each.order));
    if (rankings.length === 0) return [];
    const { title } = echo.figures.find((each) => each.name === name);
    return [`${title} ${places(echo, rankings)}`];
  }).join('; ');
  const leads = ({ length, 0: first }) => length > 1 && first.includes(BLOCKING);
  const ties = (order) => !leads(order)
    && order.some((labels) => labels.includes(BLOCKING) && labels.includes(PORT));
  const system = wine ? ' under Wine' : ' here';
  const sentences = [];
  if (where(leads)) {
    sentences.push([{ text: `A thread per connection does well${system}: ` }, { label: BLOCKING },
      { text: ` is the best, or not told apart from the best, in ${where(leads)}.` }]);
  }
  if (where(ties)) {
    sentences.push([{ text: 'The rounds do not tell ' }, { label: BLOCKING },
      { text: ', a thread per connection, from ' }, { label: PORT },
      { text: `${system} in ${where(ties)}.` }]);
  }
  return sentences;
}

function aheadOfThePortIn({ order }) {
  return order.slice(0, Math.max(0, order.findIndex((labels) => labels.includes(PORT)))).flat();
}

function aheadOfThePort(scenarios) {
  return scenarios.flatMap((scenario) => {
    const found = scenario.figures.filter((each) => each.reason).flatMap((figure) => {
      const rankings = scenario.rankings.filter((each) =>
        each.figure === figure.name && aheadOfThePortIn(each).length > 0);
      return [...group(rankings, (each) => JSON.stringify(aheadOfThePortIn(each))).values()]
        .map((same) => ({ figure, who: aheadOfThePortIn(same[0]), rankings: same }));
    });
    if (found.length === 0) return [];
    const pieces = [{ text: `In \u201c${scenario.name}\u201d, ` }, { label: PORT },
      { text: ' comes after ' }];
    found.forEach(({ figure, who, rankings }, index) => {
      if (index > 0) pieces.push({ text: '; after ' });
      pieces.push(...orderPieces([who]));
      const where = places(scenario, rankings);
      pieces.push({ text: ` in ${figure.title}${where ? ` ${where}` : ''}` });
    });
    pieces.push({ text: '.' });
    return [pieces];
  });
}

function notWhole(scenarios) {
  const failed = scenarios.flatMap((each) => each.runs).filter((run) => run.failure).length;
  const stopped = scenarios.flatMap((each) => each.runs).filter((run) => run.limit).length;
  if (failed + stopped === 0) return [];
  const parts = [
    failed > 0 ? `${count(failed, 'run')} failed` : '',
    stopped > 0 ? `${count(stopped, 'run')} stopped before the end` : '',
  ].filter(Boolean);
  const subject = failed + stopped === 1 ? 'It' : 'Each';
  return [[{
    text: `${parts.join(' and ')}. ${subject} is in its chart and in the table, with the reason.`,
  }]];
}
