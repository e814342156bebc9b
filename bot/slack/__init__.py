"""Everything that speaks Slack. Nothing outside this folder knows a Slack id, a block or a token."""
