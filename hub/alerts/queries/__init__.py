"""The SQL of alarms: what is watched, what the page lists and changes, and the post."""
