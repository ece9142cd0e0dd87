#!/usr/bin/env node
// Shows results of comparison, from this machine or another, on the page.
import { readFileSync, writeFileSync } from 'node:fs';

import { fromResults } from './src/command.mjs';
import { fill } from './src/fill.mjs';

const USAGE = `Usage: node make.mjs RESULTS.json -o REPORT.html

  -o, --output FILE  where the report goes
  --help             this text

Exit code: 0, 1 when the results cannot be read or the report not be written, 2 for bad arguments.
`;

function make(results, file, options) {
  const template = readFileSync(new URL('dist/report.html', import.meta.url), 'utf8');
  writeFileSync(options.output, fill(template, results));
  return 0;
}

process.exitCode = fromResults({ name: 'make', usage: USAGE, make }, process.argv.slice(2));
