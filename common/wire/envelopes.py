"""A batch and its receipt as they travel, written and read."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from json import JSONEncoder
from typing import Any

from common.responses import clean_comment
from common.wire import keys
from common.wire.fields import read_count, read_ticks, read_time, read_version, written_time
from common.wire.health import health_document, read_health
from common.wire.items import item_document, read_id, read_item
from common.wire.marks import batch_part, read_batch_part, read_receipt_part
from common.wire.values import (
    LONGEST_APP,
    MOST_OVERRULED,
    MOST_RESPONSES,
    PROTOCOL,
    SPOKEN,
    BadBatch,
    Batch,
    Code,
    Numbered,
    Outcome,
    Overruled,
    Receipt,
    TooManyResponses,
    Totals,
    UnspokenProtocol,
    Verdict,
)


def batch_document(batch: Batch) -> dict[str, Any]:
    """Return a batch as JSON values. Refusals cannot be sent: raise ValueError."""
    return {
        "protocol": PROTOCOL,
        "sent_at": written_time(batch.sent_at),
        **({} if batch.ticks is None else {"ticks": batch.ticks}),
        "totals": asdict(batch.totals)
        | {"oldest_waiting": batch.totals.oldest_waiting and written_time(batch.totals.oldest_waiting)},
        "health": health_document(batch.health),
        "responses": [item_document(item) for item in batch.items],
        **_words("overruled", batch.overruled, counts=True),
        **_words("taken_back", batch.overruled, counts=False),
        **batch_part(batch.mark),
        **keys.batch_part(batch.keys),
    }


def batch_text(batch: Batch, responses: str) -> str:
    """Return a batch as it travels; its responses are written already, as the text of a JSON list."""
    rest = batch_document(replace(batch, items=()))
    del rest["responses"]
    return f'{_written(rest)[:-1]},"responses":{responses}}}'


def item_text(item: Numbered) -> str:
    """Return a numbered response as it travels in a batch."""
    return _written(item_document(item))


_written = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def read_batch(document: Any) -> Batch:
    """Read a batch; raise BadBatch if the envelope is wrong. A wrong response becomes a Refusal."""
    try:
        _protocol(document)
        items = _list(document, "responses")
        if len(items) > MOST_RESPONSES:
            raise TooManyResponses(f"{len(items)} responses; {MOST_RESPONSES} are allowed")
        return Batch(
            sent_at=read_time(document["sent_at"]),
            totals=_totals(document["totals"]),
            health=read_health(document["health"]),
            items=[read_item(item) for item in items],
            overruled=_overruled(document),
            mark=read_batch_part(document),
            ticks=read_ticks(document),
            keys=keys.read_batch_part(document),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as reason:
        raise BadBatch(f"a part is missing or of the wrong type: {reason}") from reason
    except BadBatch:
        raise
    except ValueError as reason:
        raise BadBatch(str(reason)) from reason


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON values."""
    return {
        "protocol": PROTOCOL,
        "received_at": written_time(receipt.received_at),
        "verdicts": [_verdict_document(verdict) for verdict in receipt.verdicts],
        **_if_any("overruled", [_verdict_document(verdict) for verdict in receipt.overruled]),
        "missing": [list(span) for span in receipt.missing],
        "survey": receipt.survey,
        "store": receipt.store,
        "store_name": receipt.store_name,
        "time_zone": receipt.time_zone,
        "touchpoint": receipt.touchpoint,
        "next_sync": receipt.next_sync,
        "settings": receipt.settings,
        "asking": receipt.asking,
        **_if_any("mark", receipt.mark),
        **_if_any("copy", receipt.copy and receipt.copy.value),
        **_if_any("app", receipt.app),
        **keys.receipt_part(receipt.keys),
    }


