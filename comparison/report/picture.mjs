#!/usr/bin/env node
// Draws the README's picture.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { runCommand } from '../../support/program/command.mjs';
import { drawPicture } from './src/picture.mjs';
import { parseResults, ResultsError } from './src/results.mjs';

const USAGE = `Usage: node picture.mjs RESULTS.json -o PICTURE.svg [--check]

  -o, --output FILE  where the picture goes
  --check            writes nothing: says whether the picture is what these results make
  --help             this text

Exit code: 0, 1 when the results cannot be read or drawn, the picture not be written or, with
--check, is another, 2 for bad arguments.
`;

function work([file], { output, check }, read) {
  const picture = drawPicture(parseResults(read(file)));
  if (!check) writeFileSync(output, picture);
  else if (!existsSync(output) || readFileSync(output, 'utf8') !== picture)
    throw new ResultsError(`makes another picture than ${output}`);
}

runCommand({
  usage: USAGE,
  files: 1,
  wanted: 'one file of results and one output are wanted',
  options: { output: { type: 'string', short: 'o' }, check: { type: 'boolean' } },
  Fault: ResultsError,
  work,
});
