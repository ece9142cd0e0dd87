#!/usr/bin/env node
// Draws the README's picture.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { drawPicture } from './src/picture.mjs';
import { parseResults, ResultsError } from './src/results.mjs';

const USAGE = `Usage: node picture.mjs RESULTS.json -o PICTURE.svg [--check]

  -o, --output FILE  where the picture goes
  --check            writes nothing: says whether the picture is what these results make
  --help             this text

Exit code: 0, 1 when the results cannot be read or drawn, the picture not be written or, with
--check, is another, 2 for bad arguments.
`;

function main(argv) {
  let options;
  let file;
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        output: { type: 'string', short: 'o' },
        check: { type: 'boolean' },
        help: { type: 'boolean' },
      },
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
    process.stderr.write(`picture: ${error.message}\n\n${USAGE}`);
    return 2;
  }

  try {
    const picture = drawPicture(parseResults(readFileSync(file, 'utf8')));
    if (!options.check) {
      writeFileSync(options.output, picture);
      return 0;
    }
    if (existsSync(options.output) && readFileSync(options.output, 'utf8') === picture) return 0;
    process.stderr.write(`picture: ${options.output} is not what ${file} makes\n`);
    return 1;
  } catch (error) {
    if (!(error instanceof ResultsError) && error.code === undefined) throw error;
    const text = error instanceof ResultsError ? `${file}: ${error.message}` : error.message;
    process.stderr.write(`picture: ${text}\n`);
    return 1;
  }
}

process.exitCode = main(process.argv.slice(2));
