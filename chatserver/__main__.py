"""`chatserver` and `python -m chatserver`."""

import sys

from chatserver.cli import run


def main() -> None:
    """The command line; ends the process with its exit status."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
