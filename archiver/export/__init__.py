"""Export: articles in, files out."""
