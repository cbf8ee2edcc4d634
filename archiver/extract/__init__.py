"""Extraction: bytes, URL, profile and chrome model in, an article with its evidence out. Pure."""
