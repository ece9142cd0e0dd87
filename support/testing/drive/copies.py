"""Cases of the copies."""

import contextlib
import os
import pathlib
import re
import select
import tempfile
import time
import unittest

from drive import traces
from drive.cases import (
    LongPaths, ProgramCase, expect_output_to_matter, expect_trace_to_spare_other_files,
    limited_files)
from drive.files import BLOCK, Folder, look, small_disk, unchanged
from drive.program import (
    DEADLINE, WINDOWS, expect_failure, expect_help, expect_usage, random_bytes, require, wait_for)
from drive.slow_copy import Row, SlowCopy

ALL = ("*_copy",)
# The system does not copy for them, as it does for peer_copyfileex_copy: under Wine that replaces a
# read-only file, and leaves half a copy when the disk is full; it takes no pipe, with which the
# others are held in mid-copy; and its reads and writes are no calls of the program, to be recorded.
OUR_OWN = ("0?_*_copy",)

needs_pipes = unittest.skipIf(WINDOWS, "no named pipes in the file system")
needs_small_disk = unittest.skipIf(
    WINDOWS or os.geteuid() != 0, "a small file system wants root, and no Windows")


def expect_copied(result, destination, data):
    require(result.code == 0, f"wanted exit 0: {result}")
    require(result.out == "" and result.error == "", f"wanted no output: {result}")
    require(destination.is_file(),
            f"{destination} is not there, but {sorted(look(destination.parent))}")
    require(destination.read_bytes() == data, f"{destination} is no exact copy")


def expect_count(folder, count):
    names = sorted(look(folder.path))
    require(len(names) == count, f"left over: {names}")


class CommandLine(LongPaths, ProgramCase):
    programs = ALL

    def test_help(self):
        """--help names every option"""
        expect_help(self.program, "--overwrite", "--trace", "SOURCE", "DESTINATION", "attributes",
                    "streams")

    def test_bad_arguments(self):
        """bad arguments: usage, exit 2"""
        with Folder() as folder, unchanged(folder.path):
            for arguments in ([], ["source"], ["source", "new", "third"],
                              ["source", "new", "--nonsense"], ["--overwrite"],
                              ["--overwrite", "source"], ["-x", "source", "new"]):
                with self.subTest(arguments=arguments):
                    result = self.program.run(*arguments, folder=folder.path)
                    expect_usage(result, "SOURCE", "DESTINATION", "--overwrite")

    def test_unwritable_output(self):
        """a stdout that takes nothing: --help"""
        expect_output_to_matter(self.program, "--help")


class WholeCopies(ProgramCase):
    programs = ALL

    def test_sizes(self):
        """sizes around a block"""
        with Folder(5) as folder:
            for size in (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 40 * BLOCK + 4099):
                data = random_bytes(size)
                folder.source.write_bytes(data)
                new = folder.path / f"new {size}"
                expect_copied(self.program.run(folder.source, new), new, data)
                require(folder.source.read_bytes() == data, "the source has changed")
            expect_count(folder, 8)

    def test_paths(self):
        """relative and absolute paths"""
        with Folder() as folder:
            deeper = folder.path / "deeper" / "still"
            deeper.mkdir(parents=True)
            for here, source, destination in (
                    (folder.path, "source", "plain"),
                    (folder.path, "./source", "./deeper/dot"),
                    (deeper, "../../source", "up"),
                    (deeper, folder.source, "absolute to relative"),
                    (deeper, "../../source", folder.path / "relative to absolute"),
                    (folder.path, "source", "./-dash"),
                    (folder.path, "deeper/../source", r"deeper\still\backslash")):
                result = self.program.run(source, destination, folder=here)
                expect_copied(result, here / str(destination).replace("\\", "/"), folder.data)

    def test_names(self):
        """names in Korean and other scripts, long names"""
        with Folder() as folder:
            # Windows takes no path beyond 260 characters as it stands. Wine 8 cuts a path of more
            # than 256 bytes of UTF-8 in silence, unless it is ASCII: hence no more Korean.
            for name in ("한국어 이름.txt", "日本語.bin", "файл с пробелами", "ملف", "😀 🎉",
                         "a;b & $c", "é", "d" * (100 if WINDOWS else 255), "한" * 60):
                source = folder.path / ("from " + name[:50])
                source.write_bytes(folder.data)
                result = self.program.run(source, folder.path / name)
                expect_copied(result, folder.path / name, folder.data)
                with unchanged(folder.path):
                    expect_failure(self.program.run(source.name, name, folder=folder.path), name)

    def test_time(self):
        """the time of the last write is kept"""
        with Folder(5) as folder:
            os.utime(folder.source, (10**9, 10**9))
            new = folder.path / "new"
            expect_copied(self.program.run(folder.source, new), new, folder.data)
            self.assertEqual(new.stat().st_mtime, 10**9)


