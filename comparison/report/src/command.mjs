// The command line of make.mjs and picture.mjs: one file of results in, one file out.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import './output.mjs';
import { parseResults, ResultsError } from './results.mjs';

/**
 * Reads the arguments and the results, and lets `make(results, file, options)` do the rest. Returns
 * the exit code: that of `make`, 1 when something cannot be read or written, 2 for bad arguments.
 * `flags` are options beside --output and --help, in the words of parseArgs.
 */
export function fromResults({ name, usage, flags = {}, make }, argv) {
  let options;
  let file;
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        output: { type: 'string', short: 'o' },
        help: { type: 'boolean' },
        ...flags,
      },
    });
    options = values;
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    if (positionals.length !== 1 || !values.output)
      throw new Error('one file of results and one output are wanted');
    [file] = positionals;
  } catch (error) {
    process.stderr.write(`${name}: ${error.message}\n\n${usage}`);
    return 2;
  }

  try {
    return make(parseResults(readFileSync(file, 'utf8')), file, options);
  } catch (error) {
    if (!(error instanceof ResultsError) && error.code === undefined) throw error;
    const text = error instanceof ResultsError ? `${file}: ${error.message}` : error.message;
    process.stderr.write(`${name}: ${text}\n`);
    return 1;
  }
}
