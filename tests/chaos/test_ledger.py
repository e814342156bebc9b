"""The chaos run's ledger: which request a message answers."""

from __future__ import annotations

from benchmarks.chaos.ledger import Asked, Kind, Ledger
from bot.sandbox.slack.model import PostedMessage

ANSWER, PROGRESS = "No record. Looked up: `id:chaos-0000007` .", "Asking Tencent …"
PERSON, CHANNEL = "U1", "C1"


def ask(ledger: Ledger, kind: Kind) -> Asked:
    asked = Asked(kind, 7, 1.0, PERSON, CHANNEL)
    ledger.ask(asked)
    return asked


def alone(text: str) -> PostedMessage:
    return PostedMessage(CHANNEL, "1.0", "UBOT", text, ephemeral_to=PERSON)


def for_all(text: str) -> PostedMessage:
    return PostedMessage(CHANNEL, "2.0", "UBOT", text)


def test_a_command_is_answered_by_each_message_of_its_own() -> None:
    ledger = Ledger()
    asked = ask(ledger, Kind.COMMAND)

    ledger.see(2.0, alone(PROGRESS), None)
    assert asked.answers == []
    ledger.see(3.0, alone(ANSWER), None)
    ledger.see(4.0, alone(ANSWER), None)
    assert asked.answers == [3.0, 4.0]


def test_a_mention_is_answered_where_its_progress_was_shown_and_a_later_edit_is_no_second_answer() -> None:
    ledger = Ledger()
    asked = ask(ledger, Kind.MENTION)

    ledger.see(2.0, for_all(PROGRESS), None)
    ledger.see(3.0, for_all(ANSWER), for_all(PROGRESS))
    ledger.see(4.0, for_all(ANSWER), for_all(ANSWER))
    assert asked.answers == [3.0]


def test_a_refresh_edits_and_the_same_edit_again_is_one() -> None:
    ledger = Ledger()
    command, refresh = ask(ledger, Kind.COMMAND), ask(ledger, Kind.REFRESH)

    ledger.see(2.0, alone(f"{PROGRESS}\n{ANSWER}"), alone(ANSWER))
    assert refresh.answers == []
    ledger.see(3.0, alone(ANSWER), alone(ANSWER))
    ledger.see(4.0, alone(ANSWER), alone(ANSWER))
    assert (command.answers, refresh.answers) == ([], [3.0])
    ledger.see(5.0, alone(ANSWER), None)  # posted where it could not be edited: again
    assert (command.answers, refresh.answers) == ([], [3.0, 5.0])


def test_a_share_is_what_all_can_read_and_counts_each_time() -> None:
    ledger = Ledger()
    command, share = ask(ledger, Kind.COMMAND), ask(ledger, Kind.SHARE)

    ledger.see(3.0, alone(ANSWER), alone(ANSWER))  # the button is taken away
    ledger.see(4.0, for_all(ANSWER), None)
    ledger.see(5.0, for_all(ANSWER), None)
    assert (command.answers, share.answers) == ([], [4.0, 5.0])


def test_words_without_a_name_are_for_whoever_asked_there_last() -> None:
    ledger = Ledger()
    asked = ask(ledger, Kind.COMMAND)

    ledger.see(2.0, alone("Slack did not confirm the last answer."), None)
    ledger.see(2.0, for_all("Hello"), None)
    assert asked.told == ["Slack did not confirm the last answer."]
    assert ledger.strays == ["Hello"]


def test_a_call_that_slack_failed_concerns_the_request_that_it_names() -> None:
    ledger = Ledger()
    asked = ask(ledger, Kind.COMMAND)

    ledger.fail(2.0, ANSWER.replace("7", "8"), is_for_all=False)
    ledger.fail(2.0, ANSWER, is_for_all=True)
    ledger.fail(2.0, PROGRESS, is_for_all=False)
    assert not asked.was_failed
    ledger.fail(2.0, ANSWER, is_for_all=False)
    assert asked.was_failed


def test_when_slack_failed_words_that_name_no_request_is_remembered() -> None:
    ledger = Ledger()

    ledger.fail(2.0, ANSWER, is_for_all=False)
    ledger.fail(3.0, "This answer is no longer kept.", is_for_all=False)
    assert ledger.nameless == [3.0]


def test_what_the_app_says_of_its_store_is_one_trouble_while_it_goes_on() -> None:
    ledger = Ledger()
    ledger.trouble("frozen", 9.0, 11.0)

    ledger.heard_away([10.5, 12.0, 30.0])
    ledger.heard_away([])
    _, during, later = ledger.troubles
    assert [(one.begun, one.ended) for one in (during, later)] == [(9.5, 12.0), (29.0, 30.0)]
    assert [ledger.is_our_doing(one) for one in (during, later)] == [True, False]
