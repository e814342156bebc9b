"""The failure mix in words: one line that says more than the verdict, and a table in words for the details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.presentation.mix.model import Dimension
from bot.presentation.mix.places import LEAST_FAILED
from bot.presentation.times import duration
from bot.presentation.wording import ACCOUNT, PLACE, TITLE, carrier_words, owner_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Phrase
    from bot.model import Report
    from bot.presentation.mix.model import FailureMix, Place, Share
    from bot.presentation.verdict.causes import Cause
    from bot.presentation.wording import TextFormat

MOST_SHARES = 4  # values of a dimension, or causes, that are named
_NAMED: Mapping[Dimension, Phrase] = {
    Dimension.ACCOUNT: phrase("account {value}"),
    Dimension.TEMPLATE: phrase("template {value}"),
    Dimension.SIGNATURE: phrase("signature {value}"),
}
_TABLES: Mapping[Dimension, Phrase] = {
    Dimension.CARRIER: phrase("Failed by carrier: {shares}"),
    Dimension.PROVIDER: phrase("Failed by provider: {shares}"),
    Dimension.ACCOUNT: phrase("Failed by account: {shares}"),
    Dimension.TEMPLATE: phrase("Failed by template: {shares}"),
    Dimension.SIGNATURE: phrase("Failed by signature: {shares}"),
}


def mix_place(mix: FailureMix | None, text_format: TextFormat) -> str:
    """`35 of 37 failures: only China Mobile (by number range), since 13:50.`: what the verdict does not say; else empty.

    Messages that were delivered late are not in the verdict either.
    """
    if mix is None:
        return ""
    language, lines = text_format.language, []
    if (where := _where(mix, text_format)) and mix.dominating:
        count = len(mix.dominating.rows)
        lines.append(
            text_format.say("{count} of {total} failures: {where}", count=count, total=mix.failed, where=where)
            if count < mix.failed
            else text_format.say("Failures: {where}", where=where)  # the verdict may be that the newest was delivered
        )
    if mix.receipts.slow >= LEAST_FAILED:
        lines.append(
            text_format.say("{count} of {total} receipts took over 5 min", count=mix.receipts.slow, total=mix.receipts.counted)
        )
    return language.sentences(map(language.with_full_stop, lines))


def mix_headline(mix: FailureMix, report: Report, text_format: TextFormat) -> str:
    """`37 of 40 messages failed. 35: signature not registered; only China Mobile (by number range), since 13:50`."""
    say, language = text_format.say, text_format.language
    if not mix.failed:
        return language.with_full_stop(say("None of {total} messages failed", total=mix.total))
    head = say("{count} of {total} messages failed", count=mix.failed, total=mix.total)
    if mix.dominating is None:
        return language.with_full_stop(head)
    cause = text_format.prose(mix.dominating.words(report, language), TITLE)
    said = language.semicolon_list((cause, _where(mix, text_format)))
    count = len(mix.dominating.rows)
    if count == mix.failed:
        return language.with_full_stop(say("{lead}: {detail}", lead=head, detail=said))
    return language.sentences(map(language.with_full_stop, (head, say("{count}: {cause}", count=count, cause=said))))


def mix_lines(mix: FailureMix, report: Report, text_format: TextFormat) -> list[str]:
    """The table in words: what dominates, whose it is, each dimension in which messages differ, and how long receipts took."""
    lines = [mix_headline(mix, report, text_format)]
    if mix.failed:
        lines += [_owners(mix, text_format), _causes(mix, report, text_format)]
        tables = mix_tables(mix)
        lines += [_table(dimension, shares, text_format) for dimension, shares in tables.items()]
        if any(share.is_guess for share in tables.get(Dimension.CARRIER, ())):
            lines.append(text_format.say("Carrier by number range: ported numbers may differ."))
    return [line for line in (*lines, _receipts(mix, text_format)) if line]


def mix_tables(mix: FailureMix) -> dict[Dimension, tuple[Share, ...]]:
    """The dimensions in which the messages differ. Where each provider has one account, the provider says it."""
    found = {one: mix.shares[one] for one in Dimension if len(mix.shares[one]) > 1}
    if len(mix.shares[Dimension.ACCOUNT]) == len(mix.shares[Dimension.PROVIDER]):
        found.pop(Dimension.ACCOUNT, None)
    return found


def share_label(dimension: Dimension, share: Share, text_format: TextFormat) -> str:
    """`China Mobile`, `unknown`: the value alone, for what it is a value of is said once, before all of them."""
    return text_format.say("unknown") if share.value is None else _value(dimension, share.value, text_format)


def _where(mix: FailureMix, text_format: TextFormat) -> str:
    """`only China Mobile (by number range), since 13:50`; empty when no place and no onset is known."""
    parts = [_place(place, text_format) for place in mix.places]
    parts += [text_format.say("since {time}", time=text_format.times.minute(mix.since))] if mix.since else []
    return text_format.language.clauses(parts)


def _place(place: Place, text_format: TextFormat) -> str:
    value = _named(place.dimension, place.value, text_format)
    if place.is_guess:
        value = text_format.say("{carrier} (by number range)", carrier=value)
    if place.is_only:
        return text_format.say("only {place}", place=value)
    return text_format.say("{count} of {total} at {place}", count=place.failed, total=place.out_of, place=value)


def _named(dimension: Dimension, value: str, text_format: TextFormat) -> str:
    """`China Mobile`, ``template `123` ``: with what it is a value of, unless the value says it."""
    shown = _value(dimension, value, text_format)
    return _NAMED[dimension].filled(value=shown).said_in(text_format.language) if dimension in _NAMED else shown


def _value(dimension: Dimension, value: str, text_format: TextFormat) -> str:
    match dimension:
        case Dimension.CARRIER:
            return text_format.prose(carrier_words(value, text_format.language), PLACE)
        case Dimension.PROVIDER:
            return text_format.title(value)
        case _:
            return text_format.quote(value, ACCOUNT)


def _owners(mix: FailureMix, text_format: TextFormat) -> str:
    """`Fix: us (35) · Fix: customer (2)`: handset failures apart from ours; the verdict names a single owner."""
    if len(mix.owners) == 1:
        return ""
    counted = (
        text_format.say("{owner} ({count})", owner=words, count=count)
        for owner, count in mix.owners.items()
        if (words := owner_words(owner, text_format.language))
    )
    return " · ".join(counted)


def _causes(mix: FailureMix, report: Report, text_format: TextFormat) -> str:
    """`Failed by cause: signature not registered 35 · switched off (likely) 2`; the headline tells of one alone."""
    if len(mix.causes) == 1 and mix.dominating:
        return ""

    def counted(cause: Cause) -> str:
        words = text_format.prose(cause.words(report, text_format.language), TITLE)
        return text_format.say("{cause} ×{count}", cause=words, count=len(cause.rows))

    named = [counted(cause) for cause in mix.causes[:MOST_SHARES]]
    return text_format.say("Failed by cause: {shares}", shares=_listed(named, len(mix.causes), text_format))


def _table(dimension: Dimension, shares: tuple[Share, ...], text_format: TextFormat) -> str:
    """`Failed by carrier: China Mobile 35 of 36 · China Unicom 2 of 4`."""
    named = [
        text_format.say(
            "{value} {count} of {total}",
            value=share_label(dimension, share, text_format),
            count=share.failed,
            total=share.total,
        )
        for share in shares[:MOST_SHARES]
    ]
    return _TABLES[dimension].filled(shares=_listed(named, len(shares), text_format)).said_in(text_format.language)


def _listed(named: list[str], total: int, text_format: TextFormat) -> str:
    rest = total - len(named)
    return " · ".join([*named, *([text_format.say("and {count} more", count=rest)] if rest > 0 else [])])


def _receipts(mix: FailureMix, text_format: TextFormat) -> str:
    """`Sent to receipt: p50 3 s, p95 12 s · 2 took over 5 min · 1 missing · 3 not due yet`."""
    times, say, language = mix.receipts, text_format.say, text_format.language
    parts = []
    if times.p50 is not None and times.p95 is not None:
        half, most = duration(times.p50, language), duration(times.p95, language)
        parts.append(say("Sent to receipt: p50 {half}, p95 {most}", half=half, most=most))
    parts += [say("{count} took over 5 min", count=times.slow)] if times.slow else []
    parts += [say("{count} missing", count=times.missing)] if times.missing else []
    parts += [say("{count} not due yet", count=times.under_way)] if times.under_way else []
    return " · ".join(parts)
