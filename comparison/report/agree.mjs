#!/usr/bin/env node
// Says whether two results claim the same.
import { runCommand } from '../../support/program/command.mjs';
import { agreement } from './src/agreement.mjs';
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

function work(files, options, read) {
  const { both, one, contradictions } = agreement(...files.map((file) => parseResults(read(file))));
  for (const { where, pair } of contradictions)
    process.stdout.write(`${nameOf(where)}: ${pair.join(' before ')}, and the other way round\n`);
  process.stdout.write(`${both} pairs in both, ${one} in one only, `
    + `${contradictions.length} contradictions\n`);
  return contradictions.length === 0 ? 0 : 1;
}

runCommand({
  usage: USAGE, files: 2, wanted: 'two files of results are wanted', Fault: ResultsError, work,
});
