"""Cases, which are unittest's, and the rules for all programs."""

import fnmatch
import os
import pathlib
import sys
import tempfile
import time
import unittest

from drive import traces
from drive.files import BLOCK, unchanged
from drive.program import (
    DEADLINE, WINDOWS, Program, Result, expect_failure, random_bytes, require)


class ProgramCase(unittest.TestCase):
    """Cases of the programs whose names fit one of `programs`. The first line of a case's docstring
    is the promise that it checks."""

    programs = ()
    program = None  # the program that is driven


class _TimedResult(unittest.TextTestResult):
    """Says how long each case took."""

    def startTest(self, test):
        self.begin = time.monotonic()
        super().startTest(test)

    def getDescription(self, test):
        return test.shortDescription() or str(test)

    def addSuccess(self, test):
        unittest.TestResult.addSuccess(self, test)
        self.stream.writeln(f"ok ({time.monotonic() - self.begin:.1f} s)")


def main(usage, *modules):
    """Runs the modules' cases for the program on the command line; returns the exit code."""
    # The names that are printed are of any script, whatever the locale says.
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
    if len(sys.argv) < 2:
        print(usage, file=sys.stderr)
        return 2
    ProgramCase.program = program = Program(sys.argv[1], sys.argv[2:])
    loader = unittest.TestLoader()
    suite = unittest.TestSuite(
        loader.loadTestsFromTestCase(case) for module in modules for case in vars(module).values()
        if isinstance(case, type) and issubclass(case, ProgramCase)
        and any(fnmatch.fnmatchcase(program.name, pattern) for pattern in case.programs))
    if suite.countTestCases() == 0:
        print(f"there are no cases for {program.name}\n\n{usage}", file=sys.stderr)
        return 2
    runner = unittest.TextTestRunner(sys.stdout, verbosity=2, resultclass=_TimedResult)
    return 0 if runner.run(suite).wasSuccessful() else 1


# --- The rules for all programs -------------------------------------------------------------------


class LongPaths:
    def test_manifest_asks_for_long_paths(self):
        """its manifest asks for long paths

        Under Wine long paths need nothing. On Windows they do, and it does not say so."""
        self.assertIn(b"<longPathAware ", self.program.path.read_bytes())


def expect_output_to_matter(program, *arguments):
    """Output that cannot be written is a failure: exit 1, and a line on stderr."""
    reader, writer = os.pipe()
    os.close(reader)  # nobody reads the pipe
    for file in (writer, *([] if WINDOWS else ["/dev/full"])):
        with open(file, "wb", buffering=0) as output:
            process = program.start(*arguments, stdout=output)
            try:
                error = process.communicate(timeout=DEADLINE)[1]
            except BaseException:
                process.kill()
                raise
        expect_failure(Result(process.returncode, b"", error), "the standard output")


def expect_trace_to_spare_other_files(program, *arguments):
    """A file that is no recording is refused at the start, and an earlier recording stays until the
    end. `arguments` are those of a run that ends by itself, with a failure or not."""
    with tempfile.TemporaryDirectory(prefix="drive trace ") as place:
        folder = pathlib.Path(place)
        for content in (b"", b"mine", b'{"traceEvents":[]}', random_bytes(BLOCK)):
            file = folder / "기록.json"
            file.write_bytes(content)
            with unchanged(folder):
                expect_failure(program.run(*arguments, "--trace", file), str(file),
                               "--trace-overwrite")
            program.run(*arguments, "--trace", file, "--trace-overwrite")
            first = traces.Trace(file).whole["otherData"]
            require(first == {"program": program.name, "dropped": 0}, f"otherData: {first}")
            recording = file.read_bytes()
            program.run(*arguments, "--trace", file)
            traces.Trace(file)
            require(file.read_bytes() != recording, "the earlier recording was not replaced")
            if not WINDOWS:  # a recording that does not fit leaves the earlier one
                with unchanged(folder):
                    result = program.run(*arguments, "--trace", file, **limited_files(100))
                    require(result.code == 1 and str(file) in result.error, f"no exit 1: {result}")
                    require("~" not in result.error, f"the temporary file is named: {result}")
            require(list(folder.iterdir()) == [file], "something is left")


def limited_files(size):
    """Options for Program.run(): no file may become larger than `size`. Not on Windows."""
    import resource  # pylint: disable=import-outside-toplevel
    # Python ignores SIGXFSZ, and the program inherits that; or else the signal would end it.
    return {"restore_signals": False,
            "preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))}
