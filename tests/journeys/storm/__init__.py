"""The storm: many kiosks, a real hub, every accident at once; and afterwards nothing lost, nothing twice.

    answers ── tablet (a process) ── line (the weather) ── house (hub workers, database)
       └── witness                          events strike all of them ──┘
                     copies: old images put back, tablets with the same key
                     verdict compares what the witnesses say with what tablets and hub hold

The verdict counts by itself, with plain SQL: it believes no query of the programs that it judges.
"""
