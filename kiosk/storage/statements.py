"""The SQL of the outbox."""

from collections.abc import Iterable
from enum import StrEnum

from common.responses import Channel, Kind
from kiosk.storage.rows import COLUMNS, CONTACT_COLUMNS


def _listed(template: str, names: Iterable[str]) -> str:
    return ", ".join(template.format(name) for name in names)


def _quoted(choices: type[StrEnum]) -> str:
    return _listed("'{}'", choices)


def _digits(pattern: str) -> str:
    return pattern.replace("0", "[0-9]")


DEVICE = "coalesce((SELECT json_extract(value, '$.kiosk') FROM settings WHERE name = 'pairing'), '')"
NEXT = "(SELECT coalesce(max(sequence), 0) + 1 FROM responses WHERE device = {})"
# One statement, because this is what a customer's tap waits for.
SAVE = f"""
    INSERT INTO responses (id, device, sequence, state, boot, ticks, {_listed("{}", COLUMNS)})
    SELECT :id, here.device, {NEXT.format("here.device")}, 'open', :boot, :ticks, {_listed(":{}", COLUMNS)}
    FROM (SELECT {DEVICE} AS device) AS here WHERE true
    ON CONFLICT (id) DO UPDATE SET {_listed("{0} = excluded.{0}", COLUMNS)} WHERE state = 'open'
"""
PART = "SELECT rowid AS place, * FROM responses WHERE rowid > ? ORDER BY rowid LIMIT ?"
UNSENT = "SELECT id FROM responses WHERE device = ? AND state IN ('open', 'wait', 'held') ORDER BY sequence"
RENUMBER = f"""
    UPDATE responses SET device = :device, sequence = {NEXT.format(":device")}, refusal = NULL,
        state = iif(state = 'held', 'wait', state)
    WHERE id = :id
"""
# A visit that is under way belongs to the device that the tablet is now: pairing takes it along.
LEFT_OPEN = f"FROM responses WHERE device = {DEVICE} AND state = 'open'"
FINISH_ALL = f"UPDATE responses SET state = 'wait' WHERE rowid IN (SELECT rowid {LEFT_OPEN})"
STANDING = "SELECT state, number FROM standing WHERE device = ? AND number > 0"
OLDEST = "SELECT min(given_ms) FROM responses WHERE device = ? AND state = ?"
KEPT_BACK = """
    SELECT * FROM responses WHERE device = ? AND sequence > ? AND state IN ('wait', 'held')
    ORDER BY sequence LIMIT ?
"""
_UUID = "-".join("[0-9a-f]" * digits for digits in (8, 4, 4, 4, 12))
# Odd rows are left to Python, and so are the few with contact details, for SQLite knows no base64.
_IS_PLAIN = f"""
    contact_box IS NULL AND id GLOB '{_UUID}'
    AND kind IN ({_quoted(Kind)}) AND channel IN ({_quoted(Channel)})
    AND typeof(id) || typeof(survey) || typeof(touchpoint) || typeof(language) || typeof(comment)
        || typeof(given_at) = 'texttexttexttexttexttext'
    AND typeof(sequence) || typeof(version) || typeof(score) = 'integerintegerinteger'
    AND typeof(coalesce(ticks, 0)) = 'integer'
    AND given_at GLOB '{_digits("0000-00-00T00:00:00.000[+-]00:00")}'
    AND length(reasons) < 2000 AND length(flags) < 2000
    AND json_valid(reasons) AND json_type(reasons) = 'array'
    AND json_valid(flags) AND json_type(flags) = 'array'
"""
# The merge of RFC 7396 leaves out what is NULL.
_DOCUMENT = """
    json_patch('{}', json_object(
        'id', id, 'sequence', sequence, 'survey', survey, 'version', version, 'kind', kind,
        'touchpoint', touchpoint, 'channel', channel, 'language', language, 'score', score,
        'given_at', given_at, 'ticks', iif(boot = :boot, ticks, NULL),
        'happened_at', iif(boot <> :boot, strftime(
            '%Y-%m-%dT%H:%M:%f+00:00', max(0, min(hub + ticks - at, :latest)) / 1000.0, 'unixepoch'), NULL),
        'reasons', json(nullif(reasons, '[]')), 'flags', json(nullif(flags, '[]')),
        'comment', nullif(comment, '')))
"""
BATCH = f"""
    WITH measured AS MATERIALIZED (
        SELECT key AS boot, json_extract(value, '$[0]') AS at, json_extract(value, '$[1]') AS hub
        FROM json_each(:measured)
    )
    SELECT responses.rowid, sequence, id, contact_box IS NOT NULL, iif({_IS_PLAIN}, {_DOCUMENT}, NULL)
    FROM responses LEFT JOIN measured USING (boot)
    WHERE device = :device AND sequence > :after AND state = 'wait' ORDER BY sequence LIMIT :limit
"""
# Rows are found by their place, and have to say the same id as when they were sent: a VACUUM may move them.
# The pluses have SQLite go to the places: it would go through all that wait instead, for every batch.
_SENT = """
    rowid IN (SELECT value FROM json_each(:places)) AND +id IN (SELECT value FROM json_each(:ids))
"""
# The hub has the contact details now; secure_delete overwrites them in the file.
DELIVER = f"""
    UPDATE responses SET state = 'done', {_listed("{} = NULL", CONTACT_COLUMNS)}
    WHERE {_SENT} AND +device = :device AND +state = 'wait'
"""
REFUSE = f"""
    UPDATE responses SET state = 'held', refusal = :code
    WHERE {_SENT} AND +device = :device AND +state = 'wait'
"""
QUARANTINE = """
    UPDATE responses SET state = 'held', refusal = ? WHERE id = ? AND device = ? AND state = 'wait'
"""
SET_ASIDE = "UPDATE responses SET state = 'held', refusal = ? WHERE rowid = ? AND state = 'wait'"
OFFER = "UPDATE responses SET state = 'wait', refusal = NULL WHERE device = ? AND state = 'held'"
REFUSALS = """
    SELECT refusal, count(*) FROM responses WHERE device = ? AND state = 'held'
    GROUP BY refusal ORDER BY 2 DESC, 1
"""
AGAIN = """
    UPDATE responses SET state = 'wait', overruled_told = 0
    WHERE device = ? AND sequence BETWEEN ? AND ? AND state = 'done'
"""
EVERYTHING = """
    UPDATE responses SET state = 'wait', refusal = NULL, overruled_told = 0
    WHERE device = ? AND state IN ('done', 'held')
"""
GAPLESS = "SELECT count(*) = coalesce(max(sequence), 0) FROM responses WHERE device = ?"
TALLIES = """
    SELECT score, counted, count(*) FROM responses
    WHERE given_ms >= ? AND given_ms < ? AND score BETWEEN 0 AND 10 GROUP BY counted, score
"""
REMARKS = """
    SELECT * FROM responses WHERE comment <> '' OR reasons <> '[]' ORDER BY given_ms DESC LIMIT ?
"""
