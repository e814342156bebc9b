"""The table of verdicts: every state of a lookup with its first line in both languages, as somebody read it and found it good.

`tests/golden/verdicts.txt` is the table; `tests/golden_files.py` tells how it is written anew.
"""

from __future__ import annotations

from bot.i18n import ENGLISH, get_language
from bot.model import Outcome
from bot.presentation.verdict import Scope, verdict
from bot.providers.systems import titles
from tests.golden_files import kept
from tests.presentation.verdict_states import FOUND, STATES
from tests.reports import TITLES

CHINESE = get_language("zh")


def test_every_state_has_the_sentences_that_were_read_and_found_good() -> None:
    lines = []
    for state in STATES:
        report = state.report
        said = [verdict(report, language, titles=titles(language)).sentence for language in (ENGLISH, CHINESE)]
        lines += [f"{state.name} → {report.outcome}", *(f"    {line}" for line in said)]
    told = "\n".join(lines) + "\n"

    assert told == kept("verdicts.txt", told)


def test_what_could_not_be_asked_or_read_is_never_called_no_record() -> None:
    for state in STATES:
        outcome = state.report.outcome
        if FOUND[state.found] is None:
            asked = state.heard == "all answered" and state.found == "nothing"
            assert outcome is (Outcome.NO_RECORD if asked else Outcome.UNANSWERED), state.name
            if not asked:
                said = verdict(state.report, ENGLISH, titles=TITLES).sentence
                assert said.startswith("Cannot tell"), state.name
                assert "record" not in said, state.name


def test_the_newest_message_decides() -> None:
    for state in STATES:
        if state.beside == "another after":
            newest = Outcome.FAILED if state.found in {"delivered", "contradiction"} else Outcome.DELIVERED
            assert state.report.outcome is newest, state.name


def test_a_delivered_number_is_never_told_to_be_sent_to_again() -> None:
    for state in STATES:
        said = verdict(state.report, ENGLISH, titles=TITLES)
        if said.outcome is Outcome.DELIVERED:
            assert "Fix:" not in said.sentence, state.name
            assert "resend later" not in said.sentence, state.name
            assert said.scope is Scope.NOBODY, state.name


def test_silence_always_has_an_advice() -> None:
    for state in STATES:
        said = verdict(state.report, ENGLISH, titles=TITLES)
        if said.outcome is Outcome.PENDING:
            assert said.advice, state.name


def test_the_same_failure_at_several_numbers_is_not_the_customers() -> None:
    for state in STATES:
        if state.found == "failed, recipient" and state.numbers > 1 and state.beside != "another after":
            said = verdict(state.report, ENGLISH, titles=TITLES)
            assert "customer" not in said.sentence.split(":", 1)[1].lower(), state.name
            assert "signature" in said.advice, state.name
            assert said.scope is Scope.UNCLEAR, state.name


def test_a_missing_answer_is_told_beside_whatever_was_found() -> None:
    for state in STATES:
        said = verdict(state.report, ENGLISH, titles=TITLES)
        told = any(words in said.sentence for words in ("no answer from", "did not answer"))
        assert told == (state.heard != "all answered"), state.name
        assert said.whole == (state.heard == "all answered" and state.found != "unreadable"), state.name


def test_a_contradiction_is_told_with_its_code() -> None:
    for state in STATES:
        if state.found == "contradiction" and state.beside != "another after" and state.numbers == 1:
            said = verdict(state.report, ENGLISH, titles=TITLES).sentence
            assert said.startswith("Delivered, says Tencent, but with the failure code MK:0001"), state.name
