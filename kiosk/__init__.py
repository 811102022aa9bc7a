"""The tablet: asks, keeps, syncs."""
