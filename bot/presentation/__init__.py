"""Report -> sentences, the same in Slack, in the terminal and in JSON. Pure."""
