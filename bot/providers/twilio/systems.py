"""Twilio's provider system."""

from bot.i18n import Phrase, phrase
from bot.providers.system import System
from bot.providers.twilio import NAME

TWILIO = System(
    name=NAME,
    title=Phrase("Twilio"),  # the same in every language
    aliases=("tw",),
    answers=phrase("by number, or by message SID"),
    keys=("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN"),
)

SYSTEMS = (TWILIO,)
