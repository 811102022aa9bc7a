"""A quiet time: good weather, every answer arrives, head office sees to copied tablets, and all is judged."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random
from time import monotonic, sleep

from tests.journeys.storm.books import copy_word
from tests.journeys.storm.crew import Member
from tests.journeys.storm.events import World, erase_answers
from tests.journeys.storm.house import STORES
from tests.journeys.storm.tablet import DRAIN, UNKNOWN
from tests.journeys.storm.verdict import Verdict, judge

DRAINED_WITHIN = 300.0
"""Seconds until every answer has arrived once the weather is good."""

ARRIVED_WITHIN = 20.0
"""Seconds in good weather until some answer has arrived."""

ROUNDS = 4
"""Syncs of two tablets with one key, in turn, after which the hub and both of them know."""


def quiet(world: World) -> Verdict:
    """Let everything that was given arrive in good weather, and judge."""
    world.line.settle()
    world.house.find_all()
    complaints = [f"{each.name} has ended by itself" for each in world.crew if not each.is_alive()]
    if complaints:
        return Verdict(complaints=complaints)
    tell_all(world, DRAIN)
    _erase_some(world)
    complaints += _drained(world, world.crew)
    complaints += _part_twins(world)
    complaints += _said(world)
    with world.house.books() as book:
        verdict = judge(world.crew, book, world.house.to_erase)
    accepted = world.line.verdicts["accepted"]
    if accepted > verdict.received + verdict.erased:
        held = f"holds {verdict.received}, besides {verdict.erased} erased"
        complaints.append(f"the hub has accepted {accepted} answers and {held}")
    verdict.complaints = [*complaints, *verdict.complaints]
    return verdict


def tell_all(world: World, order: str) -> None:
    """Give an order to every tablet."""
    for member in world.crew:
        member.tell(order)


def _erase_some(world: World) -> None:
    """Erase answers while tablets bring them, in every storm: some wait for their receipt just then."""
    deadline = monotonic() + ARRIVED_WITHIN
    while not erase_answers(world, Random(world.house.address())) and monotonic() < deadline:
        sleep(0.05)


def _drained(world: World, members: Sequence[Member]) -> Iterator[str]:
    """Wait for tablets that were told to drain. One whose key the hub does not know is paired again.

    Such is the key of an old memory if the tablet has changed it since.
    """
    deadline = monotonic() + DRAINED_WITHIN
    for member in members:
        answer = member.answer(max(0.0, deadline - monotonic()))
        if answer == UNKNOWN:
            member.pair(world.house, STORES[0])
            member.tell(DRAIN)
            answer = member.answer(max(0.0, deadline - monotonic()))
        if answer != DRAIN:
            yield f"{member.name} still has answers after {DRAINED_WITHIN:.0f} quiet seconds"


def _again(world: World, members: Sequence[Member]) -> list[str]:
    for member in members:
        member.tell(DRAIN)
    return [*_drained(world, members)]


def _part_twins(world: World) -> Iterator[str]:
    """Let those with one key sync until the hub says so; then do what it says, and pair one of them anew."""
    for kiosk, twins in _twins(world).items():
        for _ in range(ROUNDS):
            yield from _again(world, twins)
        if not _fleet(world)[kiosk]["shared_at"]:
            yield f"the hub does not say that {len(twins)} tablets are {kiosk}"
        yield from (f"{each.name} does not say it" for each in twins if copy_word(each.database) != "shared")
        for twin in twins[1:]:
            twin.pair(world.house, STORES[0])
        yield from _again(world, twins[::-1])


def _twins(world: World) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = defaultdict(list)
    for member in world.crew:
        found[member.identity()].append(member)
    return {kiosk: members for kiosk, members in found.items() if len(members) > 1}


def _said(world: World) -> Iterator[str]:
    """See that the hub says which tablets were restored, where that can be known, and names no other one."""
    fleet = _fleet(world)
    for member in world.crew:
        told = fleet[member.identity()]
        known = told["restored_at"] or told["shared_at"]
        if member.restored and member.restored.should_be_known(member.database) and not known:
            yield f"the hub does not say that {member.name} went on from an old memory"
        for kiosk in set(member.family.devices) - member.family.copied:
            if fleet[kiosk]["restored_at"] or fleet[kiosk]["shared_at"]:
                yield f"the hub takes {kiosk} for a copy, and {member.name} is none"


def _fleet(world: World) -> dict[str, dict[str, object]]:
    return {told["kiosk"]: told for told in world.house.fleet()}