class ExistingFiles(ProgramCase):
    programs = ALL

    def test_stays(self):
        """an existing file stays"""
        with Folder() as folder:
            for arguments in ([folder.source, folder.old], ["source", "old"]):
                with unchanged(folder.path):
                    result = self.program.run(*arguments, folder=folder.path)
                    expect_failure(result, str(arguments[1]))

    def test_overwrite(self):
        """--overwrite replaces it wholly"""
        with Folder(5) as folder:
            expect_copied(self.program.run(folder.source, folder.old, "--overwrite"), folder.old,
                          folder.data)
            short = folder.path / "short"
            short.write_bytes(b"short")
            expect_copied(self.program.run("--overwrite", short, folder.old), folder.old, b"short")
            new = folder.path / "new"
            expect_copied(self.program.run(short, "--overwrite", new), new, b"short")
            expect_count(folder, 4)


class Refusals(ProgramCase):
    """Each fails with and without --overwrite, names the file, and changes nothing."""
    programs = ALL

    def test_refusals(self):
        """names that cannot be copied from or to"""
        cases = (
            ("a missing source", "없는 파일", "new", "없는 파일"),
            ("a missing source does not cost the old file", "none", "old", "none"),
            ("a missing folder as place", "source", "없는 폴더/new", "없는 폴더/new"),
            ("a folder as source", "a folder", "new", "a folder"),
            ("a folder as destination", "source", "a folder", "a folder"),
            ("a file as place", "source", "old/new", "old/new"),
            ("a file onto itself", "source", "source", "source"),
            ("a file onto itself, otherwise spelt", "source", "a folder/../source", "source"),
        )
        if not WINDOWS:
            cases += (("a file onto its hard link", "source", "hard link", "hard link"),)
        with Folder() as folder:
            (folder.path / "a folder").mkdir()
            (folder.path / "a folder" / "in it").write_bytes(b"in it")
            if not WINDOWS:
                os.link(folder.source, folder.path / "hard link")
            for promise, source, destination, name in cases:
                for overwrite in ([], ["--overwrite"]):
                    with self.subTest(promise, overwrite=overwrite), unchanged(folder.path):
                        result = self.program.run(source, destination, *overwrite,
                                                  folder=folder.path)
                        expect_failure(result, name)

    @unittest.skipIf(WINDOWS, "no place on Windows that is sure to refuse an administrator")
    def test_unwritable_place(self):
        """an unwritable place"""
        with Folder() as folder, unchanged(folder.path):
            for place in ("/proc/a copy", "/proc/self/a copy", "/dev/null/a copy"):
                expect_failure(self.program.run(folder.source, place), place)
            if os.geteuid() != 0:
                locked = folder.path / "locked"
                locked.mkdir(mode=0o500)
                expect_failure(self.program.run("source", "locked/new", folder=folder.path),
                               "locked/new")
                locked.rmdir()


class OwnRefusals(ProgramCase):
    programs = OUR_OWN

    def test_read_only(self):
        """a read-only file is not replaced"""
        with Folder() as folder:
            folder.old.chmod(0o400)
            with unchanged(folder.path):
                expect_failure(self.program.run("source", "old", "--overwrite", folder=folder.path),
                               "old")

    def test_device(self):
        """a device is not replaced"""
        with Folder() as folder, unchanged(folder.path):
            for name in ("NUL", "con", "COM1", *([] if WINDOWS else ["con.txt", "/dev/null"])):
                for overwrite in ([], ["--overwrite"]):
                    with self.subTest(name=name, overwrite=overwrite):
                        result = self.program.run("source", name, *overwrite, folder=folder.path)
                        expect_failure(result, name)
        require(WINDOWS or pathlib.Path("/dev/null").is_char_device(), "/dev/null is gone")

    @unittest.skipIf(WINDOWS, "each name is UTF-16 there")
    def test_name_that_cannot_be_kept(self):
        """a name that cannot be kept is refused

        Bytes that are no UTF-8, and more of them than Linux has room for, would become others."""
        with Folder() as folder, unchanged(folder.path):
            for name in (os.fsdecode(b"caf\xe9"), os.fsdecode(b"\xed\xa0\x80 half"), "다" * 90):
                for overwrite in ([], ["--overwrite"]):
                    expect_failure(self.program.run("source", name, *overwrite, folder=folder.path))

    @needs_small_disk
    def test_full_disk(self):
        """a full disk"""
        with Folder(5) as folder, small_disk() as disk:
            old = disk / "old"
            old.write_bytes(b"old")
            # More than the disk; and less than the disk, but more than what is left of it.
            for size, filling in ((5 * BLOCK, 0), (2 * BLOCK + 5, 3 * BLOCK)):
                folder.source.write_bytes(random_bytes(size))
                if filling:
                    (disk / "filling").write_bytes(bytes(filling))
                with unchanged(folder.path, disk):
                    expect_failure(self.program.run(folder.source, disk / "new"), str(disk / "new"))
                    expect_failure(self.program.run(folder.source, old, "--overwrite"), str(old))

    @unittest.skipIf(WINDOWS, "Windows has no limit on a file's size")
    def test_write_that_fails(self):
        """a write that fails in mid-copy

        Unlike a full disk, one need not be root for it."""
        with Folder(5) as folder, unchanged(folder.path):
            result = self.program.run("source", "new", folder=folder.path,
                                      **limited_files(3 * BLOCK))
            expect_failure(result, "new")


