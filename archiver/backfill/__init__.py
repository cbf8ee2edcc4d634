"""Backfill: mementos of web archives become captures of ours, each with the exchange that it came in."""
