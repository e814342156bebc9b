"""An instance of every error that the libraries define which carry our calls: aiohttp and slack_sdk."""

from __future__ import annotations

import inspect
import ssl
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import aiohttp.client_exceptions
import slack_sdk.errors
from aiohttp.client_reqrep import ConnectionKey
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ADDRESS = "https://slack.com/api/"
_KEY = ConnectionKey("slack.com", 443, True, True, None, None, None)
_REQUEST = aiohttp.RequestInfo(URL(ADDRESS), "POST", CIMultiDictProxy(CIMultiDict()), URL(ADDRESS))
_ANSWER = SimpleNamespace(data={"ok": False, "error": "internal_error"}, status_code=200, headers={})

# What the errors are made of, by the names of their parameters.
_PARTS: dict[str, Any] = {
    "connection_key": _KEY,
    "os_error": ConnectionResetError(),
    "certificate_error": ssl.SSLCertVerificationError(1, "self-signed"),
    "request_info": _REQUEST,
    "history": (),
    "expected": b"1",
    "got": b"2",
    "path": "/run/proxy.sock",
    "host": "slack.com",
    "port": 443,
    "url": URL(ADDRESS),
    "message": "the library's own words",
    "response": _ANSWER,
    "api_error": slack_sdk.errors.SlackApiError(  # type: ignore[no-untyped-call]
        "the library's own words", _ANSWER
    ),
}


def classes(*modules: ModuleType) -> list[type[Exception]]:
    """The errors that a module defines or hands on, those of the language left out."""
    found = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ != "builtins"
    }
    return sorted(found, key=lambda kind: (kind.__module__, kind.__qualname__))


OF_AIOHTTP = [kind for kind in classes(aiohttp, aiohttp.client_exceptions) if issubclass(kind, aiohttp.ClientError)]
OF_SLACK = classes(slack_sdk.errors)


def made(kind: type[Exception]) -> Iterator[Exception]:
    """`kind` with all that it is made of; where an HTTP status is a part of it, one for each that decides something."""
    init = kind.__init__
    parameters = inspect.signature(init).parameters if inspect.isfunction(init) else {}
    parts = [name for name in parameters if name in _PARTS]
    in_order = [_PARTS[name] for name in parts if parameters[name].kind is not inspect.Parameter.KEYWORD_ONLY]
    by_name = {name: _PARTS[name] for name in parts if parameters[name].kind is inspect.Parameter.KEYWORD_ONLY}
    for status in (403, 407, 429, 503) if "status" in parameters else (None,):
        yield kind(*in_order, **by_name, **({} if status is None else {"status": status}))
