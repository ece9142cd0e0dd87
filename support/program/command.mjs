// The command line of the scripts that Node runs for the report and for the timelines.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Runs a command and sets its exit code: 2 for bad arguments, 1 when something cannot be read or
 * written, else what `work(files, values, read)` returns, or 0. `usage` is its help, `files` the
 * number of arguments beside the options, `wanted` what is said when they are others; `options` are
 * those beside --help, in the words of parseArgs, with `choices` where only some values are right,
 * and --output must be given if it is one of them.
 * `read(file)` returns a text. A `Fault` thrown by `work` lies in the file that was read last.
 */
export function runCommand({ usage, files = 0, wanted, options = {}, Fault, work }) {
  const name = basename(process.argv[1], '.mjs');
  const complain = (text, exitCode) => {
    process.stderr.write(`${name}: ${text}\n`);
    process.exitCode = exitCode;
  };
  // The disk is full, or nobody reads the pipe.
  process.stdout.on('error', (error) =>
    complain(`the standard output cannot be written: ${error.message}`, 1));

  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({
      allowPositionals: files > 0, options: { ...options, help: { type: 'boolean' } },
    }));
    if (!values.help && (positionals.length !== files || (options.output && !values.output)))
      throw new Error(wanted);
    for (const [name, { choices }] of Object.entries(options))
      if (!values.help && choices && !choices.includes(values[name]))
        throw new Error(`--${name} is ${values[name]}; ${choices.join(' or ')} is wanted`);
  } catch (error) {
    complain(`${error.message}\n\n${usage.trimEnd()}`, 2);
    return;
  }
  if (values.help) {
    process.stdout.write(usage);
    return;
  }

  let input;
  try {
    process.exitCode = work(positionals, values, (file) => readFileSync(input = file, 'utf8')) ?? 0;
  } catch (error) {
    const isFault = error instanceof Fault || error instanceof SyntaxError; // JSON.parse's
    if (!isFault && error.code === undefined) throw error;
    complain(isFault && input ? `${input}: ${error.message}` : error.message, 1);
  }
}
