"""How Slack's requests reach the app: HTTP mode and Socket Mode."""
