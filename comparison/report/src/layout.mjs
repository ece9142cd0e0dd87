// Which charts each scenario gets. A large one shows what the scenario is for.
import { barChart, callChart, changeChart } from './bar_charts.mjs';
import { lineChart } from './line_chart.mjs';
import { isCall, parameterOf, parametersOf, placeOf } from './results.mjs';

const LAYOUT = {
  echo: {
    wide: ['p99_ms'],
    large: ['requests_per_second', 'threads'],
    small: ['memory_mib', 'fairness', 'cpu_us_per_request', 'context_switches_per_request'],
  },
  idle: {
    large: ['threads', 'memory_per_silent_kib'],
    small: ['p99_ms', 'memory_mib', 'silent_per_second'],
  },
  slow_client: {
    changes: [['p99_alone_ms', 'p99_ms'], ['requests_per_second_alone', 'requests_per_second']],
    large: ['threads', 'memory_mib'],
  },
  stream: {
    large: ['megabytes_per_second', 'cpu_us_per_mib', 'memory_mib', 'threads'],
  },
  copy: {
    large: ['megabytes_per_second', 'free_share', 'net_megabytes_per_second', 'start_ms'],
  },
  calls: {
    calls: true,
    large: ['io_calls_per_echo', 'waits_per_echo'],
  },
};

/** The figures that span decades. */
export const LOGARITHMIC = new Set(['threads', 'p50_ms', 'p99_ms', 'memory_mib',
  'memory_per_silent_kib']);

const HEIGHT = { wide: 420, large: 320, small: 210 };

/**
 * The charts of `scenario` (scenariosOf) that have anything to show: { figures, title, size (wide,
 * large, small), carries, calls, lines, draw(looks, { document, width, tips }) }.
 */
export function chartsOf(scenario) {
  const layout = LAYOUT[scenario.name]
    ?? { large: scenario.figures.map((each) => each.name).filter((each) => !isCall(each)) };
  const figure = (name) => scenario.figures.find((each) => each.name === name);
  const measured = (name) => figure(name) && scenario.runs.some((run) => run.figures[name]);
  const changes = (layout.changes ?? []).filter((pair) => pair.every(measured))
    .map(([from, to]) => ({
      figures: [figure(to), figure(from)],
      title: `${figure(from).title} \u2192 ${figure(to).title}`,
      size: 'large',
      carries: figure(to).carries_over,
      draw: (looks, options) => changeChart(scenario, figure(from), figure(to), looks,
        { ...options, log: LOGARITHMIC.has(to) }),
    }));
  const single = (size) => (layout[size] ?? []).filter(measured).map((name) => ({
    figures: [figure(name)],
    title: figure(name).title,
    size,
    carries: figure(name).carries_over,
    lines: overParameters(scenario),
    draw: (looks, options) => chartOf(scenario, figure(name), looks, size, options),
  }));
  return [...changes, ...(layout.calls ? callCharts(scenario) : []), ...single('wide'),
    ...single('large'), ...single('small')];
}

function overParameters(scenario) {
  return scenario.by !== null && parametersOf(scenario).length > 1;
}

function chartOf(scenario, figure, looks, size, options) {
  if (!overParameters(scenario)) return barChart(scenario, figure, looks, options);
  return lineChart(scenario, figure, looks, {
    ...options,
    height: HEIGHT[size],
    direct: size !== 'small',
    log: LOGARITHMIC.has(figure.name),
  });
}

function callCharts(scenario) {
  return parametersOf(scenario).filter((parameter) => scenario.runs.some(
    (run) => parameterOf(scenario, run) === parameter && Object.keys(run.figures).some(isCall)))
    .map((parameter) => ({
      figures: [],
      // Those of the calls need not be among the scenario's figures; they are like these sums.
      carries: scenario.figures.every((each) => each.carries_over),
      title: `calls per echo, ${placeOf(scenario, parameter)}`,
      size: 'wide',
      calls: true,
      draw: (looks, options) => callChart(scenario, parameter, looks, options),
    }));
}
