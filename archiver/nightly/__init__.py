"""Nightly: what a night observed of a site, what was to be expected, and what a person should know."""
