"""HTTP with the hub: what is trusted, what is sent, what is followed."""

import gzip
import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from common.wire import SURVEY_PATH, SYNC_PATH
from kiosk.sync import Trouble
from kiosk.sync.noreply import NoReply
from kiosk.sync.transport import BadHubAddress, Hub, Timeouts, clean_address
from tests.support.misbehaving_hub import (
    Call,
    hang_up,
    misbehaving_hub,
    problem,
    replies,
)

CERTIFICATES = Path(__file__).parents[2] / "support" / "certificates"
QUICK = Timeouts(1.0, 0.5)


def tls(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


def trouble(address: str, path: str = SURVEY_PATH) -> NoReply:
    """Return why there was no reply."""
    with Hub(address, QUICK, "key") as hub, pytest.raises(NoReply) as caught:
        hub.get(path, None) if path == SURVEY_PATH else hub.send(path, "{}")
    return caught.value


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        ("expired", Trouble.CLOCK_WRONG),
        ("early", Trouble.CLOCK_WRONG),
        ("other", Trouble.UNTRUSTED),
    ],
)
def test_a_certificate_that_does_not_fit_ends_it(
    monkeypatch: pytest.MonkeyPatch, certificate: str, expected: Trouble
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATES / "ca.pem"))
    with misbehaving_hub(tls(certificate)) as hub:
        assert trouble(hub.address).trouble is expected
        assert hub.calls == [], "nothing was said to a stranger"


def test_a_certificate_of_an_unknown_authority_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with misbehaving_hub(tls("good")) as hub:
        assert trouble(hub.address).trouble is Trouble.UNTRUSTED
        assert hub.calls == []


def test_a_shops_own_authority_can_be_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATES / "ca.pem"))
    with misbehaving_hub(tls("good")) as hub, Hub(hub.address, QUICK, "key") as line:
        assert line.get(SURVEY_PATH, None) is not None


def test_a_hub_without_tls_behind_https_is_not_trusted() -> None:
    with misbehaving_hub() as hub:
        assert trouble(hub.address.replace("http:", "https:")).trouble is Trouble.UNTRUSTED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with misbehaving_hub() as elsewhere, misbehaving_hub() as hub:
        hub.always = replies(status, b"", Location=elsewhere.address + SYNC_PATH)
        assert trouble(hub.address, SYNC_PATH).trouble is Trouble.NOT_THE_HUB
        assert elsewhere.calls == []


def test_a_netrc_does_not_replace_the_device_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with misbehaving_hub() as hub, Hub(hub.address, QUICK, "the key") as line:
        line.get(SURVEY_PATH, None)
        assert hub.calls[0][1]["Authorization"] == "Bearer the key"


def test_a_post_is_packed_or_not() -> None:
    seen: list[Any] = []

    def look(call: Call) -> None:
        packed = call.headers["Content-Encoding"] == "gzip"
        seen.append((packed, json.loads(gzip.decompress(call.content) if packed else call.content)))
        call.send_json({})

    with misbehaving_hub() as hub, Hub(hub.address, QUICK) as line:
        hub.always = look
        line.send(SYNC_PATH, '{"text": "già"}')
        line.post(SYNC_PATH, {"text": "già"})
    assert seen == [(True, {"text": "già"}), (False, {"text": "già"})]


def test_a_packed_reply_is_read_and_a_bomb_is_not() -> None:
    def reply(content: bytes) -> Any:
        return replies(200, gzip.compress(content), "application/json", Content_Encoding="gzip")

    with misbehaving_hub() as hub, Hub(hub.address, QUICK) as line:
        hub.always = reply(b'{"a": 1}')
        assert line.post(SYNC_PATH, {}) == {"a": 1}
        hub.always = reply(bytes(200 * 2**20))
        assert trouble(hub.address, SYNC_PATH).detail == "the reply is far too long for a hub's"
        hub.always = replies(200, b"no gzip", "application/json", Content_Encoding="gzip")
        assert trouble(hub.address, SYNC_PATH).trouble is Trouble.OFFLINE


def test_a_code_counts_only_in_a_problem_document() -> None:
    forged = replies(401, b'{"code": "revoked_device"}', "application/json")
    with misbehaving_hub() as hub:
        for weather, code in [
            (problem(403, "revoked_device"), "revoked_device"),
            (forged, ""),
            (replies(401, b"[]", "application/problem+json"), ""),
            (replies(401, b"{", "application/problem+json"), ""),
            (replies(401, b'{"code": 7}', "application/problem+json; charset=utf-8"), ""),
        ]:
            hub.always = weather
            assert trouble(hub.address, SYNC_PATH).code == code


def test_nothing_listens() -> None:
    with misbehaving_hub() as hub:
        hub.always = hang_up
        assert trouble(hub.address, SYNC_PATH).trouble is Trouble.OFFLINE
        address = hub.address
    assert trouble(address).trouble is Trouble.OFFLINE


def test_a_tag_asks_only_for_what_changed() -> None:
    with misbehaving_hub() as hub, Hub(hub.address, QUICK) as line:
        document, tag = line.get(SURVEY_PATH, None) or ({}, None)
        assert document == hub.survey
        assert line.get(SURVEY_PATH, tag) is None
        assert line.get(SURVEY_PATH, '"another"') is not None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://hub.example.com/", "https://hub.example.com"),
        (" https://hub.example.com:8443/cerchio/ ", "https://hub.example.com:8443/cerchio"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_loses_its_last_slash(text: str, address: str) -> None:
    assert clean_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "hub.example.com", "ftp://hub.example.com", "https://", "https://a:b@hub.example.com",
        "https://hub.example.com?x=1", "https://hub:port", "https://[::1", "http://hub.example.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadHubAddress):
        clean_address(text)


def test_plain_http_is_for_those_who_insist() -> None:
    assert clean_address("http://10.0.0.7:8000", plain_http=True) == "http://10.0.0.7:8000"
