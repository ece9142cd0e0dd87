// Results that nobody measured, for the tests: made up, but of the form and the size of
// comparison's. Their commit and processor say that they are.
import { readFileSync } from 'node:fs';

// The kind of each call, from the recorder's own table.
const KINDS = Object.fromEntries([...readFileSync(
  new URL('../../../support/trace/log/calls.hpp', import.meta.url), 'utf8',
).matchAll(/\{"(\w+)",.*call_kind::(\w+)\}/g)].map(([, name, kind]) => [name, kind]));

const MODELS = [
  ['01_blocking', 'blocking, a thread per connection'],
  ['02_nonblocking', 'non-blocking, one thread'],
  ['03_overlapped_event', 'overlapped, events'],
  ['04_overlapped_callback', 'overlapped, completion routines'],
  ['05_iocp', 'completion port'],
  ['05_iocp_threadpool', 'Windows\' own thread pool'],
  ['05_iocp_coroutine', 'completion port, coroutines'],
  ['05_iocp_server', 'completion port, the full server'],
  ['asio', 'standalone Asio', true],
  ['copyfileex', 'CopyFileExW', true],
].map(([name, title, peer = false]) => ({ name, title, peer }));

const SERVERS = [
  { model: '01_blocking', speed: 1, tail: 2.2, threads: (n) => n + 2, client: 38 },
  { model: '02_nonblocking', speed: 0.72, tail: 1.3, threads: () => 1, client: 4.4 },
  { model: '03_overlapped_event', speed: 0.78, tail: 1.4, threads: (n) => Math.ceil(n / 63) + 1,
    client: 6.1 },
  { model: '04_overlapped_callback', speed: 0.66, tail: 1.25, threads: () => 1, client: 5.2 },
  { model: '05_iocp', speed: 0.94, tail: 1, threads: () => 5, client: 4.9 },
  { model: '05_iocp_threadpool', speed: 0.8, tail: 1.1, threads: () => 7, client: 5 },
  { model: '05_iocp_coroutine', speed: 0.93, tail: 1.01, threads: () => 5, client: 5.1 },
  { model: '05_iocp_server', speed: 0.95, tail: 0.97, threads: () => 5, client: 0.9 },
  { model: 'asio', label: 'asio, 1 thread', given: 1, speed: 0.5, tail: 1.7, threads: () => 2,
    client: 17 },
  { model: 'asio', label: 'asio, 4 threads', given: 4, speed: 0.92, tail: 1.02, threads: () => 5,
    client: 17.2 },
];

const CALLS = {
  '01_blocking': { recv: 1.0004, send: 1.0002, accept: 0.0004 },
  '02_nonblocking': { recv: 1.92, send: 1.0002, WSAPoll: 0.94, ioctlsocket: 0.0005 },
  '03_overlapped_event': { WSARecv: 1.0004, WSASend: 1.0002, WSAWaitForMultipleEvents: 1.97,
    WSAGetOverlappedResult: 1.99 },
  '04_overlapped_callback': { WSARecv: 1.0004, WSASend: 1.0002, SleepEx: 1.21 },
  '05_iocp': { WSARecv: 1.0004, WSASend: 1.0002, GetQueuedCompletionStatus: 2.002, AcceptEx: 0.0021,
    CreateIoCompletionPort: 0.0006 },
  '05_iocp_threadpool': { WSARecv: 1.0004, WSASend: 1.0002, CreateThreadpoolIo: 0.0006 },
  '05_iocp_coroutine': { WSARecv: 1.0004, WSASend: 1.0002, GetQueuedCompletionStatus: 2.002 },
  '05_iocp_server': { WSARecv: 1.0004, WSASend: 1.0002, GetQueuedCompletionStatusEx: 0.92 },
};

