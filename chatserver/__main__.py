"""`chatserver` and `python -m chatserver`."""

import signal
import sys

# Ctrl-C while the program is still being read has nothing to put away, and ends it without a word.
HEARD = signal.getsignal(signal.SIGINT)
if HEARD is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from chatserver.cli import run  # noqa: E402

signal.signal(signal.SIGINT, HEARD)


def main() -> None:
    """The command line; ends the process with its exit status."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
