"""Nights that run by themselves: when, what they observed, what is wrong, and to whom it is told."""
