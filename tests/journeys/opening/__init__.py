"""Opening time: thousands of kiosks come back within a minute, each with what customers said meanwhile.

    crowd (light kiosks) ── sockets ── a hub's process ── PostgreSQL
      └── what each gave                                    └── books: is it all there, and once

A light kiosk has no storage and no window. What it says on the wire, and when it comes back, is a kiosk's.
"""
