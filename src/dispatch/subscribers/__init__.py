"""Who we write to: subscribers, suppressions, segments, and the file they come from."""
