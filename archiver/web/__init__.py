"""A place to look: Datasette on the archive, with pages of ours for reading, searching and judging it."""