const FIGURES = {
  requests_per_second: ['requests/s', '1/s', 'higher', false],
  requests_per_second_alone: ['requests/s, alone', '1/s', 'higher', false],
  p50_ms: ['p50', 'ms', 'lower', false],
  p99_ms: ['p99', 'ms', 'lower', false],
  p99_alone_ms: ['p99, alone', 'ms', 'lower', false],
  fairness: ['fairness', '', 'higher', true],
  cpu_us_per_request: ['processor time per request', 'us', 'lower', false],
  context_switches_per_request: ['context switches per request', '', 'lower', false],
  threads: ['threads', '', 'lower', true],
  memory_mib: ['memory', 'MiB', 'lower', true],
  idle_memory_mib: ['memory before the first client', 'MiB', null, false],
  silent: ['silent clients served', '', 'higher', true],
  memory_per_silent_kib: ['memory per silent client', 'KiB', 'lower', true],
  silent_per_second: ['silent clients/s', '1/s', 'higher', false],
  megabytes_per_second: ['MB/s', 'MB/s', 'higher', false],
  net_megabytes_per_second: ['MB/s without the start', 'MB/s', 'higher', false],
  cpu_us_per_mib: ['processor time per MiB', 'us', 'lower', false],
  start_ms: ['start', 'ms', 'lower', false],
  free_share: ['share of the time free', '', 'higher', false],
  io_calls_per_echo: ['I/O calls per echo', '', 'lower', true],
  waits_per_echo: ['waits per echo', '', 'lower', true],
};

const LOGARITHMIC = new Set(['threads', 'p50_ms', 'p99_ms', 'memory_mib', 'memory_per_silent_kib']);
const REASONS = new Set(['requests_per_second', 'p99_ms', 'memory_per_silent_kib',
  'megabytes_per_second', 'free_share']);

// Each figure with the chart that it gets, and what it is drawn as a change from.
const SCENARIOS = {
  echo: {
    question: 'What does an echo cost, and who has to wait for it?',
    method: '64-byte messages, one under way per connection, for a second after every connection '
      + 'has been served once.',
    see: 'The tail and the threads as the connections grow: most models answer about as many '
      + 'requests; they differ in what they hold for it, and in whom they let wait.',
    by: 'connections',
    figures: {
      requests_per_second: 'large', p50_ms: 'none', p99_ms: 'wide', fairness: 'small',
      cpu_us_per_request: 'small', context_switches_per_request: 'small', threads: 'large',
      memory_mib: 'small', idle_memory_mib: 'none',
    },
  },
  idle: {
    question: 'What does a client cost that is only there?',
    method: 'Ten clients echo among those that connected, were served once, and say nothing more.',
    see: 'A thread per client is a stack per client. Where a line ends before 5,000, the model '
      + 'ended there.',
    by: 'silent',
    figures: {
      p50_ms: 'none', p99_ms: 'small', requests_per_second: 'none', threads: 'large',
      memory_mib: 'small', silent: 'none', memory_per_silent_kib: 'large',
      silent_per_second: 'small',
    },
  },
  slow_client: {
    question: 'Who waits for a slow client?',
    method: 'Twenty ordinary clients, first alone; then with one that sends and never reads, and '
      + 'one that sends a byte a second.',
    see: 'A long line: the ordinary clients wait for the slow ones.',
    by: null,
    figures: {
      p50_ms: 'none', p99_alone_ms: 'none', p99_ms: 'large', requests_per_second_alone: 'none',
      requests_per_second: 'large', memory_mib: 'large', threads: 'large',
    },
    from: { p99_ms: 'p99_alone_ms', requests_per_second: 'requests_per_second_alone' },
  },
  stream: {
    question: 'How fast do large messages go through?',
    method: 'Eight clients, messages of 1 MiB; the bytes that came back are counted once.',
    see: 'Large blocks hide what a call costs.',
    by: null,
    figures: {
      megabytes_per_second: 'large', cpu_us_per_mib: 'large', memory_mib: 'large',
      threads: 'large',
    },
  },
  copy: {
    question: 'How fast is a copy, and what could its thread do meanwhile?',
    method: 'A file of 256 MiB, which the system has in its cache.',
    see: 'The share of the time in which the thread was in no call that moves bytes.',
    by: null,
    figures: {
      megabytes_per_second: 'large', net_megabytes_per_second: 'large', start_ms: 'large',
      free_share: 'large',
    },
  },
  calls: {
    question: 'How many calls does an echo take?',
    method: 'A recording of some thousand echoes. Setting up and stopping are spread over them.',
    see: 'These counts are the same on Windows, where each call costs far less.',
    by: 'connections',
    figures: {
      io_calls_per_echo: 'large', waits_per_echo: 'large',
    },
  },
};

