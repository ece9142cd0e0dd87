#!/usr/bin/env node
// Turns a recording of --trace into a picture.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import './lib/output.mjs';
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

export function main(argv) {
  let options;
  let recording;
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        output: { type: 'string', short: 'o' },
        title: { type: 'string' },
        caption: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    options = values;
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (positionals.length !== 1 || !values.output)
      throw new Error('one recording and one output are wanted');
    [recording] = positionals;
  } catch (error) {
    process.stderr.write(`timeline: ${error.message}\n\n${USAGE}`);
    return 2;
  }

  try {
    const parsed = parseRecording(readFileSync(recording, 'utf8'));
    writeFileSync(options.output, drawPicture(parsed, {
      title: options.title ?? parsed.program,
      caption: options.caption ?? '',
    }));
    return 0;
  } catch (error) {
    if (!(error instanceof RecordingError) && error.code === undefined) throw error;
    const text = error instanceof RecordingError ? `${recording}: ${error.message}` : error.message;
    process.stderr.write(`timeline: ${text}\n`);
    return 1;
  }
}

process.exitCode = main(process.argv.slice(2));
