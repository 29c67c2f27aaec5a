"""What subscribers and providers see: the web service."""
