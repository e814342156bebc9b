"""Pushes that their vendor signs: what Twilio's own SDK signs is stored, and nothing else is."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator

from bot.config import load_settings
from bot.doctor.callbacks import check_callbacks
from bot.doctor.check import Health
from bot.i18n import ENGLISH
from bot.model import Status, Target
from bot.providers.registry import VENDORS
from bot.providers.systems import titles
from bot.providers.twilio.callbacks import CALLBACKS, read_status
from bot.providers.twilio.signing import is_push_signed, push_signature
from bot.receipts.callbacks import SigningKeys, make_callback_routes
from bot.receipts.ingestion import MalformedPayloadError
from bot.receipts.model import StoreStats
from bot.receipts.opening import callback_routes
from bot.sandbox.providers import SandboxMessage, SandboxReceipt, SandboxSystem
from bot.sandbox.providers.twilio_messages import status_fields
from bot.web import listening
from tests.cases import each
from tests.providers.test_changed_fields import MISSING, NONE_SUCH, ODD
from tests.receipts.samples import DAY, on_sqlite, open_store
from tests.receipts.test_faults import room_for
from tests.toys import NOW, NUMBER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from bot.receipts.model import Receipt
    from bot.receipts.store import ReceiptStore
    from bot.storage.database import Database

TOKEN = "a-token-that-nobody-guesses-0001"
AUTH_TOKEN, OTHER_TOKEN = "the-auth-token-of-the-account-01", "the-auth-token-of-another-one-02"
PUBLIC = "https://sms.example.com"
ADDRESS = f"{PUBLIC}/callbacks/twilio/{TOKEN}"
SID = "SM0123456789abcdef0123456789abcdef"
ACCOUNT = "AC0123456789abcdef0123456789abcdef"
FIELDS = {
    "AccountSid": ACCOUNT,
    "ApiVersion": "2010-04-01",
    "ErrorCode": "30003",
    "From": "+12025550100",
    "MessageSid": SID,
    "MessageStatus": "undelivered",
    "MessagingServiceSid": "MG0123456789abcdef0123456789abcdef",
    "RawDlrDoneDate": "2611201200",
    "SmsSid": SID,
    "SmsStatus": "undelivered",
    "To": NUMBER.e164,
}


def signature(fields: Mapping[str, str], address: str = ADDRESS, token: str = AUTH_TOKEN) -> str:
    """As Twilio's SDK computes it."""
    return str(RequestValidator(token).compute_signature(address, dict(fields)))


@asynccontextmanager
async def serving(store: ReceiptStore, public_url: str = PUBLIC, keys: tuple[str, ...] = (AUTH_TOKEN,)) -> AsyncIterator[str]:
    app = web.Application()
    signing = SigningKeys(public_url, {"twilio": keys} if keys else {})
    app.add_routes(make_callback_routes(store, CALLBACKS, TOKEN, signing=signing))
    async with listening(app, "127.0.0.1", 0) as server:
        yield server.url