// Park and Miller's: the same numbers on each run.
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function summarise(rounds) {
  const sorted = [...rounds].sort((a, b) => a - b);
  return {
    median: sorted[Math.floor((sorted.length - 1) / 2)],
    lowest: sorted[0],
    highest: sorted.at(-1),
    rounds,
  };
}

class Maker {
  constructor(rounds, seed, servers) {
    this.rounds = rounds;
    this.random = numbers(seed);
    this.servers = servers;
    this.runs = [];
  }

  spread(value, noise = 0.06) {
    if (value === undefined) return undefined;
    return summarise(Array.from({ length: this.rounds }, () =>
      Number((value * (1 + (this.random() - 0.5) * 2 * noise)).toPrecision(7))));
  }

  exact(value) {
    return summarise(Array.from({ length: this.rounds }, () => value));
  }

  add(scenario, server, keys, figures, more = {}) {
    this.runs.push({
      scenario,
      model: server.model,
      label: server.label ?? server.model,
      ...(server.given ? { threads_given: server.given } : {}),
      ...keys,
      rounds: this.rounds,
      rounds_done: this.rounds,
      figures: Object.fromEntries(Object.entries(figures).filter(([, value]) => value)),
      limit: '',
      failure: '',
      ...more,
    });
  }

  echo() {
    for (const connections of [1, 16, 64, 256, 1024])
      for (const server of this.servers) {
        if (server.model === '02_nonblocking' && connections === 1024) {
          this.add('echo', server, { connections }, {}, {
            rounds_done: 0,
            failure: 'the server ended with exit code 3 while it was measured: '
              + 'WSAPoll: an operation on a socket could not be performed (10055)',
          });
          continue;
        }
        const busy = connections === 1 ? 0.34 : 1 - Math.log2(connections) * 0.015;
        const rate = 10200 * server.speed * busy;
        const p50 = (connections / rate) * 1000;
        this.add('echo', server, { connections }, {
          requests_per_second: this.spread(rate),
          p50_ms: this.spread(p50 * 0.95),
          p99_ms: this.spread(p50 * (1.3 + server.tail * (connections > 16 ? 1.1 : 0.5)), 0.12),
          fairness: this.spread(Math.max(0.3, 0.99 - (server.tail - 1) * 0.2), 0.01),
          cpu_us_per_request: this.spread(70 / server.speed),
          context_switches_per_request: this.spread(4 + server.tail),
          threads: this.exact(server.threads(connections)),
          memory_mib: this.spread(7.4 + (connections * server.client) / 1024, 0.02),
          idle_memory_mib: this.spread(7.3, 0.01),
        });
      }
  }

  idle() {
    for (const silent of [0, 100, 1000, 5000])
      for (const server of this.servers) {
        const stops = server.model === '01_blocking' && silent === 5000;
        const served = stops ? 2030 : silent;
        this.add('idle', server, { connections: 10, silent }, {
          p50_ms: this.spread(1.1 / server.speed),
          p99_ms: this.spread((3.2 * server.tail + served / 900) / server.speed, 0.15),
          requests_per_second: this.spread(8800 * server.speed),
          threads: this.exact(server.threads(served + 10)),
          memory_mib: this.spread(7.4 + (served * server.client) / 1024, 0.02),
          silent: silent > 0 ? this.exact(served) : undefined,
          memory_per_silent_kib: silent > 0 ? this.spread(server.client, 0.04) : undefined,
          silent_per_second: silent > 0 ? this.spread(3300 / server.tail) : undefined,
        }, stops ? {
          limit: 'stopped at 2030 of 5000 silent clients: the server closed the connection; it '
            + 'said "a thread could not be made: resource unavailable try again"',
        } : {});
      }
  }

