"""Commands while another program writes to the embedded database."""

from pathlib import Path
from sqlite3 import connect

from hub.config import Settings
from tests.support.commands import HubCommands


def test_what_only_reads_does_not_wait_and_what_writes_says_why(tmp_path: Path) -> None:
    commands = HubCommands(Settings(data=tmp_path))
    commands.must("migrate")
    writer = connect(tmp_path / "hub.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    for command in ("fleet", "scores", "cases", "audit"):
        commands.must(command)
    done = commands("add-store", "rome", "--name", "Roma", "--time-zone", "Europe/Rome")
    assert (done.exit_code, done.stdout) == (1, "")
    why = "another program has been writing to it for 5 seconds; try again"
    assert done.stderr == f"Error: The database did not do it: {why}.\n"
    writer.close()
    commands.must("add-store", "rome", "--name", "Roma", "--time-zone", "Europe/Rome")
