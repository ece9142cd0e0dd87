"""Lesson 5e: two callbacks that wait for one another need two threads of the pool."""

import looks


def tried(threads: int) -> tuple[bytes, bool]:
    """The echoes of two clients, and whether the server ends."""
    with looks.started("--threads", str(threads)) as server, \
            server.connect() as first, server.connect() as second:
        first.sendall(b"1")
        second.sendall(b"2")
        return (looks.received(first, 1) + looks.received(second, 1),
                looks.ends_at_ctrl_c(server))


one, two, as_windows_likes = (tried(threads) for threads in (1, 2, 0))
print(f"one thread: {one}, two: {two}, as Windows likes: {as_windows_likes}")
looks.conclude(one == (b"", False) and two == as_windows_likes == (b"12", True))
