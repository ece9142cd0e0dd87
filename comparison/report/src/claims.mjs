// The rankings in words. No sentence says more than a ranking or a run does.
import { group } from 'd3-array';

import { parameterOf, placeOf } from './results.mjs';
import { words } from './words.mjs';

/** True when the ranking tells anything apart. */
export function separates(ranking) {
  return ranking.order.length > 1;
}

/** The order of a ranking as pieces: texts, and { label }. */
export function orderPieces(order) {
  const pieces = [];
  order.forEach((labels, place) => {
    if (place > 0) pieces.push(words.before);
    labels.forEach((label, index) => {
      if (index > 0) pieces.push(words.between[index === labels.length - 1 ? 1 : 0]);
      pieces.push({ label });
    });
  });
  return pieces;
}

export function textOf(pieces) {
  return pieces.map((piece) => piece.label ?? piece).join('');
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
        where: scenario.by === null ? '' : words.claimAt(places(scenario, same)),
        pieces: separates(same[0]) ? orderPieces(same[0].order) : [words.notApart],
      })),
    }];
  });
}

// "1, 16 and 64 connections"
function places(scenario, rankings) {
  if (scenario.by === null) return '';
  const values = rankings.map((each) => parameterOf(scenario, each)).sort((a, b) => a - b);
  return placeOf(scenario, ...values);
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
  return [words.mainClaim(places(scenario, rankings.slice(0, 1)), figure.title),
    ...orderPieces(rankings[0].order), '.'];
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
    return [words.figureAt(title, places(echo, rankings))];
  });
  const leads = ({ length, 0: first }) => length > 1 && first.includes(BLOCKING);
  const ties = (order) => !leads(order)
    && order.some((labels) => labels.includes(BLOCKING) && labels.includes(PORT));
  const [blocking, port] = [{ label: BLOCKING }, { label: PORT }];
  const sentences = [];
  if (where(leads).length > 0) sentences.push(words.blockingLeads(blocking, wine, where(leads)));
  if (where(ties).length > 0) sentences.push(words.blockingTies(blocking, port, wine, where(ties)));
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
        .map((same) => ({
          who: orderPieces([aheadOfThePortIn(same[0])]),
          figure: words.figureAt(figure.title, places(scenario, same)),
        }));
    });
    return found.length === 0 ? [] : [words.comesAfter(scenario.name, { label: PORT }, found)];
  });
}

function notWhole(scenarios) {
  const failed = scenarios.flatMap((each) => each.runs).filter((run) => run.failure).length;
  const stopped = scenarios.flatMap((each) => each.runs).filter((run) => run.limit).length;
  return failed + stopped === 0 ? [] : [[words.notWhole(failed, stopped)]];
}