def read_receipt(document: Any) -> Receipt:
    """Read a receipt; raise BadBatch for anything else, such as a login page that answers 200."""
    try:
        _protocol(document)
        mark, copy = read_receipt_part(document)
        return Receipt(
            received_at=read_time(document["received_at"]),
            verdicts=[_read_verdict(verdict) for verdict in _list(document, "verdicts")],
            missing=[_span(first, last) for first, last in _list(document, "missing")],
            survey=read_count(document, "survey"),
            store=_string(document, "store"),
            store_name=_string(document, "store_name"),
            time_zone=_string(document, "time_zone"),
            touchpoint=_string(document, "touchpoint"),
            next_sync=_seconds(document, "next_sync"),
            overruled=[_read_verdict(verdict) for verdict in _listed(document, "overruled")],
            settings=read_version(document),
            asking=document.get("asking") is not False,
            mark=mark,
            copy=copy,
            app=_app(document.get("app")),
            keys=keys.read_receipt_part(document),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as reason:
        raise BadBatch(f"this is no receipt: {reason}") from reason
    except BadBatch:
        raise
    except ValueError as reason:
        raise BadBatch(f"this is no receipt: {reason}") from reason


def _if_any(name: str, values: Sequence[Any] | None) -> dict[str, Any]:
    return {name: values} if values else {}


def _app(value: Any) -> str | None:
    return clean_comment(value)[:LONGEST_APP] if isinstance(value, str) else None


def _words(name: str, words: Sequence[Overruled], *, counts: bool) -> dict[str, Any]:
    # In two lists, because a hub from before words could be taken back would count each that it finds.
    chosen = [word for word in words if word.counts is counts]
    return _if_any(name, [{"id": word.id, "at": written_time(word.at)} for word in chosen])


def _overruled(document: Mapping[str, Any]) -> list[Overruled]:
    """Read what was overruled. What cannot be read is left out, so that it holds back no neighbour."""
    words = [(each, True) for each in _listed(document, "overruled")]
    words += [(each, False) for each in _listed(document, "taken_back")]
    if len(words) > MOST_OVERRULED:
        raise BadBatch(f"{len(words)} overruled answers; {MOST_OVERRULED} are allowed")
    found = []
    for each, counts in words:
        with suppress(ValueError, KeyError, TypeError, OverflowError):
            found.append(Overruled(read_id(each["id"]), read_time(each["at"]), counts))
    return found


def _totals(document: Mapping[str, Any]) -> Totals:
    oldest = document["oldest_waiting"]
    return Totals(
        given=read_count(document, "given"),
        delivered=read_count(document, "delivered"),
        waiting=read_count(document, "waiting"),
        quarantined=read_count(document, "quarantined"),
        oldest_waiting=None if oldest is None else read_time(oldest),
    )


def _protocol(document: Mapping[str, Any]) -> None:
    protocol = document["protocol"]
    if type(protocol) is not int or protocol not in SPOKEN:
        raise UnspokenProtocol(f"protocol {protocol!r:.40} is not one of {SPOKEN}")


def _seconds(document: Mapping[str, Any], name: str) -> float:
    value = document[name]
    if type(value) not in (int, float) or not 0 <= value < 2**31:
        raise BadBatch(f"{name} is no number of seconds")
    return float(value)


def _string(document: Mapping[str, Any], name: str) -> str:
    value = document[name]
    if not isinstance(value, str):
        raise BadBatch(f"{name} is no text")
    return value


def _listed(document: Mapping[str, Any], name: str) -> list[Any]:
    return _list(document, name) if name in document else []


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    value = document[name]
    if not isinstance(value, list):
        raise BadBatch(f"{name} is no list")
    return value


def _span(first: Any, last: Any) -> tuple[int, int]:
    if type(first) is not int or type(last) is not int or not 0 < first <= last:
        raise BadBatch("missing is no list of ranges")
    return first, last


def _verdict_document(verdict: Verdict) -> dict[str, Any]:
    code = {"code": verdict.code.value} if verdict.code else {}
    return {"id": verdict.id, "outcome": verdict.outcome.value} | code


def _read_verdict(document: Mapping[str, Any]) -> Verdict:
    code, identity, outcome = document.get("code"), document["id"], Outcome(document["outcome"])
    refused = outcome is Outcome.REFUSED
    if refused == (code is None) or not (isinstance(identity, str) or (refused and identity is None)):
        raise BadBatch("a verdict does not say what became of which response")
    return Verdict(identity, outcome, None if code is None else Code(code))
