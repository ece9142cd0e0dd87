#!/usr/bin/env node
// Draws all pictures, and makes all films: of a recording of each name in pictures.json, with its
// title and caption.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runCommand } from '../../support/program/command.mjs';
import { filmOf, filmText } from './lib/film.mjs';
import { drawPicture } from './lib/picture.mjs';
import { parseRecording, RecordingError } from './lib/recording.mjs';

const USAGE = `Usage: node make.mjs RECORDINGS PICTURES

Makes PICTURES/NAME.svg, and the film of the site's player, PICTURES/NAME.json, from
RECORDINGS/NAME.json, for each NAME in pictures.json.
\`comparison --record RECORDINGS\` makes the recordings.

Exit code: 0, 1 when a recording cannot be read or a picture not be written, 2 for bad arguments.
`;

function work([recordings, pictures], options, read) {
  const all = JSON.parse(readFileSync(new URL('pictures.json', import.meta.url), 'utf8'));
  mkdirSync(pictures, { recursive: true });
  for (const [name, texts] of Object.entries(all)) {
    const recording = parseRecording(read(join(recordings, `${name}.json`)));
    writeFileSync(join(pictures, `${name}.svg`), drawPicture(recording, texts));
    writeFileSync(join(pictures, `${name}.json`), filmText(filmOf(recording)));
  }
}

runCommand({
  usage: USAGE, files: 2, wanted: 'two folders are wanted', Fault: RecordingError, work,
});
