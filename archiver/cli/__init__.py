"""The command line: a person's words in, calls into the other rooms out."""
