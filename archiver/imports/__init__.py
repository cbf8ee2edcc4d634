"""Import: WARC files of others become captures of ours, byte for byte, and are derived like them."""
