"""The road of one request of Slack: parsed, claimed once, run, audited."""