async def post(
    url: str, fields: Mapping[str, str] = FIELDS, signed: str | None = "", *, query: str = "", body: bytes | None = None
) -> tuple[int, str]:
    """Push the fields: signed rightly (""), otherwise, or (None) not at all."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if signed is not None:
        headers["X-Twilio-Signature"] = signed or signature(fields)
    data = urlencode(fields).encode() if body is None else body
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/callbacks/twilio/{TOKEN}{query}", data=data, headers=headers) as response,
    ):
        return response.status, str((await response.json())["message"])


async def test_what_twilio_pushes_is_acknowledged_and_found(store: ReceiptStore) -> None:
    async with serving(store) as url:
        assert await post(url) == (200, "OK")

    (found,) = (await store.find(Target(NUMBER), DAY)).deliveries
    assert (found.system, found.message_id, found.status, found.code) == ("twilio", SID, Status.FAILED, "30003")


@on_sqlite
async def test_statuses_may_come_in_any_order_and_twice(store: ReceiptStore) -> None:
    async with serving(store) as url:
        for status in ("delivered", "sent", "queued", "sent"):
            fields = {**FIELDS, "MessageStatus": status, "SmsStatus": status}
            del fields["ErrorCode"]
            assert (await post(url, fields))[0] == 200

    (found,) = (await store.find(Target(NUMBER), DAY)).deliveries
    assert found.status is Status.DELIVERED


@each(
    ("fields", "signed"),
    [
        (FIELDS, None),
        (FIELDS, "x"),
        (FIELDS, "é"),
        (FIELDS, signature(FIELDS)[:-2] + "A="),
        (FIELDS, signature(FIELDS).lower()),
        (FIELDS, signature(FIELDS, token=OTHER_TOKEN)),
        (FIELDS, signature(FIELDS, f"https://sms.example.org/callbacks/twilio/{TOKEN}")),
        (FIELDS, signature(FIELDS, f"{PUBLIC}/callbacks/twilio/{TOKEN}x")),
        (FIELDS, signature(FIELDS, ADDRESS.replace("https", "http"))),
        (FIELDS, signature({})),
        ({**FIELDS, "MessageStatus": "delivered"}, signature(FIELDS)),
        ({**FIELDS, "To": "+13105551234"}, signature(FIELDS)),
        ({**FIELDS, "Extra": ""}, signature(FIELDS)),
        ({name: value for name, value in FIELDS.items() if name != "ErrorCode"}, signature(FIELDS)),
    ],
)
@on_sqlite
async def test_what_is_not_signed_or_was_changed_is_refused_and_not_stored(
    store: ReceiptStore, fields: dict[str, str], signed: str | None
) -> None:
    async with serving(store) as url:
        status, said = await post(url, fields, signed)

    assert (status, await store.counts()) == (403, StoreStats())
    assert said == f"X-Twilio-Signature is not the signature of this push to {PUBLIC}/callbacks/…"


@on_sqlite
async def test_each_configured_account_may_sign(store: ReceiptStore) -> None:
    async with serving(store, keys=(OTHER_TOKEN, AUTH_TOKEN)) as url:
        for token in (AUTH_TOKEN, OTHER_TOKEN):
            assert (await post(url, signed=signature(FIELDS, token=token)))[0] == 200
        assert (await post(url, signed=signature(FIELDS, token="a-third-one")))[0] == 403


@on_sqlite
async def test_the_address_is_signed_with_its_query_and_with_or_without_the_port(store: ReceiptStore) -> None:
    async with serving(store) as url:
        for address in (ADDRESS, ADDRESS.replace(".com", ".com:443")):
            assert (await post(url, signed=signature(FIELDS, address)))[0] == 200
        assert (await post(url, signed=signature(FIELDS, f"{ADDRESS}?a=b%20c"), query="?a=b%20c"))[0] == 200
        assert (await post(url, query="?a=b"))[0] == 403
    async with serving(store, f"{PUBLIC}:8443/behind/a/proxy/") as url:
        for host in (".com:8443", ".com"):
            address = ADDRESS.replace(".com", f"{host}/behind/a/proxy")
            assert (await post(url, signed=signature(FIELDS, address)))[0] == 200


@each(
    ("public_url", "keys", "said"),
    [
        (PUBLIC, (), "TWILIO_AUTH_TOKEN is not set: without it no push can be checked"),
        ("", (AUTH_TOKEN,), "SMSSTATUS_PUBLIC_URL is not set: the signature covers the address that was pushed to"),
    ],
)
@on_sqlite
async def test_what_cannot_be_checked_is_refused_and_the_log_says_why(
    store: ReceiptStore, public_url: str, keys: tuple[str, ...], said: str
) -> None:
    with capture_logs() as logged:
        async with serving(store, public_url, keys) as url:
            assert await post(url) == (403, said)

    (line,) = [entry for entry in logged if entry["event"] == "callback.rejected"]
    assert (line["callback"], line["status"], line["reason"]) == ("twilio", 403, said)
    assert await store.counts() == StoreStats()


@on_sqlite
async def test_no_secret_is_in_the_log_or_the_answer_of_a_push_that_is_refused(store: ReceiptStore) -> None:
    with capture_logs() as logged:
        async with serving(store) as url:
            _, said = await post(url, signed="x", query=f"?{TOKEN}")

    for secret in (TOKEN, AUTH_TOKEN, NUMBER.national):
        assert secret not in f"{said} {logged} {SigningKeys(PUBLIC, {'twilio': [AUTH_TOKEN]})!r}"


@each(
    ("fields", "body", "status", "reason"),
    [
        ({}, b'{"MessageSid": "SM1"}', 403, "signature"),
        ({"a": "b"}, b"a=b", 400, "MessageStatus"),
        ({**FIELDS, "SmsStatus": "received", "MessageStatus": ""}, None, 400, "a message from a phone"),
    ],
)
@on_sqlite
async def test_a_signed_body_of_another_form_is_refused_with_a_reason(
    store: ReceiptStore, fields: dict[str, str], body: bytes | None, status: int, reason: str
) -> None:
    async with serving(store) as url:
        answered, said = await post(url, fields, body=body)

    assert answered == status
    assert reason in said
    assert await store.counts() == StoreStats()


async def test_a_push_is_not_acknowledged_while_the_store_cannot_be_written(sqlite_database: Database) -> None:
    store = open_store(sqlite_database)
    async with serving(store) as url:
        await room_for(sqlite_database, pages=1)
        pushes = [{**FIELDS, "MessageSid": f"SM{which:032x}"} for which in range(60)]
        answers = [await post(url, fields) for fields in pushes]
        taken = answers.count((200, "OK"))
        assert set(answers) == {(200, "OK"), (503, "the store cannot be written just now")}
        assert (await store.counts()).receipts == taken
        await room_for(sqlite_database, pages=1000)
        assert {await post(url, fields) for fields in pushes} == {(200, "OK")}

    assert (await store.counts()).receipts == len(pushes)


# --- the signature --------------------------------------------------------------------------------------------------------


texts = st.text(st.characters(codec="utf-8"), max_size=20)


@given(
    fields=st.dictionaries(texts.filter(bool), texts, min_size=1, max_size=6),
    host=st.sampled_from(["sms.example.com", "sms.example.com:443", "sms.example.com:8443", "127.0.0.1:80"]),
    scheme=st.sampled_from(["http", "https"]),
    path=st.sampled_from(["/callbacks/twilio/x", "/a%20b?c=d&e"]),
)
def test_our_signature_is_the_sdks_and_what_its_validator_takes_is_taken(
    fields: dict[str, str], host: str, scheme: str, path: str
) -> None:
    address = f"{scheme}://{host}{path}"
    validator = RequestValidator(AUTH_TOKEN)
    signed = str(validator.compute_signature(address, fields))

    assert push_signature(AUTH_TOKEN, address, fields.items()) == signed
    assert is_push_signed(AUTH_TOKEN, address, urlencode(fields).encode(), signed)
    assert validator.validate(address, fields, signed)
    assert not is_push_signed(OTHER_TOKEN, address, urlencode(fields).encode(), signed)
    assert not is_push_signed(AUTH_TOKEN, f"{address}x", urlencode(fields).encode(), signed)


def test_a_field_that_comes_twice_is_signed_with_each_value_once_in_order() -> None:
    class Several(dict[str, list[str]]):
        def getlist(self, name: str) -> list[str]:
            return self[name]

    signed = RequestValidator(AUTH_TOKEN).compute_signature(ADDRESS, Several(b=["2", "1", "2"], a=["x"]))

    assert is_push_signed(AUTH_TOKEN, ADDRESS, b"b=2&a=x&b=1&b=2", signed)


# --- what is read ---------------------------------------------------------------------------------------------------------


def read(fields: Mapping[str, Any]) -> Any:
    return read_status(urlencode({name: value for name, value in fields.items() if value is not MISSING}).encode())


def test_neither_our_own_number_nor_a_text_is_kept() -> None:
    receipt: Receipt
    (receipt,) = read({**FIELDS, "Body": "Your code is 483920", "ErrorMessage": "said to +8613711112222"}).receipts

    assert [name for name, _ in receipt.extra] == ["AccountSid", "RawDlrDoneDate"]
    assert "483920" not in f"{receipt.extra}{receipt.words}"
    assert "12025550100" not in f"{receipt.extra}"
    assert "13711112222" not in (receipt.words or "")


@each(
    ("status", "code", "expected"),
    [
        ("queued", None, Status.PENDING),
        ("sent", None, Status.PENDING),
        ("delivered", None, Status.DELIVERED),
        ("read", None, Status.DELIVERED),
        ("undelivered", "30003", Status.FAILED),
        ("failed", "30002", Status.FAILED),
        ("failed", "21610", Status.REJECTED),
        ("canceled", None, Status.REJECTED),
    ],
)
def test_a_pushed_status_means_what_a_looked_up_one_does(status: str, code: str | None, expected: Status) -> None:
    (receipt,) = read({**FIELDS, "MessageStatus": status, "ErrorCode": MISSING if code is None else code}).receipts
    assert (receipt.status, receipt.code, receipt.message_id) == (expected, code, SID)


@each("field", sorted(FIELDS.keys() - {"MessageStatus"}))
def test_a_field_that_cannot_be_read_costs_that_field_and_never_the_receipt(field: str) -> None:
    for value in [*ODD, *(one for one in NONE_SUCH if one != "\ud800")]:
        (receipt,) = read({**FIELDS, field: value}).receipts
        assert receipt.status is Status.FAILED, value
        assert receipt.message_id == SID or field == "MessageSid", value
        assert receipt.number == NUMBER or field == "To", value


def test_without_a_number_and_an_id_or_without_a_status_and_a_code_it_is_put_aside() -> None:
    nobody = read({**FIELDS, "To": "x", "MessageSid": "", "SmsSid": ""})
    nothing = read({**FIELDS, "MessageStatus": "-", "SmsStatus": "", "ErrorCode": ""})

    assert [(len(one.receipts), one.unreadable_rows) for one in (nobody, nothing)] == [(0, 1)] * 2


@each("body", [b"", b"{}", b"a=b", b"\xff", b"MessageStatus", b"&".join(b"a%d=1" % i for i in range(300))])
def test_another_form_is_none(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError) as refused:
        read_status(body)
    assert refused.value.problem.said_in(ENGLISH)


def test_a_push_of_the_sandbox_is_read_as_its_lookup_is() -> None:
    sent = SandboxMessage(SandboxSystem.TWILIO, NUMBER.e164, SID, NOW, SandboxReceipt(NOW, "30003"))
    (receipt,) = read(status_fields(sent, ACCOUNT, NOW)).receipts

    assert (receipt.status, receipt.code, receipt.number) == (Status.FAILED, "30003", NUMBER)


# --- the settings ---------------------------------------------------------------------------------------------------------

KEY = {"TWILIO_API_KEY": "SK0123456789abcdef0123456789abcdef", "TWILIO_API_SECRET": "a-secret"}
ENVIRON = {"TWILIO_ACCOUNT_SID": ACCOUNT, "SMSSTATUS_CALLBACK_TOKEN": TOKEN, **KEY}


@on_sqlite
async def test_the_settings_have_what_a_push_is_checked_with(store: ReceiptStore, tmp_path: Path) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text(f'[accounts.other]\nTWILIO_ACCOUNT_SID = "{ACCOUNT[:-1]}0"\nTWILIO_AUTH_TOKEN = "{OTHER_TOKEN}"\n')
    environ = {**ENVIRON, "TWILIO_AUTH_TOKEN": AUTH_TOKEN, "SMSSTATUS_PUBLIC_URL": PUBLIC, "SMSSTATUS_CONFIG": str(file)}
    app = web.Application()
    app.add_routes(callback_routes(load_settings(environ, VENDORS), store, VENDORS))
    async with listening(app, "127.0.0.1", 0) as server:
        statuses = [(await post(server.url, signed=signature(FIELDS, token=one)))[0] for one in (AUTH_TOKEN, OTHER_TOKEN, "x")]

    assert statuses == [200, 200, 403]


@each(
    ("environ", "said"),
    [
        (ENVIRON, "pushes are refused: their signature cannot be checked without TWILIO_AUTH_TOKEN"),
        (
            {**ENVIRON, "TWILIO_AUTH_TOKEN": AUTH_TOKEN},
            "pushes are refused: their signature cannot be checked without SMSSTATUS_PUBLIC_URL",
        ),
    ],
)
@on_sqlite
async def test_doctor_warns_where_signed_pushes_are_refused(store: ReceiptStore, environ: dict[str, str], said: str) -> None:
    checks = await check_callbacks(load_settings(environ, VENDORS), store, titles(ENGLISH), NOW, ENGLISH)

    assert ("Receipts of Twilio", said, Health.WARNING) in [(one.name, one.said, one.health) for one in checks]


@on_sqlite
async def test_doctor_is_content_where_they_can_be_checked(store: ReceiptStore) -> None:
    whole = {**ENVIRON, "TWILIO_AUTH_TOKEN": AUTH_TOKEN, "SMSSTATUS_PUBLIC_URL": PUBLIC}
    checks = await check_callbacks(load_settings(whole, VENDORS), store, titles(ENGLISH), NOW, ENGLISH)

    assert [one.said for one in checks if "signature" in one.said] == []
