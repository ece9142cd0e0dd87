"""Lesson 5: one of two lines comes back at the most, and Ctrl+C does not end the server."""

import time

import looks

with looks.started() as server, server.connect() as client:
    client.sendall(b"one\n")
    time.sleep(0.5)  # as long as somebody takes who types
    client.sendall(b"two\n")
    back = looks.received(client, 8)
    ends = looks.ends_at_ctrl_c(server)
print(f"back came {back!r}; it ends: {ends}")
looks.conclude(back in (b"", b"one\n") and not ends)
