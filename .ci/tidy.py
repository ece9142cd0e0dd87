#!/usr/bin/env python3
"""Runs clang-tidy over the sources of a build: python3 .ci/tidy.py BUILD

Most of its time goes to the headers of Windows and of the standard library, which it checks anew for
each source. So it gets several sources of a folder at a time, as one that includes them.
Sources whose names clash go into different ones; Clang says which.

Exit code: 0 no finding, 1 findings.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs"))

from checks import cpp  # noqa: E402

TOGETHER = 10


def findings(database, file):
    """The output of clang-tidy, empty if it has found nothing."""
    done = subprocess.run(
        ["clang-tidy", "-p", str(database), f"--config-file={ROOT / '.clang-tidy'}", "--quiet",
         "--warnings-as-errors=*", str(file)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return (done.stdout or f"clang-tidy failed at {file}\n") if done.returncode else ""


@dataclass
class Together:
    """Sources that are compiled with the same flags, and lie in the same folder."""
    folder: Path
    flags: str
    directory: str
    files: list

    def write(self):
        """Writes the source that includes them; wmain, which many have, gets a name for each."""
        self.folder.mkdir(parents=True, exist_ok=True)
        source = self.folder / "all.cpp"
        source.write_text("".join(
            f'#define wmain wmain_{number}\n#include "{file}" // NOLINT\n#undef wmain\n'
            for number, file in enumerate(self.files)), encoding="utf-8")
        (self.folder / "compile_commands.json").write_text(json.dumps([{
            "directory": self.directory, "file": str(source),
            "command": f"{self.flags} -c {source}"}]), encoding="utf-8")
        return source

    def findings(self):
        """The output of clang-tidy, empty if it has found nothing."""
        found = findings(self.folder, self.write())
        if "[clang-diagnostic-" in found and len(self.files) > 1:
            return "".join(part.findings() for part in self.parts(found))
        return found

    def parts(self, output):
        """Those that Clang finds fault with, and the others; each alone if that parts nothing."""
        faulty = set(re.findall(r"^(\S+\.cpp):\d+:\d+: .*\[clang-diagnostic-", output, re.MULTILINE))
        parts = [[each for each in self.files if each not in faulty],
                 [each for each in self.files if each in faulty]]
        if not all(parts):
            parts = [[each] for each in self.files]
        return [Together(self.folder / str(number), self.flags, self.directory, files)
                for number, files in enumerate(parts)]


def unused_names(files):
    """Finds unused using-declarations: clang-tidy looks for none in a file that is included."""
    for file in files:
        text = cpp.code_only(file.read_text(encoding="utf-8"))
        for line in re.finditer(r"^ *using (?:\w*::)+(\w+);$", text, re.MULTILINE):
            if len(re.findall(rf"\b{line[1]}\b", text)) == 1:
                number = text.count("\n", 0, line.start()) + 1
                yield f"{file}:{number}: '{line[1]}' is unused\n"


def groups(build):
    """All sources of the build, ten of a folder together at most; the largest groups first."""
    commands = defaultdict(set)  # of each source, which may be in several targets
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        file = Path(entry["file"]).resolve()
        # Of an exercise only the solution, with its check: the other files are wrong on purpose.
        if "/exercises/" in entry["file"] and "_solution.dir" not in entry["command"]:
            continue
        if file.suffix == ".cpp" and ROOT in file.parents and build not in file.parents:
            flags = re.sub(r" -o \S+ -c \S+$", "", entry["command"])
            commands[file].add((flags, entry["directory"]))
    users = Counter(each for of_file in commands.values() for each in of_file)
    same = defaultdict(list)
    for file, of_file in sorted(commands.items()):
        command = max(sorted(of_file), key=users.__getitem__)  # where most others are
        same[command, file.parent].append(str(file))
    result = []
    for ((flags, directory), _), files in same.items():
        parts = -(-len(files) // TOGETHER)
        for part in range(parts):
            result.append(Together(build / "tidy" / str(len(result)), flags, directory,
                                   files[part::parts]))
    return sorted(result, key=lambda each: -len(each.files))


def main(build):
    build = Path(build).resolve()
    together = groups(build)
    files = [Path(each) for group in together for each in group.files]
    tracked = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "*.cpp"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    # clang-tidy infers the flags of those that are in no target of this build, like the fuzzers.
    alone = sorted({ROOT / each for each in tracked if "/exercises/" not in each} - set(files))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = "".join(pool.map(Together.findings, together))
        found += "".join(pool.map(lambda file: findings(build, file), alone))
    found += "".join(unused_names(files + alone))
    print(found, end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
