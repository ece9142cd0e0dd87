// Makes a command fail, with one line, when its output cannot be written: the disk is full, or nobody
// reads the pipe.
import { basename } from 'node:path';

process.stdout.on('error', (error) => {
  const name = basename(process.argv[1], '.mjs');
  process.stderr.write(`${name}: the standard output cannot be written: ${error.message}\n`);
  process.exitCode = 1;
});
