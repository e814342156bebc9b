"""An `AnswerRecord` as it is stored: the question in the words of the command language, the report left out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from bot.grammar import MAX_TARGETS, Lookup, ParseContext, parse, write
from bot.model import PhoneNumber, Target
from bot.slack.state.answer_record import AnswerRecord, Thread
from bot.slack.state.findings import Finding
from bot.storage.keyring import WrongKeyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.model import Query
    from bot.timing.clock import Clock


class AnswerCodec:
    """Writes and reads records. `providers` are the names that `via` may have."""

    def __init__(self, clock: Clock, providers: Iterable[str]) -> None:
        self._clock = clock
        self._providers = {name: name for name in providers}

    def _parse_context(self) -> ParseContext:
        return ParseContext(now=self._clock(), zone=UTC, region="ZZ", providers=self._providers)

    def written(self, shown: AnswerRecord) -> bytes:
        """The record without its report, as the words of the command language."""
        thread = shown.thread
        value: dict[str, Any] = {
            "words": write(Lookup(_abridged(shown.query)), self._parse_context()),
            "targets": _listed(shown.query.targets) if len(shown.query.targets) > MAX_TARGETS else None,
            "notes": shown.notes,
            "rest": _listed(shown.rest),
            "by": shown.asked_by,
            "channel": shown.channel,
            "page": shown.page,
            "public": shown.public,
            "shared": shown.shared,
            "thread": [thread.team, thread.channel, thread.ts] if thread else None,
            "ts": shown.message_ts,
            "span": None if shown.relative_length is None else shown.relative_length.total_seconds(),
            "explained": shown.detailed,
            "changed": shown.changed,
            "after": write(Lookup(_abridged(shown.previous)), self._parse_context()) if shown.previous else None,
            "passed_over": shown.passed_over,
            "first": shown.found_first.to_json() if shown.found_first else None,
            "last": shown.found_last.to_json() if shown.found_last else None,
        }
        return json.dumps(value).encode()

    def read(self, written: bytes) -> AnswerRecord:
        """What was written. Raises WrongKeyError, UsageError, ValueError, LookupError."""
        value = json.loads(written)
        return AnswerRecord(
            query=_completed(self._query(value["words"]), value.get("targets")),
            asked_by=value["by"],
            channel=value["channel"],
            page=value["page"],
            public=value["public"],
            shared=value["shared"],
            thread=Thread(*value["thread"]) if value["thread"] else None,
            message_ts=value["ts"],
            relative_length=None if value.get("span") is None else timedelta(seconds=value["span"]),
            detailed=value.get("explained", False),
            changed=tuple(value["changed"]) if value.get("changed") else None,
            previous=self._query(value["after"]) if value.get("after") else None,
            passed_over=tuple(value.get("passed_over", ())),
            notes=tuple(value.get("notes", ())),
            rest=_targets(value.get("rest", ())),
            found_first=Finding.read(value["first"]) if value.get("first") else None,
            found_last=_last(value),
        )

    def _query(self, words: str) -> Query:
        command = parse(words, self._parse_context())
        if not isinstance(command, Lookup):
            raise WrongKeyError("a stored answer is not a lookup")
        return command.query


def _last(value: Mapping[str, Any]) -> Finding | None:
    if value.get("last"):
        return Finding.read(value["last"])
    return Finding.read(value) if value.get("as_of") else None  # as version 0.1 wrote it


def _abridged(query: Query) -> Query:
    """The query with no more targets than the command language takes."""
    return replace(query, targets=query.targets[:MAX_TARGETS])


def _completed(query: Query, written: Sequence[Sequence[Any]] | None) -> Query:
    return query if written is None else replace(query, targets=_targets(written))


def _listed(targets: Sequence[Target]) -> list[list[Any]]:
    """Targets as they are: a thousand are not parsed again at each click."""
    return [[*((n.e164, n.country_code, n.national) if (n := one.number) else (None, 0, "")), one.message_id] for one in targets]


def _targets(written: Sequence[Sequence[Any]]) -> tuple[Target, ...]:
    return tuple(
        Target(PhoneNumber(e164, country_code, national) if e164 else None, message_id)
        for e164, country_code, national, message_id in written
    )
