"""Replay: the archive shown by pywb, told of by TimeMaps, and carried away as WACZ."""
