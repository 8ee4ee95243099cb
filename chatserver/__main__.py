"""`chatserver` and `python -m chatserver`."""

import gc
import signal
import sys

# What is loaded stays: looking it through again and again, as it grows, is a seventh of a start.
gc.disable()

# Ctrl-C while the program is still being read has nothing to put away, and ends it without a word.
HEARD = signal.getsignal(signal.SIGINT)
if HEARD is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from chatserver.cli import run  # noqa: E402

signal.signal(signal.SIGINT, HEARD)
gc.freeze()
gc.enable()


def main() -> None:
    """The command line; ends the process with its exit status."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
