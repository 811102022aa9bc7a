"""The SQL of the outbox."""

from collections.abc import Sequence

from kiosk.storage.rows import COLUMNS, CONTACT_COLUMNS


def _listed(template: str, names: Sequence[str]) -> str:
    return ", ".join(template.format(name) for name in names)


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
BATCH = """
    SELECT * FROM responses WHERE device = ? AND sequence > ? AND state = 'wait'
    ORDER BY sequence LIMIT ?
"""
KEPT_BACK = BATCH.replace("= 'wait'", "IN ('wait', 'held')")
# The hub has the contact details now; secure_delete overwrites them in the file. The pluses have SQLite look
# up each id: it would go through all that wait instead, for every batch.
DELIVER = f"""
    UPDATE responses SET state = 'done', {_listed("{} = NULL", CONTACT_COLUMNS)}
    WHERE id IN (SELECT value FROM json_each(?)) AND +device = ? AND +state = 'wait'
"""
QUARANTINE = """
    UPDATE responses SET state = 'held', refusal = ? WHERE id = ? AND device = ? AND state = 'wait'
"""
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
