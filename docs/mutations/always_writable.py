"""Chapter 2: with one silent client, the server is busy."""

import time

import looks

with looks.started() as server, server.connect() as client:
    client.sendall(b"x")
    looks.received(client, 1)  # so the client has been accepted
    before = looks.processor_time(server)
    time.sleep(4)
    used = looks.processor_time(server) - before
print(f"{used:.2f} s of 4 s")
looks.conclude(used > 0.2)
