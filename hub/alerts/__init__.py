"""Alerts: a kiosk that reports and is not answered, or does not report, for longer than its hours explain."""
