"""Requests that no kiosk would send, by the thousand, to a real hub: none may break it or make it grow.

Schemathesis makes requests from the hub's own description of its API, good ones and bad ones. It makes
under a hundred a second, so each of them is also the beginning of many others: a part of its document
is replaced, left out or moved, or its bytes are damaged.
"""