  slowClient() {
    for (const server of this.servers) {
      const alone = 4.2 * server.tail;
      const stuck = server.model === '04_overlapped_callback';
      this.add('slow_client', server, { connections: 22 }, stuck ? {} : {
        p50_ms: this.spread(2.1),
        p99_alone_ms: this.spread(alone, 0.1),
        p99_ms: this.spread(alone * (server.model === '02_nonblocking' ? 14 : 1.3), 0.1),
        requests_per_second_alone: this.spread(9400 * server.speed),
        requests_per_second: this.spread(8100 * server.speed),
        memory_mib: this.spread(8.8, 0.02),
        threads: this.exact(server.threads(22)),
      }, stuck ? { rounds_done: 0, failure: 'the ordinary clients got no reply for 5 s' } : {});
    }
  }

  stream() {
    for (const server of this.servers)
      this.add('stream', server, { connections: 8, message_mib: 1 }, {
        megabytes_per_second: this.spread(640 * server.speed),
        cpu_us_per_mib: this.spread(900 / server.speed),
        memory_mib: this.spread(16, 0.05),
        threads: this.exact(server.threads(8)),
      });
  }

  copy() {
    const copies = [['01_blocking', 610, 0.02], ['03_overlapped_event', 640, 0.09],
      ['04_overlapped_callback', 630, 0.08], ['05_iocp', 655, 0.11], ['copyfileex', 900]];
    for (const [model, speed, free] of copies)
      this.add('copy', { model }, { size_mib: 256 }, {
        megabytes_per_second: this.spread(speed),
        net_megabytes_per_second: model === 'copyfileex' ? undefined : this.spread(speed * 1.2),
        start_ms: this.spread(60, 0.03),
        free_share: free === undefined ? undefined : this.spread(free, 0.05),
      });
  }

  calls() {
    for (const connections of [1, 64])
      for (const server of this.servers) {
        const calls = CALLS[server.model];
        if (!calls) continue; // a peer makes no recording
        const sum = (...kinds) => Number(Object.entries(calls)
          .filter(([name]) => kinds.includes(KINDS[name]))
          .reduce((all, [, value]) => all + value, 0).toFixed(4));
        this.add('calls', server, { connections }, {
          io_calls_per_echo: this.exact(sum('receive', 'send')),
          waits_per_echo: this.exact(sum('wait')),
          ...Object.fromEntries(Object.entries(calls).map(([name, value]) =>
            [`call/${name}`, this.spread(value, connections === 1 ? 0 : 0.01)])),
        });
      }
  }

  results(environment) {
    const scenarios = Object.entries(SCENARIOS)
      .filter(([name]) => this.runs.some((run) => run.scenario === name))
      .map(([name, scenario]) => ({
        name,
        ...scenario,
        figures: [
          ...Object.entries(scenario.figures).map(([figure, chart]) => {
            const [title, unit, better, carries] = FIGURES[figure];
            return {
              name: figure, title, unit, better, carries_over: carries, chart,
              log: LOGARITHMIC.has(figure), reason: REASONS.has(figure),
              ...(scenario.from?.[figure] ? { from: scenario.from[figure] } : {}),
            };
          }),
          ...(name === 'calls' ? callsIn(this.runs) : []),
        ],
      }));
    return {
      format: 1,
      environment: {
        date: '2026-11-23T17:00:00Z',
        mode: 'quick',
        command: 'comparison --quick',
        complete: true,
        system: 'Wine 8.0',
        wine: '8.0',
        host: 'Linux 6.1.0',
        processor: 'A processor that was made up',
        processors: 2,
        memory_mib: 24105,
        commit: 'made up',
        compiler: 'GCC 12.0',
        ...environment,
      },
      models: MODELS.filter((model) => this.runs.some((run) => run.model === model.name)),
      scenarios,
      calls: Object.fromEntries(callsIn(this.runs).map(({ title }) => [title, KINDS[title]])),
      runs: this.runs,
      rankings: scenarios.flatMap((scenario) => rankingsOf(scenario, this.runs)),
    };
  }
}

