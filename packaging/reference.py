"""Writes docs/reference.md: every setting and every command, read from the programs themselves.

Run by the environment's Python, because it imports both programs.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, Field, fields
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference.md"

INTRODUCTION = """# Settings and commands

`python3 packaging/dev.py docs` writes this page from the programs themselves; a test compares them.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    import hub.cli
    import hub.config
    import kiosk.cli
    import kiosk.config

    parts = [
        INTRODUCTION,
        *about("kiosk", kiosk.config.PREFIX, fields(kiosk.config.Config), kiosk.cli.main),
        *about("hub", hub.config.ENVIRONMENT, fields(hub.config.Settings), hub.cli.main),
    ]
    return "\n".join(parts).rstrip() + "\n"


def about(side: str, prefix: str, settings: Sequence[Field[Any]], group: click.Group) -> Iterator[str]:
    """Yield the parts of the page about one program."""
    yield f"## The {side}'s settings\n"
    yield f"Environment variables of `cerchio-{side}`.\n"
    yield from table("name | default | what it is", (setting_row(prefix, one) for one in settings))
    yield f"## The {side}'s commands\n"
    yield from command_part(f"cerchio-{side}", group)
    yield from commands_part(f"cerchio-{side}", group)


def commands_part(name: str, group: click.Group) -> Iterator[str]:
    """Yield the commands of a group, each with those that it may have itself."""
    context = click.Context(group)
    for own in sorted(group.list_commands(context)):
        command = group.get_command(context, own)
        assert command is not None  # noqa: S101 - the group has just named it
        yield from command_part(f"{name} {own}", command)
        if isinstance(command, click.Group):
            yield from commands_part(f"{name} {own}", command)


def setting_row(prefix: str, setting: Field[Any]) -> str:
    """Return a setting as a row; a default without a value of its own is the platform's or none."""
    unset = setting.default is MISSING or setting.default == Path()
    default = "the platform's" if unset else f"`{setting.default}`" if setting.default != "" else ""
    return f"`{prefix}{setting.name.upper()}` | {default} | {setting.metadata['sentence']}"


def command_part(name: str, command: click.Command) -> Iterator[str]:
    """Yield a command: how it is called, what it does, its options."""
    with click.Context(command, info_name=name) as context:
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        options = [one for one in command.params if isinstance(one, click.Option)]
        records = [one.get_help_record(context) for one in options]
    yield f"### `{usage}`\n"
    yield f"{cleandoc(command.help or '')}\n"
    rows = [f"`{cell(record[0])}` | {cell(record[1])}" for record in records if record]
    if rows:
        yield from table("option | what it does", rows)


def cell(text: str) -> str:
    """Return a text so that it stays in one cell of a table."""
    return text.replace("|", "\\|")


def table(head: str, rows: "Sequence[str] | Iterator[str]") -> Iterator[str]:
    """Yield a table; cells are parted by a bar with blanks around it."""
    yield f"| {head} |\n|{'---|' * len(head.split(' | '))}"
    yield from (f"| {row} |" for row in rows)
    yield ""


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(page(), "utf-8")