class Links(ProgramCase):
    programs = OUR_OWN

    def make_link(self, link, target):
        try:
            link.symlink_to(target)
        except OSError as error:
            self.skipTest(f"may not make symbolic links: {error}")

    def test_followed(self):
        """a link is followed, and stays

        What it leads to is replaced, with its own folder for the temporary file."""
        with Folder(5) as folder:
            place = folder.path / "there"
            place.mkdir()
            folder.old.rename(place / "old")
            self.make_link(folder.path / "link", pathlib.Path("there") / "old")
            with unchanged(folder.path):
                expect_failure(self.program.run("source", "link", folder=folder.path), "link")
            result = self.program.run("source", "link", "--overwrite", folder=folder.path)
            expect_copied(result, place / "old", folder.data)
            require((folder.path / "link").is_symlink(), "the link has become a file")
            expect_count(folder, 4)

    def test_to_nothing(self):
        """a link to nothing is not replaced"""
        with Folder() as folder:
            link = folder.path / "link"
            self.make_link(link, "nothing")
            expect_failure(self.program.run("source", "link", folder=folder.path), "link")
            require(link.is_symlink() and not link.exists(), "the link has been replaced")
            expect_count(folder, 3)


class Permissions(ProgramCase):
    programs = OUR_OWN

    @unittest.skipIf(WINDOWS, "no modes on Windows; the contract looks at the DACL")
    def test_permissions(self):
        """a replaced file keeps its permissions

        What others may not read before, they may not read after. (Wine knows the bits of a mode
        only roughly: those of the owner and the group are one to it.)"""
        with Folder(5) as folder:
            folder.old.chmod(0o600)
            expect_copied(self.program.run("source", "old", "--overwrite", folder=folder.path),
                          folder.old, folder.data)
            mode = folder.old.stat().st_mode & 0o777
            require(mode & 0o027 == 0, f"its mode was 600, and is {mode:o}")
            folder.old.chmod(0o644)
            expect_copied(self.program.run("source", "old", "--overwrite", folder=folder.path),
                          folder.old, folder.data)
            mode = folder.old.stat().st_mode & 0o777
            require(mode == 0o644, f"its mode was 644, and is {mode:o}")


class MidCopy(ProgramCase):
    programs = OUR_OWN

    @needs_pipes
    def test_ctrl_c(self):
        """Ctrl+C in mid-copy leaves nothing behind"""
        with Folder(5) as folder:
            for destination in (folder.old, folder.path / "new"):
                with SlowCopy(self.program, folder, destination) as copy:
                    copy.interrupt()
                    after = look(folder.path)
                    require(after == copy.before,
                            f"names before {sorted(copy.before)}, after {sorted(after)}")
                copy.fifo.unlink()

    @needs_pipes
    def test_ctrl_c_with_trace(self):
        """--trace: Ctrl+C in mid-copy"""
        with Folder(5) as folder, tempfile.TemporaryDirectory(prefix="drive trace ") as other:
            trace_path = pathlib.Path(other) / "a.json"
            with SlowCopy(self.program, folder, folder.path / "new", "--trace", trace_path) as copy:
                copy.interrupt()
            trace = traces.Trace(trace_path)
        # Three blocks were fed; the end may still have been in the pipe, which holds less than one.
        require(trace.bytes(traces.RECEIVES) >= 2 * BLOCK, "what it had read is not there")
        require(not trace.cancelled(), f"left in flight: {trace.cancelled()}")

    @unittest.skipIf(WINDOWS, "no pseudo-terminal for Python on Windows")
    def test_progress(self):
        """progress on a terminal, wiped at the end"""
        import pty  # pylint: disable=import-outside-toplevel
        with Folder(5) as folder:
            ours, theirs = pty.openpty()
            row = Row()

            def read_terminal():
                while select.select([ours], [], [], 0.02)[0]:
                    row.write(os.read(ours, 4096).decode())

            try:
                with SlowCopy(self.program, folder, folder.path / "new", stderr=theirs) as copy:

                    def shows_progress():
                        copy.feed(bytes(BLOCK))
                        read_terminal()
                        return re.search(r"\d+ MiB", str(row))

                    wait_for(shows_progress, "progress on a terminal")
                    copy.finish()
                    require(copy.process.wait(DEADLINE) == 0, "the copy failed")

                    def is_wiped():
                        read_terminal()
                        return str(row).strip() == ""

                    wait_for(is_wiped, f"the line of progress to go: {row}")
            finally:
                os.close(ours)
                os.close(theirs)

    @needs_pipes
    def test_no_progress(self):
        """no progress when stderr is no terminal"""
        with Folder(5) as folder:
            with SlowCopy(self.program, folder, folder.path / "new") as copy:
                # Longer than the half second after which a terminal would see progress.
                end = time.monotonic() + 0.8
                fed = 3 * BLOCK
                while time.monotonic() < end:
                    copy.feed(bytes(BLOCK))
                    fed += BLOCK
                    select.select([], [], [], 0.02)
                copy.finish()
                out, error = copy.process.communicate(timeout=DEADLINE)
                require(copy.process.returncode == 0, f"exit {copy.process.returncode}: {error!r}")
                require(out == b"" and error == b"", f"wanted no output: {out!r} {error!r}")
            require((folder.path / "new").stat().st_size == fed, "bytes are missing")


