"""The block checker: what Slack takes is taken, and one broken example for each rule is refused by its name and place."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot.sandbox.slack.blocks import check_message, mentions
from tests.cases import each

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**fields: Any) -> Json:
    return {"type": "section", **fields}


def button(**fields: Any) -> Json:
    return {"type": "button", "text": plain("Refresh"), "action_id": "refresh", **fields}


def option(value: str = "1", **fields: Any) -> Json:
    return {"text": plain("24 h"), "value": value, **fields}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def select(**fields: Any) -> Json:
    return {"type": "static_select", "action_id": "window", **fields}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str) -> Json:
    return {"type": "text", "text": text}


def cell(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def table(*rows: list[Json], **fields: Any) -> Json:
    return {"type": "table", "rows": list(rows), **fields}


def bars(*values: int, categories: list[str] | None = None, **fields: Any) -> Json:
    """A chart of one series."""
    labels = [f"c{index}" for index in range(len(values))]
    data = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    axis = {"categories": labels if categories is None else categories}
    return chart({"type": "bar", "series": [{"name": "failed", "data": data}], "axis_config": axis, **fields})


def chart(what: Json, title: str = "Failed by carrier") -> Json:
    return {"type": "data_visualization", "title": title, "chart": what}


def pie(*values: float) -> Json:
    return {"type": "pie", "segments": [{"label": "x", "value": value} for value in values]}


CONFIRM = {"title": plain("Share?"), "text": plain("All can read it."), "confirm": plain("Share"), "deny": plain("No")}
IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a chart"}

GOOD = [
    section(text=mrkdwn("*1 of 3 failed*"), block_id="verdict", expand=True),
    section(fields=[mrkdwn("a"), plain("b")], accessory=button(style="danger", confirm=CONFIRM, value="x" * 2000)),
    section(text=mrkdwn("at <!date^1763733802^{date_short_pretty} at {time_secs}^https://example.com|14:03 UTC>")),
    {"type": "header", "text": plain("x" * 150), "level": 2},
    context(mrkdwn("as of now"), plain("fresh"), IMAGE),
    actions(
        button(),
        {"type": "overflow", "action_id": "more", "options": [option(url="https://example.com", description=plain("d"))]},
        select(options=[option()], initial_option=option(), placeholder=plain("Window")),
    ),
    actions(select(option_groups=[{"label": plain("Days"), "options": [option()]}])),
    {"type": "divider"},
    IMAGE,
    rich(
        rich_section(
            words("a"),
            {"type": "link", "url": "tel:+8613711112222", "text": "x", "style": {"bold": True}},
            {"type": "emoji", "name": "wave"},
            {"type": "user", "user_id": "U1"},
            {"type": "date", "timestamp": 1763733802, "format": "{time}", "fallback": "14:03 UTC"},
            {"type": "color", "value": "#ff0000"},
        ),
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [rich_section(words("a"))]},
        {"type": "rich_text_preformatted", "elements": [words("MK:0008")]},
        {"type": "rich_text_quote", "elements": [words("q")]},
    ),
    table(
        [cell("Sent"), {"type": "raw_number", "value": 3, "text": "3"}],
        [cell("–"), rich(rich_section(words("x")))],
        column_settings=[None, {"align": "right", "is_wrapped": True}],
    ),
    {"type": "markdown", "text": "**bold**"},
    bars(3, 0),
    chart(pie(1, 0.5)),
]


def blocks_of(*blocks: Json) -> Json:
    return {"text": "the answer", "blocks": list(blocks)}


def test_a_message_with_every_known_block_is_taken() -> None:
    assert check_message(blocks_of(*GOOD)) == []


def test_a_message_of_text_alone_is_taken() -> None:
    assert check_message({"text": "x" * 40_000}) == []


BROKEN: list[tuple[str, Json, str]] = [
    ("unknown block", {"type": "alert", "text": "x"}, "/type"),
    ("an input block", {"type": "input", "label": plain("x")}, "/type"),
    ("no type", {"text": plain("x")}, "/type"),
    ("type of the wrong kind", {"type": ["section"]}, "/type"),
    ("unknown key", section(text=plain("x"), colour="red"), ""),
    ("section without content", section(), ""),
    ("section text empty", section(text=mrkdwn("")), "/text/text"),
    ("section text 3001", section(text=mrkdwn("x" * 3001)), "/text/text"),
    ("section text as a string", section(text="x"), "/text"),
    ("text of unknown type", section(text={"type": "html", "text": "x"}), "/text/type"),
    ("emoji in mrkdwn", section(text={**mrkdwn("x"), "emoji": True}), "/text"),
    ("verbatim in plain text", section(text={**plain("x"), "verbatim": True}), "/text"),
    ("text as a number", section(text={"type": "mrkdwn", "text": 5}), "/text/text"),
    ("11 fields", section(fields=[plain("x")] * 11), "/fields"),
    ("no fields", section(fields=[]), "/fields"),
    ("field 2001", section(fields=[plain("x" * 2001)]), "/fields/0/text"),
    ("unknown accessory", section(text=plain("x"), accessory={"type": "video"}), "/accessory/type"),
    ("expand as a string", section(text=plain("x"), expand="yes"), "/expand"),
    ("header as mrkdwn", {"type": "header", "text": mrkdwn("x")}, "/text/type"),
    ("header 151", {"type": "header", "text": plain("x" * 151)}, "/text/text"),
    ("header level 5", {"type": "header", "text": plain("x"), "level": 5}, "/level"),
    ("header level true", {"type": "header", "text": plain("x"), "level": True}, "/level"),
    ("context of 11", context(*[plain("x")] * 11), "/elements"),
    ("context of none", context(), "/elements"),
    ("button in a context", context(button()), "/elements/0/type"),
    ("26 buttons", actions(*[button(action_id=f"a{n}") for n in range(26)]), "/elements"),
    ("actions of none", actions(), "/elements"),
    ("action_id 256", actions(button(action_id="x" * 256)), "/elements/0/action_id"),
    ("action_id twice in a block", actions(button(), button()), ""),
    ("block_id 256", section(text=plain("x"), block_id="x" * 256), "/block_id"),
    ("button text 76", actions(button(text=plain("x" * 76))), "/elements/0/text/text"),
    ("button text as mrkdwn", actions(button(text=mrkdwn("x"))), "/elements/0/text/type"),
    ("button without text", actions({"type": "button", "action_id": "a"}), "/elements/0"),
    ("button value 2001", actions(button(value="x" * 2001)), "/elements/0/value"),
    ("button value as a number", actions(button(value=5)), "/elements/0/value"),
    ("button url 3001", actions(button(url="https://" + "x" * 3000)), "/elements/0/url"),
    ("button url without scheme", actions(button(url="example.com")), "/elements/0/url"),
    ("button style", actions(button(style="warning")), "/elements/0/style"),
    ("button label 76", actions(button(accessibility_label="x" * 76)), "/elements/0/accessibility_label"),
    ("confirm without deny", actions(button(confirm={k: v for k, v in CONFIRM.items() if k != "deny"})), "/elements/0/confirm"),
    ("confirm title 101", actions(button(confirm={**CONFIRM, "title": plain("x" * 101)})), "/elements/0/confirm/title/text"),
    ("confirm text 301", actions(button(confirm={**CONFIRM, "text": plain("x" * 301)})), "/elements/0/confirm/text/text"),
    ("confirm deny 31", actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)})), "/elements/0/confirm/deny/text"),
    ("overflow of 6", actions({"type": "overflow", "options": [option()] * 6}), "/elements/0/options"),
    ("overflow of none", actions({"type": "overflow", "options": []}), "/elements/0/options"),
    ("option value 76", actions({"type": "overflow", "options": [option("x" * 76)]}), "/elements/0/options/0/value"),
    ("select of 101", actions(select(options=[option()] * 101)), "/elements/0/options"),
    ("select with options and groups", actions(select(options=[option()], option_groups=[])), "/elements/0"),
    ("select without options", actions(select()), "/elements/0"),
    ("option url in a select", actions(select(options=[option(url="https://a.b")])), "/elements/0/options/0"),
    ("initial not offered", actions(select(options=[option()], initial_option=option("2"))), "/elements/0/initial_option"),
    ("placeholder 151", actions(select(options=[option()], placeholder=plain("x" * 151))), "/elements/0/placeholder/text"),
    ("image without alt text", {"type": "image", "image_url": "https://a.b/c"}, ""),
    ("image alt text 2001", {**IMAGE, "alt_text": "x" * 2001}, "/alt_text"),
    ("image of no address", {**IMAGE, "image_url": "chart.png"}, "/image_url"),
    ("rich text of none", rich(), "/elements"),
    ("rich text unknown part", rich({"type": "rich_text_table"}), "/elements/0/type"),
    ("rich text empty text", rich(rich_section(words(""))), "/elements/0/elements/0/text"),
    ("rich text unknown element", rich(rich_section({"type": "mrkdwn", "text": "x"})), "/elements/0/elements/0/type"),
    ("rich text unknown style", rich(rich_section({**words("x"), "style": {"big": True}})), "/elements/0/elements/0/style"),
    ("link without scheme", rich(rich_section({"type": "link", "url": "javascript:x"})), "/elements/0/elements/0/url"),
    ("date without fallback", rich(rich_section({"type": "date", "timestamp": 1, "format": "{time}"})), "/elements/0/elements/0"),
    (
        "date in text",
        rich(rich_section({"type": "date", "timestamp": "1", "format": "{time}", "fallback": "x"})),
        "/elements/0/elements/0/timestamp",
    ),
    (
        "list style",
        rich({"type": "rich_text_list", "style": "dash", "elements": [rich_section(words("x"))]}),
        "/elements/0/style",
    ),
    (
        "list of words",
        rich({"type": "rich_text_list", "style": "bullet", "elements": [words("x")]}),
        "/elements/0/elements/0/type",
    ),
    (
        "emoji in preformatted",
        rich({"type": "rich_text_preformatted", "elements": [{"type": "emoji", "name": "x"}]}),
        "/elements/0/elements/0/type",
    ),
    ("chart title 51", chart(pie(1), title="x" * 51), "/title"),
    ("chart of unknown kind", chart({"type": "donut", "segments": []}), "/chart/type"),
    ("pie of a zero", chart(pie(0)), "/chart/segments/0/value"),
    ("pie of seven", chart(pie(*[1] * 7)), "/chart/segments"),
    ("21 points", bars(*[1] * 21), "/chart/axis_config/categories"),
    ("chart label 21", bars(1, categories=["x" * 21]), "/chart/axis_config/categories/0"),
    ("a point without its category", bars(1, 2, categories=["c1", "c0"]), "/chart/series/0/data"),
    ("a category twice", bars(1, 2, categories=["c0", "c0"]), "/chart/axis_config/categories"),
    ("two series of one name", bars(1, series=[{"name": "x", "data": [{"label": "c0", "value": 1}]}] * 2), "/chart/series"),
    ("a chart of no series", bars(1, series=[]), "/chart/series"),
    ("table of 101 rows", table(*[[cell("x")]] * 101), "/rows"),
    ("table of no rows", table(), "/rows"),
    ("row of 21 cells", table([cell("x")] * 21), "/rows/0"),
    ("row of no cells", table([]), "/rows/0"),
    ("empty cell", table([cell("")]), "/rows/0/0/text"),
    ("empty rich cell", table([rich(rich_section())]), "/rows/0/0/elements/0/elements"),
    ("cell of mrkdwn", table([mrkdwn("x")]), "/rows/0/0/type"),
    ("number cell as text", table([{"type": "raw_number", "value": "3", "text": "3"}]), "/rows/0/0/value"),
    ("21 column settings", table([cell("x")], column_settings=[None] * 21), "/column_settings"),
    ("column alignment", table([cell("x")], column_settings=[{"align": "middle"}]), "/column_settings/0/align"),
    ("table of 10,001 characters", table([cell("x" * 5000)], [cell("x" * 5001)]), "/rows"),
    ("empty markdown", {"type": "markdown", "text": ""}, "/text"),
]


@each(("block", "pointer"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_block_is_refused_at_its_place(block: Json, pointer: str) -> None:
    found = [(problem.error, problem.pointer) for problem in check_message(blocks_of(block)) if problem.refused]
    assert ("invalid_blocks", f"/blocks/0{pointer}") in found


@each(
    ("payload", "error", "pointer"),
    [
        ({}, "no_text", "/text"),
        ({"text": "  ", "blocks": []}, "no_text", "/text"),
        ({"text": 5}, "invalid_arguments", "/text"),
        ({"text": "x" * 40_001}, "msg_too_long", "/text"),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks", "/blocks"),
        ({"text": "x", "blocks": ["divider"]}, "invalid_blocks", "/blocks/0"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks", "/blocks"),
        (blocks_of({"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}), "invalid_blocks", "/blocks"),
        (blocks_of(*[section(text=mrkdwn("x" * 2601))] * 5), "msg_blocks_too_long", "/blocks"),
        (blocks_of(*[{"type": "markdown", "text": "x" * 6001}] * 2), "invalid_blocks", "/blocks"),
        (blocks_of(table([cell("a")]), table([cell("b")])), "invalid_attachments", "/blocks/1"),
        (blocks_of(bars(1), bars(1), bars(1)), "invalid_blocks", "/blocks/2"),
    ],
)
def test_a_broken_message_is_refused_by_slacks_name(payload: Json, error: str, pointer: str) -> None:
    assert (error, pointer) in [(problem.error, problem.pointer) for problem in check_message(payload) if problem.refused]


def test_the_complaint_reads_as_slack_writes_it() -> None:
    (problem,) = check_message(blocks_of(section(text=mrkdwn("x" * 3001))))
    assert str(problem) == "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"


def test_blocks_without_a_text_are_said_but_not_refused() -> None:
    (problem,) = check_message({"blocks": [{"type": "divider"}]})
    assert (problem.error, problem.pointer, problem.refused) == ("missing_text", "/text", False)


@each(
    "date",
    [
        "<!date^1763733802^{time}>",
        "<!date^1763733802^{time}|>",
        "<!date^soon^{time}|14:03>",
        "<!date^1763733802^{hour}|14:03>",
        "<!date^1763733802|14:03>",
        "<!date^1763733802^{time}|14:03",
    ],
)
def test_a_broken_date_is_said_but_not_refused(date: str) -> None:
    problems = check_message({"text": f"at {date} today"})
    assert problems
    assert {(problem.error, problem.refused) for problem in problems} == {("broken_date", False)}


def test_a_date_where_slack_reads_no_markup_is_said() -> None:
    (problem,) = check_message(blocks_of(section(text=plain("<!date^1763733802^{time}|14:03>"))))
    assert (problem.error, problem.pointer) == ("broken_date", "/blocks/0/text/text")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["section", "actions", "table"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "accessory", "rows", "options", "block_id"]), inner, max_size=4
        )
    ),
    max_leaves=15,
)


@given(text=JSON, blocks=JSON)
@example(text=None, blocks={"text": "", "type": []})
def test_no_content_whatever_makes_the_checker_raise(text: Any, blocks: Any) -> None:
    payload = {"text": text, "blocks": blocks}
    assert all(problem.pointer.startswith(("/text", "/blocks")) for problem in check_message(payload))
    mentions(payload)


def test_mentions_are_found_wherever_they_would_alert() -> None:
    payload = {
        "text": "<!here|here> &lt;!channel&gt;",
        "blocks": [
            section(text=mrkdwn("<@U123|ann> <!channel>"), fields=[plain("<!everyone>")]),
            rich(rich_section(words("<!channel>"), {"type": "broadcast", "range": "everyone"})),
        ],
    }
    assert mentions(payload) == ["<!here|here>", "<@U123|ann>", "<!channel>", "<!everyone>"]
