"""Twilio Programmable Messaging."""

NAME = "twilio"
"""The provider system of Twilio's Messages (API 2010-04-01)."""
