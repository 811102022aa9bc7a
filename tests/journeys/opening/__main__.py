"""Runs the command."""

import sys

from tests.journeys.opening.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
