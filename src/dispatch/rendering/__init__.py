"""How it looks: an issue and a theme become mail, text and web page."""
