"""Commands in processes of their own without the imports: one that has them forks for each command.

To import the command line takes longer than most commands do. The child has its own environment and its
own three streams, runs what `python -m chatserver` runs, and ends as the interpreter ends.
"""

from __future__ import annotations

import functools
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence

LIMIT = 90.0


class Forge:
    """The process that forks, until this one ends."""

    def __init__(self) -> None:
        self.ours, theirs = socket.socketpair()
        self.ours.settimeout(LIMIT)
        command = [sys.executable, "-m", __name__, str(theirs.fileno())]
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()

    def run(
        self, arguments: Sequence[str], given: bytes, environ: dict[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        """A finished command."""
        with (
            tempfile.TemporaryFile() as stdin,
            tempfile.TemporaryFile() as stdout,
            tempfile.TemporaryFile() as stderr,
            tempfile.TemporaryFile() as asked,
        ):
            stdin.write(given)
            stdin.seek(0)
            asked.write(json.dumps({"arguments": arguments, "environ": environ}).encode())
            asked.seek(0)
            files = [file.fileno() for file in (stdin, stdout, stderr, asked)]
            socket.send_fds(self.ours, [b"!"], files)
            status = int(self.ours.recv(100))
            for stream in (stdout, stderr):
                stream.seek(0)
            return subprocess.CompletedProcess(arguments, status, stdout.read(), stderr.read())


@functools.cache
def forge() -> Forge:
    """The only one of this process."""
    return Forge()


def serve(channel: socket.socket) -> None:
    """Forks and waits, command by command; in a child it returns once that is the command."""
    while True:
        more, files, _, _ = socket.recv_fds(channel, 1, 4)
        if not more:
            sys.exit()
        child = os.fork()
        if child == 0:
            channel.close()
            become(files)
            return
        for file in files:
            os.close(file)
        _, status = os.waitpid(child, 0)
        channel.send(str(os.waitstatus_to_exitcode(status)).encode())


def become(files: list[int]) -> None:
    """Takes the streams, the environment and the arguments of the command."""
    *streams, last = files
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    with os.fdopen(last, "rb") as file:
        asked = json.load(file)
    os.environ.clear()
    os.environ.update(asked["environ"])
    sys.argv = ["chatserver", *asked["arguments"]]


if __name__ == "__main__":
    from chatserver.__main__ import main

    serve(socket.socket(fileno=int(sys.argv[1])))
    main()
