"""The store: captures and articles in, rows and answers to queries out."""
