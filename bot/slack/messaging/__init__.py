"""How messages get to Slack: posts, replies, windows, and what a failure of either means."""
