"""The fleet: kiosks, how they are paired, where they stand and how they are."""
