"""What Slack's surfaces remember in the database."""
