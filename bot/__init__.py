"""smsstatus: a Slack app that answers "was this SMS delivered?"."""

__version__ = "0.1.0"
