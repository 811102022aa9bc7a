"""Bodies of which both sides know the usual words already, so that a short one is really short.

They are zlib streams (RFC 1950) with a preset dictionary, and JSON inside like any other body.
"""

from typing import Any
from zlib import MAX_WBITS, compressobj, decompressobj, error

CODING = "cerchio"
"""The content coding, as Content-Encoding and Accept-Encoding name it."""

WORDS = (
    b'"reasons":[""],"comment":"","flags":[""],"contact":{"key":"","box":"","consent":{"text":"standard-2",'
    b'"language":"de","given_at":"}},"es","fr","pt","en","it","overruled":[{"id":"01","at":"20"taken_back":['
    b'"survey":"standard","version":2,"kind":"relational","touchpoint":"checkout","channel":"kiosk","language":'
    b'"it","score":10,"given_at":"20","ticks":,"happened_at":"{"id":"01","outcome":"refused","code":"'
    b'"duplicate"},{"id":"01","outcome":"accepted"},"asking":false,"copy":"shared"restored","device_key":"'
    b'{"protocol":1,"received_at":"2026-11-T:.+00:00","verdicts":[],"missing":[],"survey":2,"store":"",'
    b'"store_name":"","time_zone":"Europe/Rome","touchpoint":"checkout","next_sync":6.0,"settings":0,'
    b'"asking":true,"mark":"-","app":"0.1.0","keys":{"sealing":"}}'
    b'{"protocol":1,"sent_at":"2026-11-T:.+00:00","ticks":,"totals":{"given":,"delivered":,"waiting":0,'
    b'"quarantined":0,"oldest_waiting":null},"health":{"app":"0.1.0","survey":2,"free_disk":,"offset":-,'
    b'"settings":0,"unusable":{"survey":"","settings":""},"battery":{"percent":100,"plugged":true},'
    b'"lock":"locked","trouble":{"code":"offline","at":"}},"responses":[],"mark":{"last":"-","draw":"'
    b'"},"keys":{"sealing":["","'
)
"""What both sides know. It never changes under the name of this coding: another text needs another name."""


class Unpackable(ValueError):
    """The bytes are no body in this coding, or one that is too long."""


def pack(body: bytes, level: int = 6) -> bytes:
    """Return a body in the coding; the level is zlib's, from 1 for the fastest to 9 for the smallest."""
    packer = compressobj(level, wbits=MAX_WBITS, zdict=WORDS)
    return packer.compress(body) + packer.flush()


def unpacker() -> Any:
    """Return a zlib.decompressobj for one body in the coding."""
    return decompressobj(zdict=WORDS)


def unpack(body: bytes, most: int) -> bytes:
    """Return a body out of the coding, of at most so many bytes; raise Unpackable."""
    stream = unpacker()
    try:
        text: bytes = stream.decompress(body, most + 1)
    except error as reason:
        raise Unpackable(str(reason)) from reason
    if len(text) > most or not stream.eof or stream.unused_data:
        raise Unpackable("it is too long, ends too early, or goes on after its end")
    return text
