// The charts of a scenario. Each of its figures says how it is drawn.
import { barChart, callChart, changeChart } from './bar_charts.mjs';
import { lineChart } from './line_chart.mjs';
import { isCall, parameterOf, parametersOf, placeOf, stepsOf } from './results.mjs';
import { words } from './words.mjs';

const HEIGHT = { wide: 420, large: 320, small: 210 }; // by size, in the order of the page

/**
 * The charts of `scenario` (scenariosOf) that have anything to show: { figures, title, size (wide,
 * large, small), carries, calls, lines, draw(looks, { document, width, tips }) }. A figure that says
 * nothing of its chart gets a large one.
 */
export function chartsOf(scenario) {
  const measured = (name) => scenario.runs.some((run) => run.figures[name]);
  const charts = scenario.figures.filter(({ name }) => !isCall(name) && measured(name))
    .map((figure) => {
      const from = scenario.figures.find(({ name }) => name === figure.from && measured(name));
      return {
        figures: from ? [figure, from] : [figure],
        title: from ? `${from.title} \u2192 ${figure.title}` : figure.title,
        size: figure.chart ?? 'large',
        carries: figure.carries_over,
        lines: !from && overParameters(scenario),
        draw: (looks, options) => chartOf(scenario, figure, from, looks, options),
      };
    });
  return Object.keys(HEIGHT).flatMap((size) =>
    [...callCharts(scenario), ...charts].filter((chart) => chart.size === size));
}

function overParameters(scenario) {
  return scenario.by !== null && parametersOf(scenario).length > 1;
}

function chartOf(scenario, figure, from, looks, options) {
  const { chart: size = 'large', log } = figure;
  if (from) return changeChart(scenario, from, figure, looks, { ...options, log });
  if (!overParameters(scenario)) return barChart(scenario, figure, looks, options);
  return lineChart(scenario, figure, looks,
    { ...options, height: HEIGHT[size], direct: size !== 'small', log });
}

function callCharts(scenario) {
  return stepsOf(scenario).filter((parameter) => scenario.runs.some(
    (run) => parameterOf(scenario, run) === parameter && Object.keys(run.figures).some(isCall)))
    .map((parameter) => ({
      figures: [],
      // The counts of single calls carry over when the scenario's figures, their sums, do.
      carries: scenario.figures.every((each) => each.carries_over),
      title: [words.calls, placeOf(scenario, parameter)].filter(Boolean).join(', '),
      size: 'wide',
      calls: true,
      draw: (looks, options) => callChart(scenario, parameter, looks, options),
    }));
}
