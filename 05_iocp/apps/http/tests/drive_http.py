#!/usr/bin/env python3
"""Drives 05_iocp_http from outside, as a user would, and checks what it promises.

    drive_http.py PROGRAM [EMULATOR...]

Exit code: 0 no case failed, 1 some did, 2 wrong usage.
"""

import contextlib
import http.client
import pathlib
import socket
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "support" / "testing"))
from drive.cases import LongPaths, ProgramCase, main  # noqa: E402
from drive.program import (  # noqa: E402
    DEADLINE, WINDOWS, expect_failure, expect_help, expect_range, expect_seconds, expect_usage,
    random_bytes, require)
from drive.servers import Addresses, Server  # noqa: E402

LARGE = random_bytes(3_000_000)


def make_root(folder):
    """A folder with something in it, and something beside it."""
    root = pathlib.Path(folder) / "폴더 root"
    (root / "sub").mkdir(parents=True)
    (root / "index.html").write_bytes(b"<p>top")
    (root / "sub" / "index.html").write_bytes(b"<p>sub")
    (root / "héllo 世界.txt").write_bytes("grüße".encode())
    (root / "large.bin").write_bytes(LARGE)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_bytes(b"secret")
    (root / ".well-known").mkdir()
    (root / ".well-known" / "security.txt").write_bytes(b"known")
    (pathlib.Path(folder) / "secret.txt").write_bytes(b"secret")
    return root


def get(connection, target, **fields):
    """One request over a connection that stays. Returns the answer and its body."""
    connection.request("GET", target, headers=fields)
    answer = connection.getresponse()
    return answer, answer.read()


def connect(server, host="127.0.0.1"):
    return contextlib.closing(http.client.HTTPConnection(host, server.port, timeout=DEADLINE))


class HttpCase(ProgramCase):
    """Each class of cases has a folder to serve."""
    programs = ("05_iocp_http",)

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = make_root(folder.name)
        cls.arguments = ("--root", cls.root)

    def check_links(self, server, root):
        """A link inside the folder is followed, one that leads out of it is not."""
        (root.parent / "secret.txt").write_bytes(b"secret")
        (root.parent / "private").mkdir()
        (root.parent / "private" / "key").write_bytes(b"secret")
        (root / "index.html").write_bytes(b"<p>top")
        try:
            (root / "inside.html").symlink_to("index.html")
            (root / "outside.txt").symlink_to(root.parent / "secret.txt")
            (root / "outside").symlink_to(root.parent / "private", target_is_directory=True)
        except OSError as error:
            self.skipTest(f"no links can be made: {error}")
        with connect(server) as user:
            require(get(user, "/inside.html")[1] == b"<p>top", "a link inside is not followed")
            for target in ("/outside.txt", "/outside/key", "/outside"):
                answer, body = get(user, target)
                require(answer.status == 403 and b"secret" not in body,
                        f"{target}: {answer.status}")


class CommandLine(LongPaths, HttpCase):
    def test_arguments(self):
        """--help names every option; bad arguments: usage, exit 2"""
        expect_usage(self.program.run(), "--root")
        for arguments in (["--root"], ["--port", "65536"], ["--threads", "x"], ["--nonsense"],
                          ["stray"], ["--max-connections", "0"], ["--cache-control", ""],
                          ["--cache-control", "a\nb"]):
            with self.subTest(arguments=arguments):
                expect_usage(self.program.run(*self.arguments, *arguments), "--root", "--port")
        expect_help(self.program, "--root", "--address", "--port", "--threads", "--stats",
                    "--trace", "--dotfiles", "--cache-control")

    def test_numbers(self):
        """a number beyond its range, or not in decimal: usage, exit 2"""
        for option, least, most in (("--port", 0, 65535), ("--threads", 0, 1024),
                                    ("--concurrency", 0, 1024), ("--max-connections", 1, 1000000)):
            expect_range(self.program, option, least, most, *self.arguments)
        for option in ("--head-timeout", "--idle-timeout", "--drain-timeout"):
            expect_seconds(self.program, option, *self.arguments)

    def test_bad_root(self):
        """a root that is no folder: one line, exit 1"""
        for name in ("none", "index.html"):
            expect_failure(self.program.run("--root", self.root / name), name)

    def test_taken_port(self):
        """a taken port: one line, exit 1"""
        with Server(self.program, *self.arguments) as server:
            port = str(server.port)
            expect_failure(self.program.run(*self.arguments, "--port", port), f"127.0.0.1:{port}")

    def test_relative_root(self):
        """a relative root"""
        with Server(self.program, "--root", "sub", folder=self.root) as server:
            with connect(server) as user:
                require(get(user, "/")[1] == b"<p>sub", "it serves another folder")

    def test_options(self):
        """--dotfiles, --cache-control"""
        with Server(self.program, *self.arguments, "--dotfiles", "--cache-control",
                    "public, max-age=60") as server, connect(server) as user:
            answer, body = get(user, "/.git/config")
            require(answer.status == 200 and body == b"secret", f"--dotfiles: {answer.status}")
            require(answer.headers["Cache-Control"] == "public, max-age=60",
                    "another Cache-Control")


