#!/usr/bin/env node
// Shows results of comparison, from this machine or another, on the page.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { fill } from './src/fill.mjs';
import { parseResults, ResultsError } from './src/results.mjs';

const USAGE = `Usage: node make.mjs RESULTS.json -o REPORT.html

  -o, --output FILE  where the report goes
  --help             this text

Exit code: 0, 1 when the results cannot be read or the report not be written, 2 for bad arguments.
`;

function main(argv) {
  let options;
  let file;
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { output: { type: 'string', short: 'o' }, help: { type: 'boolean' } },
    });
    options = values;
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (positionals.length !== 1 || !values.output)
      throw new Error('one file of results and one output are wanted');
    [file] = positionals;
  } catch (error) {
    process.stderr.write(`make: ${error.message}\n\n${USAGE}`);
    return 2;
  }

  try {
    const results = parseResults(readFileSync(file, 'utf8'));
    const template = readFileSync(new URL('dist/report.html', import.meta.url), 'utf8');
    writeFileSync(options.output, fill(template, results));
    return 0;
  } catch (error) {
    if (!(error instanceof ResultsError) && error.code === undefined) throw error;
    const text = error instanceof ResultsError ? `${file}: ${error.message}` : error.message;
    process.stderr.write(`make: ${text}\n`);
    return 1;
  }
}

process.exitCode = main(process.argv.slice(2));
