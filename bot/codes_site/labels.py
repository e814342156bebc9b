"""The site's own words, by the names under which the templates and the script know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language, Phrase

_LABELS: Mapping[str, Phrase] = {
    "site": phrase("SMS delivery codes, explained"),
    "skip": phrase("Skip to the content"),
    "search": phrase("Search"),
    "search_label": phrase("A code or words"),
    "search_hint": phrase("MK:0001, mk0001, blacklist, 空号"),
    "no_script": phrase("The search needs JavaScript. Everything is in the contents lists:"),
    "all_codes": phrase("All codes"),
    "groups": phrase("Groups"),
    "primer": phrase("How to read a code"),
    "terms": phrase("Terms"),
    "data": phrase("Data"),
    "do_now": phrase("Do now"),
    "do_now_many": phrase("If several numbers fail alike"),
    "customer": phrase("Text for the customer"),
    "copy_button": phrase("Copy"),
    "copied": phrase("Copied"),
    "not_copied": phrase("Not copied: select the text and copy it"),
    "causes": phrase("Possible causes"),
    "source": phrase("Source:"),
    "compared": phrase("compared on"),
    "readings": phrase("It has several meanings. The likeliest comes first:"),
    "group": phrase("Group:"),
    "siblings": phrase("Other codes with this meaning"),
    "all_of_group": phrase("all of them"),
    "look_alikes": phrase("Not the same: look-alikes"),
    "wrappers": phrase("Probably the same number in another form"),
    "json": phrase("This page for programs (JSON)"),
    "patterns": phrase("Whole groups of codes"),
    "contents": phrase("Contents"),
    "sources": phrase("Sources"),
    "sure": phrase("sure"),
    "about_confidence": phrase(
        "Sure: documented for this very code. Likely: documented, but coarse or depending on the carrier. "
        "Unconfirmed: from another table."
    ),
    # Of the search's results; the script fills in the names.
    "nothing": phrase("Nothing found. Give the whole code as you received it, or plain words: phone off, blacklist."),
    "too_short": phrase("Too short to guess. Give the whole code."),
    "meant_letters": phrase("Not listed as typed. This one has the same letters and digits:"),
    "meant_slip": phrase("Not listed as typed. This one differs in one letter:"),
    "inner": phrase("Not listed. The number inside it, in other codes:"),
    "similar": phrase("Not listed. Similar codes:"),
    "grouped": phrase("Not listed. Codes of the same group usually mean:"),
    "found": phrase("Meanings that match, best first:"),
    "listed": phrase("Listed:"),
}
IN_SCRIPT = (
    *("nothing", "too_short", "meant_letters", "meant_slip", "inner", "similar", "grouped", "found", "listed"),
    *("copied", "not_copied"),
)
"""The names of those that the script says."""


def labels(language: Language) -> Mapping[str, str]:
    """Every label in `language`."""
    return {name: label.said_in(language) for name, label in _LABELS.items()}
