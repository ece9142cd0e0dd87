#!/usr/bin/env node
// Compares what two recordings are made of. A picture stands for the recording it was drawn from.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

import { DOMParser } from 'linkedom';

import './lib/output.mjs';
import { parseRecording, RecordingError } from './lib/recording.mjs';
import { differences, structureOf } from './lib/structure.mjs';

const USAGE = `Usage: node structure.mjs A B

Compares two recordings (.json), or pictures (.svg) of recordings, or two folders of them, by name:
the same threads, making the same calls; the same operations, collected in the same ways. Times,
numbers of calls and their order do not matter.

Exit code: 0 when they agree, 1 when they differ, which is printed, or cannot be read, 2 for bad
arguments.
`;

function structureIn(file) {
  const text = readFileSync(file, 'utf8');
  try {
    if (extname(file) !== '.svg') return structureOf(parseRecording(text));
    const metadata = new DOMParser().parseFromString(text, 'image/svg+xml')
      .querySelector('metadata');
    if (!metadata) throw new RecordingError('is no picture of a recording');
    return JSON.parse(metadata.textContent);
  } catch (error) {
    throw new RecordingError(`${file}: ${error.message}`);
  }
}

// Name to file.
function filesIn(folder) {
  const files = readdirSync(folder).filter((each) => /\.(json|svg)$/.test(each));
  return new Map(files.map((each) => [basename(each, extname(each)), join(folder, each)]));
}

function compareFolders(a, b) {
  const [ofA, ofB] = [filesIn(a), filesIn(b)];
  const names = [...new Set([...ofA.keys(), ...ofB.keys()])].sort();
  if (names.length === 0) throw new RecordingError(`${a}: holds no recording`);
  return names.flatMap((name) => {
    if (!ofA.has(name)) return [`${name}: not in ${a}`];
    if (!ofB.has(name)) return [`${name}: not in ${b}`];
    return differences(structureIn(ofA.get(name)), structureIn(ofB.get(name)), name);
  });
}

function main(argv) {
  if (argv.length === 1 && argv[0] === '--help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (argv.length !== 2 || argv.some((each) => each.startsWith('-'))) {
    process.stderr.write(`structure: two recordings or folders are wanted\n\n${USAGE}`);
    return 2;
  }
  const [a, b] = argv;
  try {
    const folders = statSync(a).isDirectory() && statSync(b).isDirectory();
    const found = folders ? compareFolders(a, b) : differences(structureIn(a), structureIn(b));
    for (const each of found) process.stdout.write(`${each}\n`);
    return found.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RecordingError) && error.code === undefined) throw error;
    process.stderr.write(`structure: ${error.message}\n`);
    return 1;
  }
}

process.exitCode = main(process.argv.slice(2));
