#!/usr/bin/env node
// Draws all pictures: a recording of each name in pictures.json, with its title and caption.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import './lib/output.mjs';
import { drawPicture } from './lib/picture.mjs';
import { parseRecording, RecordingError } from './lib/recording.mjs';

const USAGE = `Usage: node make.mjs RECORDINGS PICTURES

Draws PICTURES/NAME.svg from RECORDINGS/NAME.json, for each NAME in pictures.json.
\`comparison --record RECORDINGS\` makes the recordings.

Exit code: 0, 1 when a recording cannot be read or a picture not be written, 2 for bad arguments.
`;

function main(argv) {
  if (argv.length === 1 && argv[0] === '--help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (argv.length !== 2 || argv.some((each) => each.startsWith('-'))) {
    process.stderr.write(`make: two folders are wanted\n\n${USAGE}`);
    return 2;
  }
  const [recordings, pictures] = argv;
  const all = JSON.parse(readFileSync(new URL('pictures.json', import.meta.url), 'utf8'));
  let recording;
  try {
    mkdirSync(pictures, { recursive: true });
    for (const [name, texts] of Object.entries(all)) {
      recording = join(recordings, `${name}.json`);
      const parsed = parseRecording(readFileSync(recording, 'utf8'));
      writeFileSync(join(pictures, `${name}.svg`), drawPicture(parsed, texts));
    }
    return 0;
  } catch (error) {
    if (!(error instanceof RecordingError) && error.code === undefined) throw error;
    const text = error instanceof RecordingError ? `${recording}: ${error.message}` : error.message;
    process.stderr.write(`make: ${text}\n`);
    return 1;
  }
}

process.exitCode = main(process.argv.slice(2));
