"""Decisions about a batch: which of its responses are new, which are known, which are refused and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.responses import Contact, Response, fingerprint
from common.sealing import Unsealable, unseal
from common.surveys import Survey
from common.visit import is_email, is_phone
from common.wire import Code, Numbered, Outcome, Overruled, Refusal, Verdict
from hub.fleet.rules import Device, place_at
from hub.ingest.times import Clocks
from hub.responses.rules import (
    Decision,
    Source,
    Standing,
    Stored,
    email_hash,
    happened_at,
    phone_hash,
    row,
)
from hub.stores.rules import business_day


@dataclass(slots=True)
class Judgement:
    """One verdict per item, in the order sent; the rows of new responses; what another kiosk brought before.

    refused are the ids refused, as far as they could be read, and why. completed are rows of responses that
    are stored without the contact details which these bring. repeats maps the sender's own number of a
    response to its id.
    """

    verdicts: list[Verdict] = field(default_factory=list)
    refused: list[tuple[str, Code]] = field(default_factory=list)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    completed: list[dict[str, Any]] = field(default_factory=list)
    repeats: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judge:
    """What a verdict needs beside the response: who sent it, how wrong its clock is, and the hub's keys.

    offset and ticks are in milliseconds; contact_keys are the private keys by id; erasure is the key of the
    hashes.
    """

    device: Device
    offset: int
    now: datetime
    surveys: Mapping[tuple[str, int], Survey]
    contact_keys: Mapping[str, bytes]
    erasure: bytes
    ticks: int | None = None

    def judge(self, items: Sequence[Numbered | Refusal], known: Mapping[str, Stored]) -> Judgement:
        """Judge every item of a batch by itself; a response that comes twice in it is new only once."""
        judgement, clocks = Judgement(), Clocks(self.now, self.offset, self.ticks)
        for item in items:
            if isinstance(item, Refusal):
                verdict = Verdict(item.id, Outcome.REFUSED, item.code)
            elif met := known.get(item.response.id) or self._met_here(item.response, judgement):
                verdict = self._on_known(item, met, judgement, clocks)
            else:
                verdict = self._on_new(item, judgement, clocks)
            judgement.verdicts.append(verdict)
            if verdict.code:
                judgement.refused.append((verdict.id or "", verdict.code))
        return judgement

    def _on_known(self, item: Numbered, met: Stored, judgement: Judgement, clocks: Clocks) -> Verdict:
        """Judge a response whose id the hub has met: the same answer again, or another answer."""
        response = item.response
        if not met.erased and met.fingerprint != fingerprint(response):
            return Verdict(response.id, Outcome.REFUSED, Code.ANSWER_CHANGED)
        if response.contact and not (met.erased or met.had_contact):
            # The tablet forgets them at the receipt, so they are kept now or never.
            contact = opened(response, self.contact_keys)
            if contact is None:
                return Verdict(response.id, Outcome.REFUSED, Code.BAD_CONTACT)
            judgement.completed.append(row(response, self._source(item, contact, clocks)))
        if met.erased or met.kiosk != self.device.id:
            # The number of an erased one, too, or a tablet that was paired anew would lack it for ever.
            judgement.repeats[item.sequence] = response.id
        return Verdict(response.id, Outcome.DUPLICATE)

    def _met_here(self, response: Response, judgement: Judgement) -> Stored | None:
        earlier = judgement.rows.get(response.id)
        if earlier is None:
            return None
        return Stored(earlier["fingerprint"], self.device.id, had_contact=bool(earlier["consent_text"]))

    def _on_new(self, item: Numbered, judgement: Judgement, clocks: Clocks) -> Verdict:
        response = item.response
        code = objection(response, self.surveys.get((response.survey, response.version)))
        contact = None
        if response.contact and not code:
            contact = opened(response, self.contact_keys)
            code = None if contact else Code.BAD_CONTACT
        if code:
            return Verdict(response.id, Outcome.REFUSED, code)
        judgement.rows[response.id] = row(response, self._source(item, contact, clocks))
        return Verdict(response.id, Outcome.ACCEPTED)

    def _source(self, item: Numbered, contact: Contact | None, clocks: Clocks) -> Source:
        offset, timing = clocks.correction(item)
        moment = happened_at(item.response.given_at, offset)
        place = place_at(self.device.places, moment)
        day = business_day(moment, place.time_zone, place.closing_hour)
        source = Source(place.store, day, self.now, offset, self.device.id, item.sequence, timing=timing)
        # A tablet that has not heard of its move yet would name a place that the new store may not have.
        source.touchpoint = place.touchpoint
        if contact:
            source.email_hash = email_hash(contact.email, self.erasure)
            source.phone_hash = phone_hash(contact.phone, self.erasure)
        return source


def hear(
    words: Sequence[Overruled], standing: Mapping[str, Standing], judge: Judge
) -> tuple[list[Verdict], list[Decision]]:
    """Judge a kiosk's manager's words on answers; return a verdict for each, and what is to be done.

    Whoever decides at the hub knows more than the tablet, so that word stands. Of two words from tablets
    the one said later does, in whichever order they come.
    """
    verdicts: list[Verdict] = []
    decisions: dict[str, Decision] = {}
    stores = {place.store for place in judge.device.places}
    for word in words:
        met = standing.get(word.id)
        if met is None or not (met.store is None or met.store in stores):
            verdicts.append(Verdict(word.id, Outcome.REFUSED, Code.UNKNOWN_ANSWER))
        elif word.id not in decisions and is_news(word, at := happened_at(word.at, judge.offset), met):
            decisions[word.id] = Decision(word.id, word.counts, at, f"{KIOSK}{judge.device.id}")
            verdicts.append(Verdict(word.id, Outcome.ACCEPTED))
        else:
            verdicts.append(Verdict(word.id, Outcome.DUPLICATE))
    return verdicts, list(decisions.values())


KIOSK = "kiosk "
"""What the name of a tablet begins with where somebody's name could stand; no e-mail address has a space."""


def is_news(word: Overruled, at: datetime, met: Standing) -> bool:
    """Say whether a word changes how an answer stands that is known and not erased."""
    if met.store is None or met.counted is word.counts:
        return False
    if met.decided_at is None or met.decided_by is None:
        return word.counts
    return met.decided_by.startswith(KIOSK) and met.decided_at < at


def objection(response: Response, survey: Survey | None) -> Code | None:
    """Say why a response cannot be an answer to its survey, if it cannot."""
    if survey is None or response.kind is not survey.kind:
        return Code.UNKNOWN_SURVEY
    if response.language not in survey.wording:
        return Code.UNKNOWN_LANGUAGE
    if response.reasons and not set(response.reasons) <= set(survey.reasons):
        return Code.BAD_REASONS
    return None


def opened(response: Response, keys: Mapping[str, bytes]) -> Contact | None:
    """Open the contact details of a response; None unless they are its own and somebody can be reached."""
    sealed = response.contact
    if sealed is None or sealed.key not in keys:
        return None
    try:
        contact = unseal(sealed.box, response.id, keys[sealed.key])
    except Unsealable:
        return None
    details = ((contact.email, is_email), (contact.phone, is_phone))
    good = all(isinstance(detail, str) and (not detail or fits(detail)) for detail, fits in details)
    return contact if good and (contact.email or contact.phone) else None
