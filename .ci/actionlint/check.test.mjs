// The check finds a fault where there is one, and none where there is none.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('check.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'workflows-'));
after(() => rmSync(folder, { recursive: true }));

function check(text) {
  const file = join(folder, 'build.yml');
  writeFileSync(file, text);
  const { status, stdout } = spawnSync(process.execPath, [SCRIPT, file], { encoding: 'utf8' });
  return { status, lines: stdout.replaceAll(file, 'build.yml').trim().split('\n') };
}

const GOOD = `on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: echo \${{ github.ref }}
`;

test('a workflow without fault', () => {
  assert.deepEqual(check(GOOD), { status: 0, lines: ['1 workflow: no fault'] });
});

test('names that are not known, in an expression, of a runner and of an input', () => {
  const { status, lines } = check(GOOD.replace('github.ref', 'gitub.ref')
    .replace('ubuntu-24.04', 'ubuntu-24').replace('@v4', '@v4\n        with: { dept: 1 }'));
  assert.equal(status, 1);
  assert.match(lines[0], /^build\.yml:4:14: label "ubuntu-24" is unknown.* \[runner-label\]$/);
  assert.match(lines[1], /^build\.yml:7:17: input "dept" is not defined.* \[action\]$/);
  assert.match(lines[2], /^build\.yml:8:23: undefined variable "gitub".* \[expression\]$/);
  assert.equal(lines[3], '1 workflow: 3 faults');
});

test('no file is wrong usage', () => {
  assert.equal(spawnSync(process.execPath, [SCRIPT]).status, 2);
});
