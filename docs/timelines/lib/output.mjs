// For the commands: what they print may find no room, or no reader. Then they fail, in one line.
import { basename } from 'node:path';

process.stdout.on('error', (error) => {
  const name = basename(process.argv[1], '.mjs');
  process.stderr.write(`${name}: the standard output cannot be written: ${error.message}\n`);
  process.exitCode = 1;
});
