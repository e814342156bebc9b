"""What `doctor` says of who may ask."""

from __future__ import annotations

import pytest

from bot.i18n import ENGLISH
from bot.slack.access import AccessPolicy
from bot.slack.doctor.access_words import forgotten_home, who_may_ask

NOBODY_ELSE = "no guests (SMSSTATUS_ALLOW_GUESTS); no one from another organisation (SMSSTATUS_ALLOW_EXTERNALS)"


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (AccessPolicy(home="T0HOME001"), f"people of the workspace Acme (T0HOME001); {NOBODY_ELSE}"),
        (
            AccessPolicy(home="T0HOME001", enterprise="E0OURS001"),
            f"people of the organisation E0OURS001, in each of its workspaces; {NOBODY_ELSE}",
        ),
        (
            AccessPolicy(home="E0OURS001", enterprise="E0OURS001", teams=frozenset({"T0B", "T0A"}), guests=True, externals=True),
            "people of the workspaces T0A, T0B (SMSSTATUS_ALLOWED_TEAMS)",
        ),
        (
            AccessPolicy(home="T0HOME001", users=frozenset({"U1"}), guests=True, externals=True),
            "people of the workspace Acme (T0HOME001); only those in SMSSTATUS_ALLOWED_USERS",
        ),
    ],
)
def test_doctor_says_who_may_ask_and_which_settings_change_it(policy: AccessPolicy, said: str) -> None:
    assert who_may_ask(policy, "Acme", ENGLISH) == said
    assert forgotten_home(policy, ENGLISH) == ""


def test_workspaces_that_leave_out_the_apps_own_are_doubtful() -> None:
    doubt = forgotten_home(AccessPolicy(home="T0HOME001", teams=frozenset({"T0OTHER01"})), ENGLISH)

    assert doubt.startswith("SMSSTATUS_ALLOWED_TEAMS does not list T0HOME001")
