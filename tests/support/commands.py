"""The commands of cerchio-hub, run in this process against a given database."""

from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner, Result

from hub.cli import main
from hub.config import Settings


@dataclass(frozen=True)
class HubCommands:
    """Runs commands on one hub's data folder and database."""

    settings: Settings

    def __call__(self, *arguments: Any) -> Result:
        """Run a command; its exit code, stdout and stderr are in the result."""
        options = ["--data", str(self.settings.data), "--database", self.settings.database]
        return CliRunner().invoke(main, [*options, *map(str, arguments)])

    def must(self, *arguments: Any) -> Result:
        """Run a command that has to succeed."""
        result = self(*arguments)
        assert result.exit_code == 0, result.stderr
        return result
