"""Who is let in: the rules by themselves, one case after the other."""

from __future__ import annotations

from typing import Any

from bot.slack.access import AccessPolicy, Denial, DenialReason, parse_request
from bot.slack.access import policy as rules
from bot.slack.access.policy import Members, Profile, UnverifiedProfile
from tests.cases import each
from tests.slack.access import samples as slack
from tests.slack.access.samples import BOT, CHANNEL, HOME, ORGANISATION, SISTER, SURFACES, USER, of_a_sister

OPEN = AccessPolicy(home=HOME)


def seen(body: Any, policy: AccessPolicy = OPEN) -> DenialReason | None:
    refusal = rules.check_payload(parse_request(body, bot_user=BOT), policy)
    return refusal.reason if refusal else None


@each("name", SURFACES)
def test_a_person_at_home_passes_on_every_surface(name: str) -> None:
    assert seen(SURFACES[name]) is None


@each(
    ("body", "reason"),
    [
        (slack.mention(bot_id="B0OTHER01"), DenialReason.BOT),
        (slack.mention(user="USLACKBOT"), DenialReason.BOT),
        (slack.command(team_id="T0OTHER01"), DenialReason.WORKSPACE),
        (slack.command(team_id=""), DenialReason.WORKSPACE),
        (slack.action(user={"id": USER, "team_id": "T0PARTNER"}), DenialReason.EXTERNAL),
        (slack.mention(user_team="T0PARTNER"), DenialReason.EXTERNAL),
        (slack.mention(team="T0PARTNER"), DenialReason.EXTERNAL),
        (slack.mention(user_team="E0PARTNER"), DenialReason.EXTERNAL),
        (slack.event("app_mention", {"is_ext_shared_channel": True}, channel=CHANNEL, ts="1.1"), DenialReason.SHARED_CHANNEL),
        (slack.command(user_id=""), DenialReason.UNCHECKED),
        ({"type": "dialog_submission", "team": {"id": HOME}, "user": {"id": USER}}, DenialReason.UNCHECKED),
        ({}, DenialReason.UNCHECKED),
    ],
)
def test_bots_outsiders_and_what_cannot_be_told_are_refused_on_sight(body: Any, reason: DenialReason) -> None:
    assert seen(body) is reason


def test_an_allowed_workspace_is_no_outsider_and_every_other_is() -> None:
    policy = AccessPolicy(home=HOME, teams=frozenset({HOME, "T0SISTER1"}))

    assert seen(slack.action(user={"id": USER, "team_id": "T0SISTER1"}), policy) is None
    assert seen(slack.action(user={"id": USER, "team_id": "T0PARTNER"}), policy) is DenialReason.WORKSPACE
    assert rules.check_profile(Profile(team="T0SISTER1", is_stranger=True), policy) is None


def test_outsiders_pass_when_the_operator_allows_them() -> None:
    policy = AccessPolicy(home=HOME, externals=True)

    assert seen(slack.mention(user_team="T0PARTNER"), policy) is None
    assert seen(slack.event("app_mention", {"is_ext_shared_channel": True}, channel=CHANNEL, ts="1.1"), policy) is None
    assert rules.check_profile(Profile(team="T0PARTNER", is_stranger=True), policy) is None


def test_where_channels_are_listed_no_other_is_answered_nor_posted_to() -> None:
    policy = AccessPolicy(home=HOME, channels=frozenset({CHANNEL}))

    assert seen(slack.command(), policy) is None
    assert seen(slack.command(channel_id="C0OTHER01"), policy) is DenialReason.CHANNEL
    assert seen(slack.submission("C0OTHER01"), policy) is DenialReason.CHANNEL
    assert seen(slack.direct(), policy) is DenialReason.CHANNEL
    assert seen(slack.home(), policy) is None


def test_where_people_are_listed_nobody_else_is_answered() -> None:
    listed = AccessPolicy(home=HOME, users=frozenset({USER}))

    assert seen(slack.command(), listed) is None
    assert seen(slack.command(user_id="U0OTHER01"), listed) is DenialReason.USER
    assert seen(slack.step(), listed) is DenialReason.UNCHECKED, "a workflow's step is nobody's"


@each(
    ("profile", "reason"),
    [
        (Profile(team=HOME), None),
        (Profile(team=HOME, is_guest=True), DenialReason.GUEST),
        (Profile(team=HOME, is_bot=True), DenialReason.BOT),
        (Profile(team=HOME, is_gone=True), DenialReason.USER),
        (Profile(team=HOME, is_stranger=True), DenialReason.EXTERNAL),
        (Profile(team="T0PARTNER"), DenialReason.EXTERNAL),
        (Profile(), DenialReason.EXTERNAL),
        (UnverifiedProfile(), DenialReason.UNCHECKED),
    ],
)
def test_the_profile_decides_about_guests_bots_and_outsiders(
    profile: Profile | UnverifiedProfile, reason: DenialReason | None
) -> None:
    refusal = rules.check_profile(profile, OPEN)

    assert (refusal.reason if refusal else None) is reason


