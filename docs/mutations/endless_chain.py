"""Chapter 4: beside a busy client no new one is served. The script in the lesson, in short."""

import contextlib
import socket
import threading
import time

import looks


def pump(busy: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            busy.sendall(bytes(65536))


def drain(busy: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while busy.recv(65536):
            pass


def asked(client: socket.socket) -> bytes:
    client.sendall(b"hi")
    return looks.received(client, 2)


with looks.started() as server:
    busy, quiet = server.connect(), server.connect()
    asked(busy), asked(quiet)  # both have been accepted
    busy.settimeout(None)
    for work in (pump, drain):
        threading.Thread(target=work, args=[busy], daemon=True).start()
    time.sleep(1)
    answers = [asked(quiet), asked(server.connect())]
print(f"the quiet client: {answers[0]}, the new one: {answers[1]}")
looks.conclude(answers == [b"hi", b""])
