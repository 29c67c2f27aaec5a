"""What the author sees: the issue in the browser, alive."""
