"""Verify: WARC files, indexes and rows against the standard, against this house, and one another."""
