"""The documents speak of what there is: commands, options, settings, files and promises."""

import importlib.util
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import click
import pytest

import hub.cli
import hub.config
import kiosk.cli
import kiosk.config

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
PROGRAMS: dict[str, click.Group] = {"cerchio-hub": hub.cli.main, "cerchio-kiosk": kiosk.cli.main}
MENTION = re.compile(r"(?P<program>cerchio-(?:hub|kiosk)) (?P<rest>[a-z-][^`\n|]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
SETTING = re.compile(r"\bCERCHIO_(?:HUB|KIOSK)_[A-Z_]+\b")
PLACE = re.compile(r"`((?:common|docs|hub|kiosk|packaging|tests)/[\w./-]*)`")
LINK = re.compile(r"\]\((?P<target>[^)#]+)[^)]*\)|<img[^>]* src=\"(?P<source>[^\"]+)\"")

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "packaging" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def options_of(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts} | {"--help"}


def called(group: click.Group, words: Sequence[str]) -> Iterator[click.Command]:
    """Yield the command that words call, after the group that it is in, if it is in one."""
    for place, word in enumerate(words):
        if command := group.get_command(click.Context(group), word):
            yield command
            if isinstance(command, click.Group):
                yield from called(command, words[place + 1 :])
            return


def commands_in(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command of a group, and of the groups in it, with its whole name."""
    context = click.Context(group)
    for own in group.list_commands(context):
        command = group.get_command(context, own)
        assert command is not None
        yield f"{name} {own}", command
        if isinstance(command, click.Group):
            yield from commands_in(command, f"{name} {own}")


def mistakes(text: str) -> Iterator[str]:
    """Yield every mention of a command or option that there is not."""
    for mention in MENTION.finditer(text):
        group = PROGRAMS[mention["program"]]
        words = [word.rstrip(".,;:") for word in mention["rest"].split() if not word.startswith("-")]
        found = list(called(group, words))
        if words and not found:
            yield f"{mention['program']} {words[0]}"
            continue
        known = options_of(group).union(*map(options_of, found))
        yield from (f"{mention[0]}: {option}" for option in OPTION.findall(mention[0]) if option not in known)


def test_the_reference_is_what_the_programs_say() -> None:
    page = reference().page()

    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == page, "python3 packaging/dev.py docs"


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_reference_names_every_command_and_option(program: str) -> None:
    page = reference().page()
    group = PROGRAMS[program]
    shown = {
        name: [option for option in command.params if not getattr(option, "hidden", False)]
        for name, command in commands_in(group, program)
    }

    assert [name for name in shown if f"### `{name}" not in page] == []
    for name, parameters in shown.items():
        part = page.split(f"### `{name} ", 1)[1].split("\n##", 1)[0]
        assert [
            one.opts[0] for one in parameters if isinstance(one, click.Option) and one.opts[0] not in part
        ] == []


def test_every_setting_has_a_sentence() -> None:
    settings = [*fields(kiosk.config.Config), *fields(hub.config.Settings)]

    assert [one.name for one in settings if not one.metadata["sentence"].endswith(".")] == []


@each_document
def test_a_document_names_only_commands_and_options_that_there_are(document: Path) -> None:
    assert list(mistakes(document.read_text("utf-8"))) == []


def test_a_mistaken_command_would_be_noticed() -> None:
    text = (
        "`cerchio-hub fly --high`, `cerchio-kiosk sync --fast`, `cerchio-hub --data X serve --port 1`,"
        " `cerchio-hub survey publish ours.json --all` and `cerchio-hub survey show --high`"
    )

    assert list(mistakes(text)) == [
        "cerchio-hub fly", "cerchio-kiosk sync --fast: --fast", "cerchio-hub survey show --high: --high"
    ]  # fmt: skip


@each_document
def test_a_document_names_only_settings_that_there_are(document: Path) -> None:
    known = {kiosk.config.PREFIX + one.name.upper() for one in fields(kiosk.config.Config)}
    known |= {hub.config.ENVIRONMENT + one.name.upper() for one in fields(hub.config.Settings)}

    assert set(SETTING.findall(document.read_text("utf-8"))) - known == set()


@each_document
def test_the_links_of_a_document_lead_somewhere(document: Path) -> None:
    targets = [match["target"] or match["source"] for match in LINK.finditer(document.read_text("utf-8"))]
    local = [target for target in targets if "://" not in target]

    assert [target for target in local if not (document.parent / target).exists()] == []


@each_document
def test_the_files_and_folders_that_a_document_names_are_there(document: Path) -> None:
    named = PLACE.findall(document.read_text("utf-8"))

    assert [name for name in named if not (ROOT / name).exists()] == []


@each_document
def test_dev_py_has_the_commands_that_a_document_names(document: Path) -> None:
    known = (ROOT / "packaging" / "dev.py").read_text()
    named = re.findall(r"packaging/dev\.py ([a-z]+)", document.read_text("utf-8"))

    assert [name for name in named if f'add_parser("{name}"' not in known] == []
