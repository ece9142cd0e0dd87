#!/usr/bin/env node
// Says whether two results claim the same.
import { readFileSync } from 'node:fs';

import { agreement } from './src/agreement.mjs';
import './src/output.mjs';
import { parseResults, ResultsError } from './src/results.mjs';

const USAGE = `Usage: node agree.mjs RESULTS.json RESULTS.json

Compares the rankings of two runs. That one tells two models apart and the other does not is no
contradiction; that each puts another one first is.

Exit code: 0 when they do not contradict each other, 1 when they do, which is printed, or when one
cannot be read, 2 for bad arguments.
`;

function nameOf({ order, better, figure, ...place }) {
  return `${Object.values(place).join(', ')}, ${figure}`;
}

function main(argv) {
  if (argv.length === 1 && argv[0] === '--help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (argv.length !== 2 || argv.some((each) => each.startsWith('-'))) {
    process.stderr.write(`agree: two files of results are wanted\n\n${USAGE}`);
    return 2;
  }
  let file;
  try {
    const [a, b] = argv.map((each) => parseResults(readFileSync(file = each, 'utf8')));
    const { both, one, contradictions } = agreement(a, b);
    for (const { where, pair } of contradictions)
      process.stdout.write(`${nameOf(where)}: ${pair.join(' before ')}, and the other way round\n`);
    process.stdout.write(`${both} pairs in both, ${one} in one only, `
      + `${contradictions.length} contradictions\n`);
    return contradictions.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ResultsError) && error.code === undefined) throw error;
    const text = error instanceof ResultsError ? `${file}: ${error.message}` : error.message;
    process.stderr.write(`agree: ${text}\n`);
    return 1;
  }
}

process.exitCode = main(process.argv.slice(2));
