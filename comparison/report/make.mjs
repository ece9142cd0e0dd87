#!/usr/bin/env node
// Shows results of comparison, from this machine or another, on the page.
import { readFileSync, writeFileSync } from 'node:fs';

import { runCommand } from '../../support/program/command.mjs';
import { fill } from './src/fill.mjs';
import { parseResults, ResultsError } from './src/results.mjs';

const USAGE = `Usage: node make.mjs RESULTS.json -o REPORT.html

  -o, --output FILE  where the report goes
  --help             this text

Exit code: 0, 1 when the results cannot be read or the report not be written, 2 for bad arguments.
`;

function work([file], { output }, read) {
  const template = readFileSync(new URL('dist/report.html', import.meta.url), 'utf8');
  writeFileSync(output, fill(template, parseResults(read(file))));
}

runCommand({
  usage: USAGE,
  files: 1,
  wanted: 'one file of results and one output are wanted',
  options: { output: { type: 'string', short: 'o' } },
  Fault: ResultsError,
  work,
});
