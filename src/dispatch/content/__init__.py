"""What we write: blocks, the small Markdown inside them, and the issue they make."""
