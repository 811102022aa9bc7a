"""The sync contract between kiosk and hub. WIRE.md, in the folder above, numbers its promises.

Both sides turn values into JSON documents and back here, so that they cannot disagree. Reading never
trusts: a batch that is none raises BadBatch, and one bad response in a good batch becomes a Refusal
that leaves its neighbours alone.
"""

from common.wire.envelopes import batch_document, read_batch, read_receipt, receipt_document
from common.wire.fields import short
from common.wire.values import (
    LARGEST_BATCH,
    LONGEST_WHY,
    MOST_OVERRULED,
    MOST_RESPONSES,
    PAIRING_KEY_PATH,
    PAIRING_PATH,
    PROTOCOL,
    SPOKEN,
    SURVEY_PATH,
    SYNC_PATH,
    BadBatch,
    Batch,
    Code,
    Health,
    Numbered,
    Outcome,
    Overruled,
    Receipt,
    Refusal,
    TooManyResponses,
    Totals,
    UnspokenProtocol,
    Unusable,
    Verdict,
)

__all__ = [
    "LARGEST_BATCH",
    "LONGEST_WHY",
    "MOST_OVERRULED",
    "MOST_RESPONSES",
    "PAIRING_KEY_PATH",
    "PAIRING_PATH",
    "PROTOCOL",
    "SPOKEN",
    "SURVEY_PATH",
    "SYNC_PATH",
    "BadBatch",
    "Batch",
    "Code",
    "Health",
    "Numbered",
    "Outcome",
    "Overruled",
    "Receipt",
    "Refusal",
    "TooManyResponses",
    "Totals",
    "UnspokenProtocol",
    "Unusable",
    "Verdict",
    "batch_document",
    "read_batch",
    "read_receipt",
    "receipt_document",
    "short",
]
