// The look of each model, the same in every chart: a colour, a symbol and a line.

// [light, dark], each with a contrast of at least 3:1 with the paper. With the symbols' help, people
// who see fewer colours can tell them apart, too.
export const COLOURS = {
  paper: ['#ffffff', '#14171c'],
  ink: ['#1b1f24', '#e8ebef'],
  faint: ['#5c6672', '#9aa5b1'],
  line: ['#dfe3e8', '#2c323a'],
  tint: ['#f5f6f8', '#1c2127'],
  m1: ['#a8350f', '#f5653a'],
  m2: ['#8d7416', '#f2bd45'],
  m3: ['#0a7a66', '#35d79f'],
  m4: ['#c02f90', '#ea62a8'],
  m5: ['#1468d8', '#3fb2ff'],
  m5t: ['#78061a', '#d85466'],
  m5c: ['#7a12d8', '#c054c6'],
  m5s: ['#252a78', '#8783ff'],
  peer: ['#4f565d', '#c6cdd5'],
  moves: ['#2b7a9e', '#58b4d9'],
  waits: ['#a3570f', '#e39a52'],
  other: ['#7d8590', '#8b949e'],
};

const LOOKS = {
  '01_blocking': { colour: 'm1', symbol: 'circle' },
  '02_nonblocking': { colour: 'm2', symbol: 'triangle' },
  '03_overlapped_event': { colour: 'm3', symbol: 'square' },
  '04_overlapped_callback': { colour: 'm4', symbol: 'diamond' },
  '05_iocp': { colour: 'm5', symbol: 'star' },
  '05_iocp_threadpool': { colour: 'm5t', symbol: 'wye' },
  '05_iocp_coroutine': { colour: 'm5c', symbol: 'hexagon' },
  '05_iocp_server': { colour: 'm5s', symbol: 'cross' },
};

const PEER_DASHES = ['6 3', '2 3', '9 3 2 3'];
const PEER_SYMBOLS = ['square2', 'diamond2', 'triangle2'];

/** A look for each of `labels` (labelsOf), by label. Peers are grey, hollow and dashed. */
export function looksOf(labels, runs) {
  const looks = new Map();
  let peers = 0;
  for (const label of labels) {
    const model = runs.find((run) => run.label === label).model;
    const own = LOOKS[model];
    looks.set(label, own
      ? { ...own, peer: false, paint: `var(--${own.colour})` }
      : {
        colour: 'peer',
        peer: true,
        paint: 'var(--peer)',
        symbol: PEER_SYMBOLS[peers % PEER_SYMBOLS.length],
        dash: PEER_DASHES[peers++ % PEER_DASHES.length],
      });
  }
  return looks;
}

/** Those of `looks` whose labels are in `runs`: a label looks the same wherever it is. */
export function looksIn(runs, looks) {
  return new Map([...looks].filter(([label]) => runs.some((run) => run.label === label)));
}

/** Style sheet rules that give `selector` the colours: light, and dark where that is wanted. */
export function colourRules(selector = ':root') {
  const rules = (scheme) => Object.entries(COLOURS)
    .map(([name, pair]) => `--${name}:${pair[scheme]}`).join(';');
  return `${selector}{${rules(0)}}`
    + `@media screen and (prefers-color-scheme:dark){${selector}{${rules(1)}}}`;
}
