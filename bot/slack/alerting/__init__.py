"""Alerts in Slack: one message for each cause in the channel of the settings.

posted    an alert with where it is told, and as it is sealed
store     where alerts are kept for all replicas
alerter   judges every minute, in one replica; posts, edits, closes
"""
