"""The failure mix as Slack's own chart: of each value how many failed and how many did not. The lines above it say the same.

Nobody's times are in it: a label is not a date token, and each reader has their own clock. Slack takes at most six series, twenty
points with labels of twenty characters, and a title of fifty
(https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.presentation.mix import Dimension, mix_tables, share_label
from bot.presentation.wording import plain_text_format
from bot.sanitize import truncate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.i18n import Phrase
    from bot.model import Report
    from bot.presentation.mix import FailureMix
    from bot.slack.views.message import RenderContext

CHART = "data_visualization"
MOST_VALUES = 4  # as many as the lines name
_LABEL, _TITLE = 20, 50
_TITLES: Mapping[Dimension, Phrase] = {
    Dimension.CARRIER: phrase("Failed by carrier (number range)"),
    Dimension.PROVIDER: phrase("Failed by provider"),
    Dimension.ACCOUNT: phrase("Failed by account"),
    Dimension.TEMPLATE: phrase("Failed by template"),
    Dimension.SIGNATURE: phrase("Failed by signature"),
}


def mix_chart(mix: FailureMix, report: Report, context: RenderContext) -> list[dict[str, Any]]:
    """A bar chart of the dimension that tells most: the first place, or the first in which messages differ. None for neither."""
    tables = mix_tables(mix) if mix.failed else {}
    dimension = next((place.dimension for place in mix.places if place.dimension in tables), next(iter(tables), None))
    if dimension is None:
        return []
    plain = plain_text_format(report, context.titles, zone=context.zone, now=context.now, language=context.language)
    shares = tables[dimension][:MOST_VALUES]
    labels = [truncate(share_label(dimension, share, plain), _LABEL) for share in shares]
    if len(set(labels)) < len(labels):  # each point is found by its label
        return []
    series = [
        _series(context.language.say("failed"), labels, [share.failed for share in shares]),
        _series(context.language.say("not failed"), labels, [share.total - share.failed for share in shares]),
    ]
    chart = {"type": "bar", "series": series, "axis_config": {"categories": labels}}
    return [{"type": CHART, "title": truncate(_TITLES[dimension].said_in(context.language), _TITLE), "chart": chart}]


def _series(name: str, labels: Sequence[str], values: Sequence[int]) -> dict[str, Any]:
    points = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    return {"name": truncate(name, _LABEL), "data": points}
