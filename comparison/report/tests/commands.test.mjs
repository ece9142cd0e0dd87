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

import { fill } from '../src/fill.mjs';
import { single, wine } from './fixture.mjs';

function run(command, ...args) {
  const file = fileURLToPath(new URL(`../${command}.mjs`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args],
    { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function inFolder(body) {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  try {
    body((name, text) => {
      const file = join(folder, name);
      if (text !== undefined) writeFileSync(file, text);
      return file;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const QUIET = { status: 0, stdout: '', stderr: '' };
const oneLine = (text) => /^[^\n]+\n$/.test(text);

test('make fills the committed page', () => {
  inFolder((file) => {
    const results = file('results.json', JSON.stringify(single()));
    assert.deepEqual(run('make', results, '-o', file('report.html')), QUIET);
    const template = readFileSync(new URL('../dist/report.html', import.meta.url), 'utf8');
    assert.equal(readFileSync(file('report.html'), 'utf8'), fill(template, single()));
  });
});

test('agree says whether two results contradict each other', () => {
  inFolder((file) => {
    const one = wine();
    one.rankings = [{ scenario: 'echo', connections: 64, figure: 'p99_ms', better: 'lower',
      order: [['05_iocp'], ['01_blocking']] }];
    const other = structuredClone(one);
    other.rankings[0].order.reverse();
    const a = file('a.json', JSON.stringify(one));
    const b = file('b.json', JSON.stringify(other));
    assert.deepEqual(run('agree', a, a),
      { status: 0, stdout: '1 pairs in both, 0 in one only, 0 contradictions\n', stderr: '' });
    assert.deepEqual(run('agree', a, b), { status: 1, stderr: '',
      stdout: 'echo, 64, p99_ms: 05_iocp before 01_blocking, and the other way round\n'
        + '0 pairs in both, 0 in one only, 1 contradictions\n' });
    assert.equal(run('agree', a, file('none.json')).status, 1);
    assert.equal(run('agree', a).status, 2);
    assert.equal(run('agree', '--help').status, 0);
  });
});

test('picture draws, and says whether a picture is up to date', () => {
  inFolder((file) => {
    const results = file('results.json', JSON.stringify(wine()));
    const picture = file('picture.svg');
    const missing = run('picture', results, '-o', picture, '--check');
    assert.equal(missing.status, 1);
    assert.ok(oneLine(missing.stderr) && missing.stderr.includes(picture), missing.stderr);
    assert.deepEqual(run('picture', results, '-o', picture), QUIET);
    assert.match(readFileSync(picture, 'utf8'), /^<svg [^>]*viewBox/);
    assert.deepEqual(run('picture', results, '-o', picture, '--check'), QUIET);
    const others = wine();
    others.environment.commit = 'another';
    file('results.json', JSON.stringify(others));
    assert.equal(run('picture', results, '-o', picture, '--check').status, 1);
    assert.deepEqual(run('picture', results, '-o', picture, '--language', 'ko'), QUIET);
    assert.match(readFileSync(picture, 'utf8'), /나란히 놓은 모델/);
    assert.deepEqual(run('picture', results, '-o', picture, '--language', 'ko', '--check'), QUIET);
  });
});

test('what is wrong with the results, or which file, is said in one line', () => {
  inFolder((file) => {
    for (const command of ['make', 'picture']) {
      for (const [text, reason] of [['{', 'is not JSON'], ['{}', 'holds no results']]) {
        const bad = run(command, file('results.json', text), '-o', file('out'));
        assert.equal(bad.status, 1);
        assert.equal(bad.stdout, '');
        assert.ok(oneLine(bad.stderr), bad.stderr);
        assert.ok(bad.stderr.includes(`results.json: ${reason}`), bad.stderr);
      }
      const none = run(command, file('none.json'), '-o', file('out'));
      assert.equal(none.status, 1);
      assert.ok(oneLine(none.stderr) && none.stderr.includes('none.json'), none.stderr);
      const nowhere = run(command, file('good.json', JSON.stringify(wine())), '-o',
        file('none/out'));
      assert.equal(nowhere.status, 1);
      assert.ok(oneLine(nowhere.stderr) && nowhere.stderr.includes('none/out'), nowhere.stderr);
    }
    const few = run('picture', file('few.json', JSON.stringify(single())), '-o', file('out'));
    assert.equal(few.status, 1);
    assert.match(few.stderr, /few\.json: has too little for the picture/);
  });
});

test('bad arguments: usage, exit 2; --help: usage, exit 0', () => {
  for (const [command, ...args] of [['make'], ['make', 'a.json'], ['make', '-o', 'a'],
    ['make', '--nonsense'], ['make', 'a', 'b', '-o', 'c'], ['picture'], ['picture', 'a.json'],
    ['picture', '--check', 'a.json'], ['picture', 'a.json', '-o', 'b', '--language', 'de'],
    ['picture', 'a.json', '-o', 'b', '--language'], ['build', 'x'], ['build', '--check', 'x']]) {
    const result = run(command, ...args);
    assert.equal(result.status, 2, `${command} ${args}`);
    assert.equal(result.stdout, '');
    assert.match(result.stderr, /\n\nUsage: node /);
  }
  assert.match(run('picture', 'a.json', '-o', 'b', '--language', 'de').stderr,
    /^picture: --language is de; en or ko is wanted\n/);
  for (const command of ['make', 'picture', 'build']) {
    const result = run(command, '--help');
    assert.equal(result.status, 0);
    assert.equal(result.stderr, '');
    assert.match(result.stdout, /^Usage: node .*Exit code/s);
  }
});

test('a standard output that takes nothing is a failure of one line', (t) => {
  if (!existsSync('/dev/full')) return t.skip('no /dev/full');
  const full = openSync('/dev/full', 'w');
  for (const command of ['make', 'picture', 'agree', 'build']) {
    const file = fileURLToPath(new URL(`../${command}.mjs`, import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [file, '--help'],
      { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] });
    assert.equal(status, 1);
    assert.ok(oneLine(stderr) && stderr.includes(command), stderr);
  }
  closeSync(full);
});
