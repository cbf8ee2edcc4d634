"""Derive: captures in, articles out; joins WARC, extraction and store."""
