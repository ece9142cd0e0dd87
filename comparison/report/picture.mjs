#!/usr/bin/env node
// Draws the README's picture.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { runCommand } from '../../support/program/command.mjs';
import { drawPicture } from './src/picture.mjs';
import { parseResults, ResultsError } from './src/results.mjs';
import { LANGUAGES } from './src/words.mjs';

const USAGE = `Usage: node picture.mjs RESULTS.json -o PICTURE.svg [--language ko] [--check]

  -o, --output FILE  where the picture goes
  --language en|ko   the language of its words: English unless ko, Korean, is asked for
  --check            writes nothing: says whether the picture is what these results make
  --help             this text

Exit code: 0, 1 when the results cannot be read or drawn, the picture not be written or, with
--check, is another, 2 for bad arguments.
`;

function work([file], { output, check, language }, read) {
  const picture = drawPicture(parseResults(read(file)), language);
  if (!check) writeFileSync(output, picture);
  else if (!existsSync(output) || readFileSync(output, 'utf8') !== picture)
    throw new ResultsError(`makes another picture than ${output}`);
}

runCommand({
  usage: USAGE,
  files: 1,
  wanted: 'one file of results and one output are wanted',
  options: {
    output: { type: 'string', short: 'o' },
    language: { type: 'string', default: 'en', choices: LANGUAGES },
    check: { type: 'boolean' },
  },
  Fault: ResultsError,
  work,
});
