"""Writes docs/reference.md: every setting and every command, read from the programs themselves.

Run by the environment's Python, because it imports both programs.
"""

import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference.md"

INTRODUCTION = """# Settings and commands

This page is written by `python3 packaging/dev.py docs` from the programs themselves; a test compares them.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    import kiosk.cli

    import hub.cli
    import hub.config
    import kiosk.config

    parts = [
        INTRODUCTION,
        *program("kiosk", kiosk.config.PREFIX, fields(kiosk.config.Config), kiosk.cli.main),
        *program("hub", hub.config.ENVIRONMENT, fields(hub.config.Settings), hub.cli.main),
    ]
    return "\n".join(parts)


def program(name: str, prefix: str, settings: tuple[Field[Any], ...], group: click.Group) -> Iterator[str]:
    """Yield the parts of the page about one program."""
    yield f"## The {name}'s settings\n"
    yield f"Set them in the environment of `cerchio-{name}`.\n"
    yield "| name | default | what it is |\n|---|---|---|"
    yield from (setting_row(prefix, setting) for setting in settings)
    yield f"\n## The {name}'s commands\n"
    for command in sorted(group.commands):
        yield from command_part(f"cerchio-{name}", group.commands[command])


def setting_row(prefix: str, setting: "Field[Any]") -> str:
    """Return a setting as a row of a table; a default that the platform decides is not written down."""
    known = setting.default is not MISSING and str(setting.default) not in ("", ".")
    default = f"`{setting.default}`" if known else ""
    return f"| `{prefix}{setting.name.upper()}` | {default} | {setting.metadata['sentence']} |"


def command_part(program_name: str, command: click.Command) -> Iterator[str]:
    """Yield a command: how it is called, what it does, its options."""
    with click.Context(command, info_name=f"{program_name} {command.name}") as context:
        usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
        yield f"### `{usage}`\n"
        yield f"{(command.help or '').strip()}\n"
        rows = [option.get_help_record(context) for option in command.params]
    shown = [row for row in rows if row is not None and row[0] != "--help"]
    if shown:
        yield "| option | what it does |\n|---|---|"
        yield from (f"| `{name}` | {text} |" for name, text in shown)
        yield ""


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(page(), "utf-8")
