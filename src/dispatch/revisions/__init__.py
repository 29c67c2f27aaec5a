"""Two states of a newsletter, opened side by side: which issues differ for the reader, and in what."""