def test_a_sister_workspace_of_the_same_organisation_is_no_outsider() -> None:
    policy = AccessPolicy(home=HOME, enterprise="E0OURS001")

    assert rules.check_profile(Profile(team="T0SISTER1", enterprise="E0OURS001"), policy) is None
    assert rules.check_profile(Profile(team="T0SISTER1", enterprise="E0THEIRS1"), policy) is not None


def judged(body: Any, policy: AccessPolicy, profile: Profile) -> DenialReason | None:
    """What becomes of a request of somebody of whom Slack says this."""
    request = parse_request(body, bot_user=BOT)
    denial = rules.check_payload(request, policy)
    if denial is None and rules.needs_profile(request, policy):
        denial = rules.check_profile(profile, policy)
    return denial.reason if denial else None


@each("installed_in", [HOME, ORGANISATION, SISTER])
@each("name", SURFACES)
def test_an_organisation_is_at_home_on_every_surface_and_nobody_else_is(name: str, installed_in: str) -> None:
    policy = AccessPolicy(home=installed_in, enterprise=ORGANISATION)
    colleague = Profile(team=SISTER, teams=frozenset({SISTER}), enterprise=ORGANISATION, is_stranger=True)
    for body in of_a_sister(name):
        if name == "workflow step":  # nobody's, so the payload alone must tell whose workspace it is
            is_told = installed_in == HOME or "authorizations" in body or "enterprise_id" in body
            assert (judged(body, policy, colleague) is None) == is_told, body
            continue
        assert judged(body, policy, colleague) is None, body
        assert judged(body, policy, Profile(team="T0THEIRS1", enterprise="E0THEIRS1")) is DenialReason.EXTERNAL
        assert judged(body, policy, Profile(team=SISTER, is_guest=True, enterprise=ORGANISATION)) is DenialReason.GUEST


@each("name", SURFACES)
def test_without_the_organisation_a_workspace_that_is_not_ours_is_refused_on_every_surface(name: str) -> None:
    for body in of_a_sister(name):
        assert judged(body, OPEN, Profile(team=SISTER, enterprise=ORGANISATION)) is not None or name == "workflow step"


@each("name", [name for name in SURFACES if name != "workflow step"])
def test_where_workspaces_are_listed_their_people_pass_and_the_rest_of_the_organisation_does_not(name: str) -> None:
    policy = AccessPolicy(home=HOME, enterprise=ORGANISATION, teams=frozenset({HOME}))

    for body in (SURFACES[name], of_a_sister(name)[0]):
        assert judged(body, policy, Profile(team=SISTER, teams=frozenset({SISTER}), enterprise=ORGANISATION)) is not None
        assert judged(body, policy, Profile(team=SISTER, teams=frozenset({SISTER, HOME}), enterprise=ORGANISATION)) is None


def test_another_organisation_in_the_payload_is_refused_on_sight() -> None:
    policy = AccessPolicy(home=HOME, enterprise=ORGANISATION)

    assert seen(slack.mention(user_team="E0THEIRS1"), policy) is DenialReason.EXTERNAL
    theirs = slack.action(team={"id": "T0PARTNER", "enterprise_id": "E0THEIRS1"})
    assert seen(theirs, policy) is DenialReason.WORKSPACE


def test_guests_pass_when_the_operator_allows_them() -> None:
    assert rules.check_profile(Profile(team=HOME, is_guest=True), AccessPolicy(home=HOME, guests=True)) is None


def test_a_missing_scope_is_named_in_the_refusal() -> None:
    assert rules.check_profile(UnverifiedProfile("users:read"), OPEN) == Denial(DenialReason.UNCHECKED, "users:read")
    unknown: dict[str, Members] = {"S0GROUP01": UnverifiedProfile("usergroups:read"), "S0GROUP02": frozenset({"U0OTHER01"})}
    assert rules.check_membership(USER, unknown, DenialReason.USER) == Denial(DenialReason.UNCHECKED, "usergroups:read")


def test_a_group_that_cannot_be_read_does_not_shut_out_members_of_another() -> None:
    assert (
        rules.check_membership(USER, {"S0GROUP01": UnverifiedProfile(), "S0GROUP02": frozenset({USER})}, DenialReason.USER)
        is None
    )
    assert rules.check_membership(USER, {"S0GROUP02": frozenset()}, DenialReason.REVEAL) == Denial(DenialReason.REVEAL)
    assert rules.check_membership(USER, {}, DenialReason.REVEAL) == Denial(DenialReason.REVEAL), "nobody is listed: nobody may"
