"""Charts: figures told in words and numbers of the letter's language, and drawn."""
