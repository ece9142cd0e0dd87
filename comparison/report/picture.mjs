#!/usr/bin/env node
// Draws the README's picture.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { fromResults } from './src/command.mjs';
import { drawPicture } from './src/picture.mjs';

const USAGE = `Usage: node picture.mjs RESULTS.json -o PICTURE.svg [--check]

  -o, --output FILE  where the picture goes
  --check            writes nothing: says whether the picture is what these results make
  --help             this text

Exit code: 0, 1 when the results cannot be read or drawn, the picture not be written or, with
--check, is another, 2 for bad arguments.
`;

function make(results, file, options) {
  const picture = drawPicture(results);
  if (!options.check) {
    writeFileSync(options.output, picture);
    return 0;
  }
  if (existsSync(options.output) && readFileSync(options.output, 'utf8') === picture) return 0;
  process.stderr.write(`picture: ${options.output} is not what ${file} makes\n`);
  return 1;
}

process.exitCode = fromResults(
  { name: 'picture', usage: USAGE, flags: { check: { type: 'boolean' } }, make },
  process.argv.slice(2),
);
