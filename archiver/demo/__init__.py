"""The demo: a small real news site, served on loopback."""
