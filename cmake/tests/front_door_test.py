#!/usr/bin/env python3
"""Tests ./tutorial, cmake/wine-run and cmake/wine-watch, as users meet them.

    front_door_test.py FOLDER [unittest's arguments...]

FOLDER has the programs that are built. Every wait has a deadline, and the deadline only ends a
failure.
"""

import concurrent.futures
import contextlib
import fcntl
import importlib.machinery
import importlib.util
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WINE_RUN = ROOT / "cmake/wine-run"
WINE_WATCH = ROOT / "cmake/wine-watch"
PROGRAMS = None
DEADLINE = 60


def wait_for(condition, what):
    """Looks again and again until `condition` holds."""
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {DEADLINE} s for {what}")
        time.sleep(0.01)


def call(*command, **options):
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run(list(map(str, command)), stderr=subprocess.PIPE, text=True,
                          timeout=DEADLINE, check=False, **options)


class WineTest(unittest.TestCase):
    """In a Wine prefix of its own, whose server may be ended."""

    @classmethod
    def setUpClass(cls):
        made = pathlib.Path(os.environ.get("TUTORIAL_WINEPREFIX") or ROOT / "build/wine")
        call(WINE_RUN, "--start").check_returncode()
        cls.folder = tempfile.TemporaryDirectory(prefix="front door ", dir=ROOT / "build")
        cls.prefix = pathlib.Path(cls.folder.name, "wine")
        # Half a gigabyte, made in ten seconds: links will do, since Wine writes no file in its place.
        # Other tests may take their temporary files away meanwhile, which cp calls a failure.
        call("cp", "-al", made, cls.prefix)
        for name in ("ready", "wineserver"):
            with contextlib.suppress(FileNotFoundError):
                (cls.prefix / name).unlink()
        cls.environment = dict(os.environ, TUTORIAL_WINEPREFIX=str(cls.prefix))

    @classmethod
    def tearDownClass(cls):
        cls.wine("--kill")
        cls.folder.cleanup()

    @classmethod
    def wine(cls, *arguments, **options):
        return call(WINE_RUN, *arguments, env=cls.environment, **options)

    def setUp(self):
        self.assertEqual(self.wine("--start").returncode, 0)
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def start(self, *command):
        """Starts a command that prints a line, and returns it when it has."""
        process = subprocess.Popen(list(map(str, command)), env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.stack.callback(process.communicate)
        self.stack.callback(process.kill)
        self.line = process.stdout.readline()
        if not self.line:
            self.fail(process.communicate(timeout=DEADLINE)[1])
        self.assertRegex(self.line, "^(listening on|held)")
        return process

    def start_server(self):
        return self.start(WINE_WATCH, PROGRAMS / "01_blocking_echo.exe")

    def echo(self):
        with socket.create_connection(("127.0.0.1", int(self.line.split(":")[1])), DEADLINE) as one:
            one.sendall(b"there")
            self.assertEqual(one.recv(5, socket.MSG_WAITALL), b"there")

    def assert_ends(self, process, code, *words):
        """With that exit code, and on stderr a line with the words, or nothing if there are none."""
        error = process.communicate(timeout=DEADLINE)[1]
        self.assertEqual(process.returncode, code, error)
        self.assertEqual(error.count("\n"), 1 if words else 0, error)
        for word in words:
            self.assertIn(word, error)

    def program_of(self, process):
        """The number of the process that runs under wine-watch."""
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        return int(children)

    def test_the_services_stay_while_a_program_runs(self):
        server = self.start_server()
        stopped = self.wine("--stop")
        self.assertEqual(stopped.returncode, 1)
        self.assertIn("in use", stopped.stderr)
        self.echo()
        server.send_signal(signal.SIGINT)
        self.assert_ends(server, 0)
        self.assertEqual(self.wine("--stop").returncode, 0)
        self.assertEqual(self.wine("--server").returncode, 1)

    def test_the_services_stay_while_they_are_held(self):
        held = self.start(WINE_RUN, "--hold", "sh", "-c", "echo held; exec sleep 1000")
        self.assertEqual(self.wine("--stop").returncode, 1)
        self.assertEqual(self.wine("--server").returncode, 0)
        held.terminate()
        held.wait()
        self.assertEqual(self.wine("--stop").returncode, 0)

    # Wine's services keep the standard error of the program that starts them, and ctest waits for
    # the end of that. So no program starts them, not even one that begins while they end.
    def test_a_program_that_begins_while_the_services_end(self):
        users = pathlib.Path(f"{self.prefix}.users")
        waits = re.compile(rf"-> FLOCK .*:{users.stat().st_ino} ")
        with users.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # as --linger and --stop do
            program = subprocess.Popen([WINE_RUN, PROGRAMS / "01_blocking_echo.exe", "--help"],
                                       env=self.environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            self.stack.callback(program.communicate)
            self.stack.callback(program.kill)
            wait_for(lambda: waits.search(pathlib.Path("/proc/locks").read_text()), "the program")
            os.kill(int(self.wine("--server").stdout), signal.SIGINT)
            wait_for(lambda: self.wine("--server").returncode == 1, "the end of the server")
        self.start_server()  # keeps the services
        self.assertEqual(program.communicate(timeout=DEADLINE)[1], b"")
        self.assertEqual(program.returncode, 0)

    def test_kill_ends_all_that_use_the_services(self):
        server = self.start_server()
        held = self.start(WINE_RUN, "--hold", "sh", "-c", "echo held; exec sleep 1000")
        self.assertEqual(self.wine("--kill").returncode, 0)
        self.assert_ends(server, 128 + signal.SIGTERM, "01_blocking_echo", "Terminated")
        self.assert_ends(held, -signal.SIGTERM)
        self.assertEqual(self.wine("--server").returncode, 1)

    # As `wineserver -k` does it, and as one that has no time does.
    def test_a_run_whose_server_is_ended_fails(self):
        for number in (signal.SIGINT, signal.SIGKILL):
            with self.subTest(number):
                self.assertEqual(self.wine("--start").returncode, 0)
                program = self.start_server()
                os.kill(int(self.wine("--server").stdout), number)
                self.assert_ends(program, 1, "01_blocking_echo", "Wine's server")
                # It ends its programs first, and then takes half a second.
                wait_for(lambda: self.wine("--server").returncode == 1, "the end of the server")

    def test_a_run_that_is_killed_fails(self):
        program = self.start_server()
        os.kill(self.program_of(program), signal.SIGKILL)
        self.assert_ends(program, 128 + signal.SIGKILL, "01_blocking_echo", "Killed")

    def test_a_program_does_not_outlive_its_watch(self):
        watch = self.start_server()
        program = pathlib.Path("/proc", str(self.program_of(watch)))
        watch.kill()
        watch.wait()
        wait_for(lambda: not program.exists(), "the end of the program")

    # Ctrl+C on a terminal reaches both; a second one would leave the temporary file of a copy.
    def test_ctrl_c_reaches_the_program_once(self):
        with tempfile.TemporaryDirectory(prefix="front door ") as place:
            folder = pathlib.Path(place)
            os.mkfifo(folder / "pipe")
            pipe = os.open(folder / "pipe", os.O_RDWR)
            self.stack.callback(os.close, pipe)
            child, terminal = pty.fork()
            if child == 0:
                # Else Wine's console would read the key from there, and there would be no signal.
                os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
                os.chdir(folder)
                os.execve(WINE_WATCH, [WINE_WATCH, PROGRAMS / "01_blocking_copy.exe", "pipe", "new"],
                          self.environment)
            self.stack.callback(os.close, terminal)
            os.write(pipe, bytes(1000))
            wait_for(lambda: len(list(folder.iterdir())) > 1, "the beginning of the copy")
            os.write(terminal, b"\x03")
            os.set_blocking(pipe, False)

            def has_ended():
                with contextlib.suppress(BlockingIOError):
                    os.write(pipe, bytes(1000))  # it looks for Ctrl+C between two blocks
                return os.waitpid(child, os.WNOHANG)

            codes = []
            wait_for(lambda: codes.append(has_ended()) or codes[-1][0] == child, "the end")
            self.assertEqual(os.waitstatus_to_exitcode(codes[-1][1]), 1)
            self.assertEqual([each.name for each in folder.iterdir()], ["pipe"])

    def test_a_relative_prefix(self):
        there = dict(self.environment, TUTORIAL_WINEPREFIX=self.prefix.name)
        for command in ([WINE_RUN, PROGRAMS / "01_blocking_echo.exe", "--help"],
                        [WINE_WATCH, PROGRAMS / "01_blocking_echo.exe", "--help"]):
            with self.subTest(command):
                result = call(*command, cwd=self.prefix.parent, env=there)
                self.assertEqual((result.returncode, result.stderr), (0, ""))

    @unittest.skipUnless(os.geteuid() == 0, "only root may give a folder away")
    def test_a_prefix_of_another_user(self):
        with tempfile.TemporaryDirectory(prefix="front door ") as other:
            os.chown(other, 65534, 65534)
            result = call(WINE_RUN, "--start", env=dict(os.environ, TUTORIAL_WINEPREFIX=other))
        self.assertEqual(result.returncode, 1)
        self.assertIn("another user", result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)


class ServerTest(unittest.TestCase):
    """A server that is about to end still listens, and a program of it has ended already."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        loader = importlib.machinery.SourceFileLoader("wine_watch", str(WINE_WATCH))
        spec = importlib.util.spec_from_loader("wine_watch", loader)
        watch = importlib.util.module_from_spec(spec)
        loader.exec_module(watch)
        self.server = watch.Server.__new__(watch.Server)
        self.server.process = pathlib.Path(holder.name)
        self.server.end = 0
        (self.server.process / "cwd").mkdir()
        self.listening = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.listening.close)
        self.listening.bind(str(self.server.process / "cwd/socket"))
        self.listening.listen()
        self.listening.settimeout(DEADLINE)

    def test_one_that_answers_has_not_ended(self):
        with concurrent.futures.ThreadPoolExecutor() as threads:
            asked = threads.submit(self.server.has_ended)
            with self.listening.accept()[0] as program:
                program.sendall(b"version")
            self.assertFalse(asked.result(DEADLINE))

    def test_one_that_ends_behind_the_question_has_ended(self):
        with concurrent.futures.ThreadPoolExecutor() as threads:
            asked = threads.submit(self.server.has_ended)
            self.assertTrue(select.select([self.listening], [], [], DEADLINE)[0], "nothing was asked")
            self.listening.close()
            self.assertTrue(asked.result(DEADLINE))
            self.assertTrue(self.server.has_ended())


class FrontDoorTest(unittest.TestCase):
    """./tutorial in a made-up checkout, where CMake only writes down that it was called."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="front door ")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name).resolve()
        self.folder.chmod(0o755)
        self.tools = self.folder / "tools"
        self.tools.mkdir()
        self.tool("cmake", f'case $1 in --version) exec {shutil.which("cmake")} "$@" ;; esac\n'
                           f'echo "$*" >>"{self.folder}/called"; exit 1')
        self.root = self.checkout("checkout")

    def tool(self, name, text):
        path = self.tools / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def checkout(self, name):
        root = self.folder / name
        (root / "cmake").mkdir(parents=True)
        for each in ("tutorial", "cmake/wine-run", "cmake/wine-watch"):
            shutil.copy(ROOT / each, root / each)
        return root

    def tutorial(self, *arguments, root=None, path=None, language="C.UTF-8", **options):
        environment = dict(os.environ, PATH=path or f"{self.tools}:{os.environ['PATH']}",
                           LC_ALL=language)
        return call((root or self.root) / "tutorial", *arguments, env=environment, **options)

    def assert_refused(self, result, *words, code=1, lines=1):
        self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
        for word in words:
            self.assertIn(str(word), result.stderr)
        if lines:
            self.assertEqual(result.stderr.count("\n"), lines, result.stderr)
        self.assertFalse((self.folder / "called").exists(), "CMake was called")

    def test_wrong_arguments(self):
        for arguments, words in (([], ["Usage:"]), (["walk"], ["walk", "Usage:"]),
                                 (["run"], ["which program", "Usage:"]),
                                 (["run", "01_echo"], ["01_echo", "01_blocking_echo"]),
                                 (["run", "--help"], ["--help", "01_blocking_echo"]),
                                 (["list", "all"], ["list", "no arguments", "Usage:"]),
                                 (["docs", "--server"], ["--serve", "Usage:"])):
            with self.subTest(arguments):
                self.assert_refused(self.tutorial(*arguments), *words, code=2, lines=None)

    def test_a_folder_that_is_gone(self):
        gone = self.folder / "gone"
        for verb in (["run", "01_blocking_echo"], ["demo"], ["list"]):
            gone.mkdir()
            result = self.tutorial(*verb, cwd=gone, preexec_fn=gone.rmdir)
            self.assert_refused(result, "current folder", lines=None)  # the shell has a word, too

    def test_names_that_cmake_cannot_take(self):
        for name in ("C#", "a;b", 'a"b', "a\\b"):
            with self.subTest(name):
                root = self.checkout(name)
                self.assert_refused(self.tutorial("run", "01_blocking_echo", root=root), root)
                self.assertFalse((root / "build").exists())

    def test_a_build_that_was_made_under_another_name_stays(self):
        build = self.root / "build/linux"
        build.mkdir(parents=True)
        (build / "CMakeCache.txt").write_text("CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere\n")
        (build / "made").write_text("in an hour")
        for verb in (["run", "01_blocking_echo"], ["demo"], ["test"]):
            self.assert_refused(self.tutorial(*verb), "/elsewhere", build)
        self.assertEqual({each.name for each in build.iterdir()}, {"CMakeCache.txt", "made"})

    def test_a_checkout_that_cannot_be_written(self):
        self.root.chmod(0o555)
        other = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
        for verb in (["run", "01_blocking_echo"], ["demo"], ["test"]):
            self.assert_refused(self.tutorial(*verb, **other), self.root, "git clone")

    def test_what_cannot_be_installed(self):
        # All that the script itself calls, and no compiler.
        for name in ("apt-get", "cat", "cut", "dirname", "env", "grep", "id", "mkdir", "readlink",
                     "sed", "tail", "uname", "sudo"):
            (self.tools / name).unlink(missing_ok=True)
            (self.tools / name).symlink_to(shutil.which(name) or "/bin/true")
        (self.tools / "cmake").unlink()
        for name in ("apt-get", "sudo"):
            (self.tools / name).unlink()
        self.assert_refused(self.tutorial("demo", path=str(self.tools)), "no apt-get", "cmake",
                            "ninja-build", "pacman", lines=None)
        self.tool("apt-get", 'echo "no network, says apt-get"; exit 100')
        self.tool("sudo", 'exec "$@"')
        result = self.tutorial("demo", path=str(self.tools))
        self.assertEqual(result.returncode, 1)
        for words in ("no network, says apt-get", "install.log", "apt-get install", "ninja-build"):
            self.assertIn(words, result.stderr)

    def test_help_speaks_the_readers_language(self):
        english, korean = (self.tutorial("help", language=language)
                           for language in ("en_GB.UTF-8", "ko_KR.UTF-8"))
        verbs = re.compile(r"^  ([a-z]+) ", re.MULTILINE)
        self.assertIn("exercise", verbs.findall(english.stdout))
        self.assertEqual(verbs.findall(korean.stdout), verbs.findall(english.stdout))
        self.assertRegex(korean.stdout, "^사용법")
        self.assertRegex(english.stdout, "^Usage")
        self.assertEqual(self.tutorial("help", language="kok_IN.UTF-8").stdout, english.stdout)
        for arguments in (["walk"], ["run"], ["run", "walk"], ["list", "walk"], ["docs", "walk"]):
            result = self.tutorial(*arguments, language="ko_KR.UTF-8")
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertRegex(result.stderr.split("\n")[0], "[가-힣]")

    def test_output_that_cannot_be_written(self):
        for verb in ("list", "help"):
            with open("/dev/full", "wb") as full:
                result = self.tutorial(verb, stdout=full)
            self.assertEqual(result.returncode, 1)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)
