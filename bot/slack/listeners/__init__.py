"""One module a Slack surface: what it listens to, and how it answers."""
