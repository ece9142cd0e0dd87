#!/usr/bin/env python3
"""Drives 05_iocp_http from outside, as a user would, and checks what it promises.

    drive_http.py PROGRAM [EMULATOR...]

Prints one line for each check; the exit code is 0 when none failed. Every wait has a deadline, and
the deadline only ends a failure.
"""

import contextlib
import http.client
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "support" / "testing"))
import drive_programs as drive  # noqa: E402
from drive_programs import Failure, Skip, require  # noqa: E402

LARGE = drive.random_bytes(3_000_000)


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


def connect(server):
    return contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", server.port, timeout=drive.DEADLINE))


def check_bad_root(program, root):
    drive.expect_failure(program.run("--root", root / "none"), "none")
    drive.expect_failure(program.run("--root", root / "index.html"), "index.html")


def check_arguments(program, root):
    drive.expect_usage(program.run(), "--root")
    for arguments in (["--root"], ["--port", "65536"], ["--threads", "x"], ["--nonsense"],
                      ["stray"], ["--max-connections", "0"], ["--cache-control", ""],
                      ["--cache-control", "a\nb"]):
        drive.expect_usage(program.run("--root", root, *arguments), "--root", "--port")
    drive.check_help(program, "--root", "--address", "--port", "--threads", "--stats", "--trace",
                     "--dotfiles", "--cache-control")
    for option, least, most in (("--port", 0, 65535), ("--threads", 0, 1024),
                                ("--concurrency", 0, 1024), ("--max-connections", 1, 1000000)):
        drive.expect_range(program, option, least, most, "--root", root)
    for option in ("--head-timeout", "--idle-timeout", "--drain-timeout"):
        drive.expect_seconds(program, option, "--root", root)


def talk(server, host):
    """http.client sends the host with the port, and with brackets: `Host: [::1]:5000`."""
    with contextlib.closing(
            http.client.HTTPConnection(host, server.port, timeout=drive.DEADLINE)) as user:
        answer, body = get(user, "/")
        require(answer.status == 200 and body == b"<p>top", f"{host}: {answer.status} {body!r}")
        answer, body = get(user, f"http://{'[::1]' if ':' in host else host}:{server.port}/sub/")
        require(answer.status == 200 and body == b"<p>sub", f"{host}: {answer.status} {body!r}")


def check_taken_port(program, root):
    with drive.Server(program, "--root", root) as server:
        port = str(server.port)
        drive.expect_failure(program.run("--root", root, "--port", port), f"127.0.0.1:{port}")


def check_relative_root(program, root):
    with drive.Server(program, "--root", "sub", folder=root) as server:
        with connect(server) as user:
            require(get(user, "/")[1] == b"<p>sub", "it serves another folder")


def check_options(program, root):
    with drive.Server(program, "--root", root, "--dotfiles", "--cache-control",
                      "public, max-age=60") as server, connect(server) as user:
        answer, body = get(user, "/.git/config")
        require(answer.status == 200 and body == b"secret", f"--dotfiles: {answer.status}")
        require(answer.headers["Cache-Control"] == "public, max-age=60", "another Cache-Control")


def check_files(server):
    with connect(server) as user:
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
        require(get(user, "/.well-known/security.txt")[1] == b"known", "/.well-known/ is hidden")
        answer, body = get(user, "/sub")
        require(answer.status == 301 and answer.headers["Location"] == "/sub/", "no redirection")
        require(get(user, "/none")[0].status == 404, "a file that is not there")
        require(user.sock is connection, "the connection did not stay")


def check_traversal(server):
    """As they are: a client such as http.client or curl would tidy them up."""
    for target in (b"/../secret.txt", b"/%2e%2e/secret.txt", b"/..%5csecret.txt",
                   b"/..\\secret.txt", b"/sub/../../secret.txt", b"/..%2fsecret.txt",
                   b"/C:/windows/win.ini", b"/index.html::$DATA", b"/NUL", b"/con.html",
                   b"/index.html%00", b"/index.html.", b"//secret.txt", b"/INDEX.HTML",
                   b"/Sub/", b"/.git/config", b"/.git/", b"/%2egit/config"):
        with server.connect() as user:
            user.sendall(b"GET " + target + b" HTTP/1.0\r\n\r\n")
            answer = b""
            while piece := user.recv(65536):
                answer += piece
            require(answer[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.1 403 ", b"HTTP/1.1 404 "),
                    f"{target!r}: {answer!r}")
            require(b"secret" not in answer, f"{target!r} leads to the secret")


def check_links(server, root):
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
        raise Skip(f"no links can be made: {error}") from error
    with connect(server) as user:
        require(get(user, "/inside.html")[1] == b"<p>top", "a link inside is not followed")
        for target in ("/outside.txt", "/outside/key", "/outside"):
            answer, body = get(user, target)
            require(answer.status == 403 and b"secret" not in body, f"{target}: {answer.status}")


def check_deep_root(program, root):
    """A root whose path is longer than the 260 characters of old, and what lies in it."""
    deep = root
    for _ in range(3):
        deep = deep / ("깊은 folder " + "x" * 70)
    if drive.WINDOWS:  # Python has the same trouble there
        deep = pathlib.Path(f"\\\\?\\{deep}")
    (deep / "sub").mkdir(parents=True)
    (deep / "sub" / "index.html").write_bytes(b"<p>deep")
    require(len(str(deep)) > 260, "it is not deep enough")
    with drive.Server(program, "--root", deep) as server, connect(server) as user:
        answer, body = get(user, "/sub/")
        require(answer.status == 200 and body == b"<p>deep", f"{answer.status}, {body!r}")
        require(get(user, "/none")[0].status == 404, "a file that is not there")
        require(get(user, "/SUB/")[0].status == 404, "other letters")
        check_links(server, deep)


def check_ctrl_c(program, root):
    """With clients that wait, and one in the middle of a file; and the figures are printed."""
    with contextlib.ExitStack() as stack:
        with drive.Server(program, "--root", root, "--stats", summary=True) as server:
            stack.enter_context(server.connect())
            user = stack.enter_context(server.connect())
            user.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            user.sendall(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
            require(user.recv(1) == b"H", "no answer")
        figures = b"".join(server.output).decode()
        require("accepted" in figures and "bytes sent" in figures, f"no figures: {figures}")


def main():
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    program = drive.Program(sys.argv[1], sys.argv[2:])
    failures = 0

    def check(function, *arguments):
        nonlocal failures
        begin = time.monotonic()
        outcome, text = "ok", ""
        try:
            function(*arguments)
        except Skip as reason:
            outcome, text = "skip", f": {reason}"
        except (Failure, OSError, subprocess.SubprocessError, http.client.HTTPException) as error:
            outcome, text = "FAIL", f": {error!r}"
            failures += 1
        print(f"{outcome:4} {function.__name__} ({time.monotonic() - begin:.1f} s){text}")

    with tempfile.TemporaryDirectory() as folder:
        root = make_root(folder)
        check(check_arguments, program, root)
        check(check_bad_root, program, root)
        check(check_taken_port, program, root)
        drive.address_checks(program, lambda _, *what: check(*what), talk, "--root", root)
        check(check_relative_root, program, root)
        check(check_options, program, root)
        with drive.Server(program, "--root", root) as server:
            check(check_files, server)
            check(check_traversal, server)
            check(check_links, server, root)
        check(drive.check_manifest, program)
        check(check_deep_root, program, root)
        check(check_ctrl_c, program, root)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