function callsIn(runs) {
  const names = new Set(runs.flatMap((run) => Object.keys(run.figures))
    .filter((name) => name.startsWith('call/')));
  return [...names].map((name) => ({
    name, title: name.slice(5), unit: 'per echo', better: null, carries_over: true,
  }));
}

function rankingsOf(scenario, runs) {
  const mine = runs.filter((run) => run.scenario === scenario.name);
  const parameters = [...new Set(mine.map((run) => run[scenario.by]))];
  return scenario.figures.filter((figure) => figure.better).flatMap((figure) =>
    parameters.flatMap((parameter) => {
      const sign = figure.better === 'lower' ? 1 : -1;
      const values = mine
        .filter((run) => run[scenario.by] === parameter && run.figures[figure.name])
        .map((run) => ({
          label: run.label,
          rounds: run.figures[figure.name].rounds.map((each) => sign * each),
          median: sign * run.figures[figure.name].median,
        })).sort((a, b) => a.median - b.median);
      if (values.length < 2) return [];
      const order = [];
      let worst = -Infinity;
      for (const each of values) {
        if (Math.min(...each.rounds) > worst) order.push([each.label]);
        else order.at(-1).push(each.label);
        worst = Math.max(worst, ...each.rounds);
      }
      return [{
        scenario: scenario.name,
        ...(scenario.by === null ? {} : { [scenario.by]: parameter }),
        figure: figure.name,
        better: figure.better,
        order,
      }];
    }));
}

/** A run under Wine, with one failure of each kind, and a model that stops. */
export function wine() {
  const maker = new Maker(3, 20261123, SERVERS);
  for (const scenario of ['echo', 'idle', 'slowClient', 'stream', 'copy', 'calls'])
    maker[scenario]();
  return maker.results({});
}

/** A run on Windows: no banner. */
export function windows() {
  const maker = new Maker(5, 7, SERVERS);
  maker.echo();
  maker.copy();
  return maker.results({
    system: 'Windows 11 24H2', wine: null, host: null, processors: 16, mode: 'full',
    command: 'comparison --full', compiler: 'MSVC 19.42',
  });
}

/** Ended with Ctrl+C in its second scenario, in the first of three rounds. */
export function interrupted() {
  const results = wine();
  results.environment.complete = false;
  results.runs = results.runs.filter((run) => run.scenario === 'echo'
    || (run.scenario === 'idle' && run.silent < 1000));
  for (const run of results.runs.filter((each) => each.scenario === 'idle')) {
    run.rounds_done = 1;
    for (const [name, { rounds: [first] }] of Object.entries(run.figures))
      run.figures[name] = { median: first, lowest: first, highest: first, rounds: [first] };
  }
  results.rankings = results.rankings.filter((each) => each.scenario === 'echo');
  return results;
}

/** One model, one round, one number of connections: the least there can be. */
export function single() {
  const maker = new Maker(1, 3, SERVERS.filter((each) => each.model === '05_iocp'));
  maker.echo();
  maker.runs = maker.runs.filter((run) => run.connections === 16);
  return maker.results({ command: 'comparison --scenario echo --model 05_iocp --connections 16' });
}

/** Nothing ran. */
export function nothing() {
  return new Maker(3, 3, []).results({ complete: false });
}

/** Texts that would be markup, if a page took them for that. */
export function hostile() {
  const text = '</script><img src=x onerror="window.broken=1">&amp;\'"$&';
  const maker = new Maker(3, 5, [{ ...SERVERS[0], label: text }, SERVERS[4]]);
  maker.echo();
  maker.slowClient();
  maker.runs[0].failure = text;
  maker.runs[1].limit = text;
  const results = maker.results({ processor: text, command: text });
  for (const each of results.scenarios) {
    each.question = `${text}?`;
    each.see = text;
    each.figures[0].title = text;
  }
  return results;
}
