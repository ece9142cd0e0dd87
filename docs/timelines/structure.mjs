#!/usr/bin/env node
// Compares what two recordings are made of. A picture stands for the recording it was drawn from.
import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

import { DOMParser } from 'linkedom';

import { runCommand } from '../../support/program/command.mjs';
import { parseRecording, RecordingError } from './lib/recording.mjs';
import { differences, structureOf } from './lib/structure.mjs';

const USAGE = `Usage: node structure.mjs A B

Compares two recordings (.json), or pictures (.svg) of recordings, or two folders of them, by name:
the same threads, making the same calls; the same operations, collected in the same ways. Times,
numbers of calls and their order do not matter.

Exit code: 0 when they agree, 1 when they differ, which is printed, or cannot be read, 2 for bad
arguments.
`;

function structureIn(file, read) {
  const text = read(file);
  if (extname(file) !== '.svg') return structureOf(parseRecording(text));
  const metadata = new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('metadata');
  if (!metadata) throw new RecordingError('is no picture of a recording');
  return JSON.parse(metadata.textContent);
}

// Name to file. Beside a picture lie its Korean edition, and a film, which is no recording.
function filesIn(folder) {
  const all = readdirSync(folder);
  const files = all.filter((each) => (each.endsWith('.svg') && !each.endsWith('.ko.svg')) ||
    (each.endsWith('.json') && !all.includes(each.replace(/json$/, 'svg'))));
  return new Map(files.map((each) => [basename(each, extname(each)), join(folder, each)]));
}

function compareFolders(a, b, read) {
  const [ofA, ofB] = [filesIn(a), filesIn(b)];
  const names = [...new Set([...ofA.keys(), ...ofB.keys()])].sort();
  if (names.length === 0) throw new RecordingError(`${a}: holds no recording`);
  return names.flatMap((name) => {
    if (!ofA.has(name)) return [`${name}: not in ${a}`];
    if (!ofB.has(name)) return [`${name}: not in ${b}`];
    return differences(structureIn(ofA.get(name), read), structureIn(ofB.get(name), read), name);
  });
}

function work([a, b], options, read) {
  const folders = statSync(a).isDirectory() && statSync(b).isDirectory();
  const found = folders ? compareFolders(a, b, read)
    : differences(structureIn(a, read), structureIn(b, read));
  for (const each of found) process.stdout.write(`${each}\n`);
  return found.length === 0 ? 0 : 1;
}

runCommand({
  usage: USAGE,
  files: 2,
  wanted: 'two recordings or folders are wanted',
  Fault: RecordingError,
  work,
});
