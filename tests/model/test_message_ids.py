"""By its form a message id tells which system gave it, where it does."""

from __future__ import annotations

from bot.model import Target
from bot.model.message_ids import ID_FORMS
from bot.providers.systems import SYSTEMS
from tests.cases import each


@each(
    ("message_id", "issuer"),
    [
        ("5000:1045710669157053657849499619", "tencent"),
        ("900000000000000001^0", "aliyun"),
        ("100000000000000001", "aliyun-intl"),
        ("SM0123456789abcdef0123456789abcdef", "twilio"),
        ("MM0123456789ABCDEF0123456789ABCDEF", "twilio"),
        ("RM0123456789abcdef0123456789abcdef", None),
        ("SM0123456789abcdef", None),
        ("abc-1", None),
    ],
)
def test_the_form_of_an_id_tells_its_system(message_id: str, issuer: str | None) -> None:
    assert Target(message_id=message_id).issuer == issuer


def test_every_form_is_of_a_system_that_there_is_and_no_id_is_of_two() -> None:
    samples = ["5000:1045710669157", "900000000000000001^0", "100000000000000001", "SM" + "0" * 32]

    assert {form.system for form in ID_FORMS} <= {system.name for system in SYSTEMS}
    assert [[form.system for form in ID_FORMS if form.fits(one)] for one in samples] == [
        ["tencent"],
        ["aliyun"],
        ["aliyun-intl"],
        ["twilio"],
    ]
