// The commands, as they are called.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { blocking, port } from './fixture.mjs';

function run(command, ...args) {
  const file = fileURLToPath(new URL(`../${command}.mjs`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args],
    { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function inFolder(body) {
  const folder = mkdtempSync(join(tmpdir(), 'timelines-'));
  try {
    return body((name, text) => {
      const file = join(folder, name);
      if (text !== undefined) writeFileSync(file, text);
      return file;
    }, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const oneLine = (text) => /^[^\n]+\n$/.test(text);

test('timeline draws a recording, with the title that is given', () => {
  inFolder((file) => {
    const result = run('timeline', file('a.json', port().text), '-o', file('a.svg'), '--title',
      'Given', '--caption', 'Below');
    assert.deepEqual(result, { status: 0, stdout: '', stderr: '' });
    const svg = readFileSync(file('a.svg'), 'utf8');
    assert.match(svg, /^<svg [^>]*viewBox/);
    assert.match(svg, />Given<\/text>/);
    assert.match(svg, />Below<\/text>/);
  });
});

test('timeline takes the name of the program for a title', () => {
  inFolder((file) => {
    assert.equal(run('timeline', file('a.json', port().text), '-o', file('a.svg')).status, 0);
    assert.match(readFileSync(file('a.svg'), 'utf8'), />port<\/text>/);
  });
});

test('timeline says what is wrong with a recording, in one line', () => {
  inFolder((file) => {
    for (const [text, reason] of [['{', 'is not JSON'], ['{}', 'is not a recording'],
      ['{"traceEvents":[]}', 'holds no call']]) {
      const { status, stdout, stderr } = run('timeline', file('a.json', text), '-o', file('a.svg'));
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.ok(oneLine(stderr), stderr);
      assert.ok(stderr.includes(file('a.json')) && stderr.includes(reason), stderr);
    }
  });
});

test('timeline says which file it cannot read or write', () => {
  inFolder((file) => {
    const missing = run('timeline', file('none.json'), '-o', file('a.svg'));
    assert.equal(missing.status, 1);
    assert.ok(oneLine(missing.stderr) && missing.stderr.includes('none.json'), missing.stderr);
    const nowhere = run('timeline', file('a.json', port().text), '-o', file('none/a.svg'));
    assert.equal(nowhere.status, 1);
    assert.ok(oneLine(nowhere.stderr) && nowhere.stderr.includes('a.svg'), nowhere.stderr);
  });
});

test('bad arguments: usage, exit 2; --help: usage, exit 0', () => {
  for (const [command, ...args] of [['timeline'], ['timeline', 'a.json'], ['timeline', '-o', 'a'],
    ['timeline', '--nonsense'], ['timeline', 'a', 'b', '-o', 'c'], ['structure'],
    ['structure', 'a'], ['structure', 'a', 'b', 'c'], ['structure', '-x', 'b'], ['make'],
    ['make', 'a']]) {
    const result = run(command, ...args);
    assert.equal(result.status, 2, `${command} ${args}`);
    assert.equal(result.stdout, '');
    assert.match(result.stderr, /\n\nUsage: node /);
  }
  for (const command of ['timeline', 'structure', 'make']) {
    const result = run(command, '--help');
    assert.equal(result.status, 0);
    assert.equal(result.stderr, '');
    assert.match(result.stdout, /^Usage: node .*Exit code/s);
  }
});

test('structure finds a recording and its picture alike', () => {
  inFolder((file) => {
    const recording = file('a.json', port().text);
    run('timeline', recording, '-o', file('a.svg'), '--title', '"<&>"');
    assert.deepEqual(run('structure', file('a.svg'), recording),
      { status: 0, stdout: '', stderr: '' });
  });
});

test('structure prints where two differ', () => {
  inFolder((file) => {
    const { status, stdout } = run('structure', file('a.json', blocking(3).text),
      file('b.json', blocking(2).text));
    assert.equal(status, 1);
    assert.equal(stdout, 'threads.client.lanes: 3 / 2\n');
  });
});

test('structure compares folders by name, and misses what is missing', () => {
  inFolder((file, a) => inFolder((other, b) => {
    for (const each of [file, other]) each('same.json', port().text);
    assert.equal(run('structure', a, b).status, 0);
    file('other.json', blocking(3).text);
    const missing = run('structure', a, b);
    assert.equal(missing.status, 1);
    assert.equal(missing.stdout, `other: not in ${b}\n`);
    other('other.json', blocking(4).text);
    assert.equal(run('structure', a, b).stdout, 'other.threads.client.lanes: 3 / 4\n');
  }));
});

test('structure says what it cannot compare', () => {
  inFolder((file, folder) => {
    const empty = run('structure', folder, folder);
    assert.equal(empty.status, 1);
    assert.match(empty.stderr, /holds no recording/);
    const picture = run('structure', file('a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'),
      file('b.json', port().text));
    assert.equal(picture.status, 1);
    assert.match(picture.stderr, /a\.svg: is no picture of a recording/);
  });
});

test('make draws every picture of its list, makes its film, and names a recording that is missing', () => {
  const names = Object.keys(
    JSON.parse(readFileSync(new URL('../pictures.json', import.meta.url), 'utf8')));
  inFolder((file, folder) => {
    const pictures = join(folder, 'pictures');
    const missing = run('make', folder, pictures);
    assert.equal(missing.status, 1);
    assert.ok(missing.stderr.includes(`${names[0]}.json`), missing.stderr);
    for (const name of names) file(`${name}.json`, port().text);
    assert.equal(run('make', folder, pictures).status, 0);
    for (const name of names) {
      assert.match(readFileSync(join(pictures, `${name}.svg`), 'utf8'), /^<svg /);
      const film = JSON.parse(readFileSync(join(pictures, `${name}.json`), 'utf8'));
      assert.equal(film.program, 'port');
    }
    // Neither the film beside a picture nor its Korean edition is a recording to compare.
    writeFileSync(join(pictures, `${names[0]}.ko.svg`), '');
    assert.deepEqual(run('structure', pictures, folder), { status: 0, stdout: '', stderr: '' });
  });
});

test('a standard output that takes nothing is a failure of one line', (t) => {
  if (!existsSync('/dev/full')) return t.skip('no /dev/full');
  const full = openSync('/dev/full', 'w');
  for (const command of ['timeline', 'make', 'structure']) {
    const file = fileURLToPath(new URL(`../${command}.mjs`, import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [file, '--help'],
      { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] });
    assert.equal(status, 1);
    assert.ok(oneLine(stderr) && stderr.includes(command), stderr);
  }
  closeSync(full);
});
