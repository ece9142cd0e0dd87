#!/usr/bin/env node
// Turns a recording of --trace into a picture.
import { writeFileSync } from 'node:fs';

import { runCommand } from '../../support/program/command.mjs';
import { drawPicture } from './lib/picture.mjs';
import { parseRecording, RecordingError } from './lib/recording.mjs';

const USAGE = `Usage: node timeline.mjs RECORDING.json -o PICTURE.svg [--title TEXT] [--caption TEXT]

  -o, --output FILE  where the picture goes
  --title TEXT       above it; the program's name if not given
  --caption TEXT     below it: what to look at
  --help             this text

Exit code: 0, 1 when the recording cannot be read or the picture not be written, 2 for bad
arguments.
`;

function work([recording], { output, title, caption = '' }, read) {
  const parsed = parseRecording(read(recording));
  writeFileSync(output, drawPicture(parsed, { title: title ?? parsed.program, caption }));
}

runCommand({
  usage: USAGE,
  files: 1,
  wanted: 'one recording and one output are wanted',
  options: {
    output: { type: 'string', short: 'o' },
    title: { type: 'string' },
    caption: { type: 'string' },
  },
  Fault: RecordingError,
  work,
});
