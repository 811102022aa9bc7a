"""A history file's lines for tests, each of them right until something in it is changed."""

HEADER = "response_id,store,timestamp,score,comment,language,channel,touchpoint\n"


def a_row(number: int = 1, **changes: str) -> str:
    """Return the line of an answer, with some columns changed."""
    values = {
        "response_id": f"A{number}",
        "store": "Milano",
        "timestamp": "2026-03-28T14:05",
        "score": "9",
        "comment": "",
        "language": "it",
        "channel": "web",
        "touchpoint": "Checkout",
    } | changes
    return ",".join(f'"{value}"' for value in values.values()) + "\n"