class Traces(ProgramCase):
    programs = ALL

    def test_no_folder(self):
        """--trace into no folder: nothing is copied"""
        with Folder() as folder, unchanged(folder.path):
            for place in ("없는 폴더/a.json", "old/a.json", "."):
                result = self.program.run("source", "new", "--trace", place, folder=folder.path)
                expect_failure(result, place)

    def test_own_files(self):
        """--trace onto the copy's own files"""
        with Folder() as folder, unchanged(folder.path):
            for name in ("source", "new"):
                expect_usage(
                    self.program.run("source", "new", "--trace", name, folder=folder.path),
                    "--trace")
            for name in ("./source", "old"):
                expect_failure(
                    self.program.run("source", "new", "--trace", name, folder=folder.path), name)
        with Folder() as folder:
            # Another spelling of a name that is not there yet: the copy stays, the recording goes.
            result = self.program.run("source", "new", "--trace", "./new", folder=folder.path)
            expect_failure(result, "./new")
            require((folder.path / "new").read_bytes() == folder.data, "no exact copy")
            expect_count(folder, 3)

    def test_other_files(self):
        """--trace replaces recordings only"""
        expect_trace_to_spare_other_files(self.program, "none", "new")


class OwnTraces(ProgramCase):
    programs = OUR_OWN

    def test_bytes(self):
        """--trace FILE: as many bytes as the file has"""
        with Folder(5) as folder:
            trace_path = folder.path / "기록.json"
            result = self.program.run(folder.source, folder.path / "new", "--trace", trace_path)
            expect_copied(result, folder.path / "new", folder.data)
            trace = traces.Trace(trace_path)
            expect_count(folder, 4)
        size = len(folder.data)
        moved = trace.bytes(traces.RECEIVES), trace.bytes(traces.WRITES)
        require(moved == (size, size), f"of {size} bytes it read and wrote {moved}")
        require(not trace.cancelled(), f"left in flight: {trace.cancelled()}")

    def test_summary(self):
        """--trace -: a summary"""
        with Folder(5) as folder:
            result = self.program.run(folder.source, folder.path / "new", "--trace", "-")
            require(result.code == 0 and result.error == "", f"wanted exit 0: {result}")
            require((folder.path / "new").read_bytes() == folder.data, "no exact copy")
        for part in ("ReadFile", "WriteFile", "calls each", "main"):
            require(part in result.out, f"wanted {part!r} in the summary: {result}")

    @needs_small_disk
    def test_full_disk(self):
        """--trace on a full disk"""
        with Folder(5) as folder, small_disk() as disk:
            self.program.run("none", "new", "--trace", disk / "trace", folder=folder.path)
            traces.Trace(disk / "trace")
            with open(disk / "filling", "wb", buffering=0) as filling:
                with contextlib.suppress(OSError):
                    while filling.write(bytes(1024)):
                        pass
            with unchanged(disk):
                for trace in (disk / "trace", disk / "another"):
                    result = self.program.run("source", "new", "--overwrite", "--trace", trace,
                                              folder=folder.path)
                    expect_failure(result, str(trace))
                    require((folder.path / "new").read_bytes() == folder.data, "no exact copy")
