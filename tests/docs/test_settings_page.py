"""docs/settings.md is what the code says today."""

from __future__ import annotations

from tests.docs.settings_page import PAGE, headings, models, settings_page


def test_the_page_of_the_settings_is_of_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "run ./scripts/settings"


def test_every_setting_stands_in_the_page_once_and_each_table_has_a_heading() -> None:
    page = settings_page()
    keys = [str(field.alias) for model in models() for field in model.model_fields.values()]

    assert [key for key in keys if page.count(f"| `{key}` |") != 1] == []
    assert {next(iter(model.model_fields.values())).alias for model in models()} <= headings().keys() <= set(keys)