class HttpAddresses(Addresses, HttpCase):
    def talk(self, server, host):
        """http.client sends the host with the port, and with brackets: `Host: [::1]:5000`."""
        with connect(server, host) as user:
            answer, body = get(user, "/")
            require(answer.status == 200 and body == b"<p>top", f"{host}: {answer.status} {body!r}")
            answer, body = get(
                user, f"http://{'[::1]' if ':' in host else host}:{server.port}/sub/")
            require(answer.status == 200 and body == b"<p>sub", f"{host}: {answer.status} {body!r}")


class OneServer(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Server(cls.program, *cls.arguments).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_files(self):
        """files, parts of them, and what has not changed, over one connection"""
        with connect(self.server) as user:
            wanted = {"/": b"<p>top", "/sub/": b"<p>sub", "/large.bin": LARGE,
                      "/" + urllib.parse.quote("héllo 世界.txt"): "grüße".encode()}
            for target, content in wanted.items():
                answer, body = get(user, target)
                require(answer.status == 200 and body == content,
                        f"{target}: {answer.status}, {len(body)} bytes")
            connection = user.sock
            answer, body = get(user, "/large.bin", Range="bytes=1000000-1999999")
            require(answer.status == 206 and body == LARGE[1_000_000:2_000_000], "another part")
            answer, body = get(user, "/", **{"If-None-Match": get(user, "/")[0].headers["ETag"]})
            require(answer.status == 304 and not body, f"a known tag: {answer.status}")
            require(answer.headers["Cache-Control"] == "no-cache", "caches need not ask")
            require(get(user, "/.well-known/security.txt")[1] == b"known",
                    "/.well-known/ is hidden")
            answer, body = get(user, "/sub")
            require(answer.status == 301 and answer.headers["Location"] == "/sub/",
                    "no redirection")
            require(get(user, "/none")[0].status == 404, "a file that is not there")
            require(user.sock is connection, "the connection did not stay")

    def test_traversal(self):
        """no target leads out of the root

        They are sent as they are: a client such as http.client or curl would tidy them up."""
        for target in (b"/../secret.txt", b"/%2e%2e/secret.txt", b"/..%5csecret.txt",
                       b"/..\\secret.txt", b"/sub/../../secret.txt", b"/..%2fsecret.txt",
                       b"/C:/windows/win.ini", b"/index.html::$DATA", b"/NUL", b"/con.html",
                       b"/index.html%00", b"/index.html.", b"//secret.txt", b"/INDEX.HTML",
                       b"/Sub/", b"/.git/config", b"/.git/", b"/%2egit/config"):
            with self.subTest(target=target), self.server.connect() as user:
                user.sendall(b"GET " + target + b" HTTP/1.0\r\n\r\n")
                answer = b""
                while piece := user.recv(65536):
                    answer += piece
                require(answer[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.1 403 ", b"HTTP/1.1 404 "),
                        f"{target!r}: {answer!r}")
                require(b"secret" not in answer, f"{target!r} leads to the secret")

    def test_links(self):
        """a link inside the root is followed, one that leads out of it is not"""
        self.check_links(self.server, self.root)


class OtherServers(HttpCase):
    def test_deep_root(self):
        """a root whose path is longer than the 260 characters of old, and what lies in it"""
        deep = self.root
        for _ in range(3):
            deep = deep / ("깊은 folder " + "x" * 70)
        if WINDOWS:  # Python has the same trouble there
            deep = pathlib.Path(f"\\\\?\\{deep}")
        (deep / "sub").mkdir(parents=True)
        (deep / "sub" / "index.html").write_bytes(b"<p>deep")
        require(len(str(deep)) > 260, "it is not deep enough")
        with Server(self.program, "--root", deep) as server, connect(server) as user:
            answer, body = get(user, "/sub/")
            require(answer.status == 200 and body == b"<p>deep", f"{answer.status}, {body!r}")
            require(get(user, "/none")[0].status == 404, "a file that is not there")
            require(get(user, "/SUB/")[0].status == 404, "other letters")
            self.check_links(server, deep)

    def test_ctrl_c(self):
        """Ctrl+C with clients that wait, and one in the middle of a file; --stats prints figures"""
        with contextlib.ExitStack() as stack:
            with Server(self.program, *self.arguments, "--stats", summary=True) as server:
                stack.enter_context(server.connect())
                user = stack.enter_context(server.connect())
                user.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                user.sendall(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
                require(user.recv(1) == b"H", "no answer")
            figures = b"".join(server.output).decode()
            require("accepted" in figures and "bytes sent" in figures, f"no figures: {figures}")


if __name__ == "__main__":
    sys.exit(main(__doc__, sys.modules[__name__]))
