"""Chapter 4: without a client the server still ends at Ctrl+C, and with a client it does not."""

import looks

with looks.started() as alone:
    ends_alone = looks.ends_at_ctrl_c(alone)
with looks.started() as server, server.connect() as client:
    client.sendall(b"x")
    looks.received(client, 1)  # so the client has been accepted
    ends_with_a_client = looks.ends_at_ctrl_c(server)
print(f"it ends alone: {ends_alone}, with a client: {ends_with_a_client}")
looks.conclude(ends_alone and not ends_with_a_client)
