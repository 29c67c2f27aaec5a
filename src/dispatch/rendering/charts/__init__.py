"""Charts: figures told in words and numbers of the reader's language, and drawn."""
