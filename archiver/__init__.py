"""Crawls news sites, keeps exactly what the servers sent, and gives clean articles."""

__version__ = "0.1.0"
