"""Strategies for any answer that may travel, and for any JSON at all."""

from datetime import datetime, timedelta, timezone

from hypothesis import strategies as some

from common.history import identity
from common.nps import SCORES
from common.responses import Channel, Consent, Kind, Response, SealedContact, clean_comment

names = some.from_regex(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}", fullmatch=True)
offsets = some.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = some.datetimes(
    datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("2199-01-01"), timezones=offsets
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
contacts = some.builds(
    SealedContact,
    key=names,
    box=some.binary(min_size=49, max_size=2048),
    consent=some.builds(Consent, text=names, language=names, given_at=times),
)
responses = some.builds(
    Response,
    id=some.builds(lambda text, at: identity(text, given_at=at), some.text(), times),
    survey=names,
    version=some.integers(1, 2**31 - 1),
    kind=some.sampled_from(Kind),
    touchpoint=names,
    channel=some.sampled_from(Channel),
    language=names,
    score=some.sampled_from(SCORES),
    given_at=times,
    reasons=some.lists(names, max_size=20).map(tuple),
    comment=some.text().map(clean_comment),
    flags=some.lists(names, max_size=20).map(tuple),
    contact=some.none() | contacts,
)
"""Any response that a kiosk may send: names as they travel, times to the millisecond."""

any_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4),
    max_leaves=12,
)
"""Any JSON, as Python's own reader makes it: NaN and whole numbers of any length included."""
