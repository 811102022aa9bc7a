"""Runs the command. Each tablet's process reads this file when it is born, so it loads nothing there."""

if __name__ == "__main__":
    import sys

    from tests.journeys.storm.command import main

    sys.exit(main(sys.argv[1:]))
