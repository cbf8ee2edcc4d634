"""WARC: exact bytes in, records, CDXJ lines and digests out; and back."""
