"""What changes for the reader between two states of an issue: pure functions of what was compiled from each."""
