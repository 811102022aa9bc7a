"""The commands of cerchio-kiosk, run in this process on a folder."""

from click.testing import CliRunner, Result

from kiosk.cli import main
from kiosk.config import Config


def command(config: Config, *arguments: str) -> Result:
    """Run a command; its exit code, stdout and stderr are in the result."""
    return CliRunner().invoke(main, ["--data", str(config.data), *arguments])


def must(config: Config, *arguments: str) -> str:
    """Run a command that has to succeed; return what it says."""
    done = command(config, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout
