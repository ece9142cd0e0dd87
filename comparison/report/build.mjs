#!/usr/bin/env node
// Builds the page that comparison fills: one file, with its styles, its script and the charts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildSync } from 'esbuild';

import { runCommand } from '../../support/program/command.mjs';

const USAGE = `Usage: node build.mjs [--check]

Builds dist/report.html from src/.

  --check  writes nothing: says whether dist/report.html is what src/ makes
  --help   this text

Exit code: 0, 1 when the page cannot be built or, with --check, is another, 2 for bad arguments.
`;

const folder = fileURLToPath(new URL('.', import.meta.url));

function source(name) {
  return readFileSync(join(folder, 'src', name), 'utf8');
}

// The licences of the packages that are in the page: each text once, with all that are under it.
function notices(metafile) {
  const packages = new Set(Object.keys(metafile.inputs).flatMap((file) =>
    /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  const texts = new Map();
  for (const name of [...packages].sort()) {
    const at = join(folder, '../../node_modules', name);
    const { version } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'].map((each) => join(at, each))
      .find(existsSync);
    if (!file) throw new Error(`${name} has no licence`);
    const text = readFileSync(file, 'utf8').replace(/\r\n/g, '\n').trim();
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version}`]);
  }
  return [...texts].map(([text, names]) => `${names.join(', ')}\n\n${text}`).join('\n\n')
    .replace(/--+>?/g, '-');
}

function build() {
  const script = buildSync({
    absWorkingDir: folder,
    entryPoints: ['src/page.mjs'],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const styles = buildSync({
    stdin: { contents: source('page.css'), loader: 'css' },
    minify: true,
    write: false,
    logLevel: 'error',
  });
  const [code, css] = [script, styles].map((each) => each.outputFiles[0].text.trim());
  const parts = {
    '/* styles */': css,
    '/* script */': code.replaceAll('</script', '<\\/script'), // `</script` would end it
    '<!-- notices -->': `<!--\nThis page holds these packages:\n\n${notices(script.metafile)}\n-->`,
  };
  return Object.entries(parts).reduce((page, [place, text]) => {
    if (!page.includes(place)) throw new Error(`src/page.html has no ${place}`);
    return page.replace(place, () => text); // a function, since the script is full of dollar signs
  }, source('page.html'));
}

function work(files, { check }) {
  const file = join(folder, 'dist', 'report.html');
  const page = build();
  if (!check) writeFileSync(file, page);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== page)
    throw new Error('dist/report.html is not what src/ makes: run node build.mjs');
}

runCommand({ usage: USAGE, options: { check: { type: 'boolean' } }, Fault: Error, work });
