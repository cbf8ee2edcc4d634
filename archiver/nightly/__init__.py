"""Nights that run by themselves: when, what they report, and to whom."""
