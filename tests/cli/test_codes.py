"""explain and codes export as they are typed: offline, without any setting."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@cache
def run(*arguments: str, **environ: str) -> tuple[int, str]:
    """The exit status and what was printed, with nothing set but `environ`. What several tests look at is run once."""
    return run_anew(*arguments, **environ)


def run_anew(*arguments: str, **environ: str) -> tuple[int, str]:
    """The same, for a command that writes files."""
    unset = dict.fromkeys(("SMSSTATUS_CONFIG", "SMSSTATUS_CODES_OVERLAY", "SMSSTATUS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    done = CliRunner().invoke(main, list(arguments), env=unset | {"COLUMNS": "160"} | environ)
    return done.exit_code, done.output


def test_an_ambiguous_code_shows_its_meanings_by_provider_and_carrier() -> None:
    _, out = run("explain", "1")
    assert "China Unicom" in out
    assert "China Telecom" in out
    assert "Tell the customer:" in out


@pytest.mark.parametrize("words", [("30007",), ("twilio", "30007"), ("https://www.twilio.com/docs/api/errors/30007",)])
def test_a_number_of_twilios_is_explained_as_twilios_alone(words: tuple[str, ...]) -> None:
    status, out = run("explain", *words)
    assert status == 0
    assert "30007 · Twilio · receipt" in out
    assert "Filtered as spam or a breach of the rules." in out
    assert not any(other in out for other in ("Tencent", "Alibaba"))


def test_a_mistyped_code_gets_the_nearest_ones() -> None:
    _, out = run("explain", "MK:008")
    assert "MK:0008" in out


def test_a_term_of_the_field_is_explained() -> None:
    _, out = run("explain", "receipt")
    assert out.startswith("Receipt (DLR)")
    assert "only proof of delivery" in " ".join(out.split())


def test_a_term_is_in_the_json_too() -> None:
    status, out = run("explain", "--json", "签名")
    value = json.loads(out)
    assert (status, value["listed"], value["term"]["id"]) == (0, False, "signature")


def test_words_that_are_no_code_are_searched_for_in_the_meanings() -> None:
    assert "The number is on a do-not-send list" in run("explain", "number", "is", "blacklisted")[1]


def test_a_code_with_a_slip_is_told_with_the_code_that_was_meant() -> None:
    status, out = run("explain", "isv.BUSSINESS_LIMIT_CONTROL")
    assert status == 0
    assert out.startswith("isv.BUSSINESS_LIMIT_CONTROL is not listed. isv.BUSINESS_LIMIT_CONTROL differs in one letter:")


@pytest.mark.parametrize("code", ["isv.FOO_BAR", "isp.GATEWAY_TIMEOUT", "FailedOperation.FooBar", "UnsupportedOperation.Foo"])
def test_the_meaning_of_a_group_is_said_to_be_the_groups(code: str) -> None:
    status, out = run("explain", code)
    assert status == 1
    assert f"{code} is not listed. Codes of the same group usually mean:" in " ".join(out.split())


def test_the_number_inside_a_code_is_said_to_be_what_was_read() -> None:
    status, out = run("explain", "SME10")
    assert status == 0
    assert out.startswith("SME10 is not listed. The number inside it means, in other codes:\nSME10 · Tencent")


def test_search_shows_meanings_with_their_codes_by_provider() -> None:
    status, out = run("explain", "--search", "blacklist")
    assert status == 0
    assert out.startswith("Codes about “blacklist”:\nThe number is on a do-not-send list")
    assert "MOBILE_IN_BLACK" in out


def test_a_search_in_chinese_is_answered_in_chinese() -> None:
    assert run("explain", "--search", "黑名单")[1].startswith("与 “黑名单” 有关的错误码：\n号码在黑名单中")


def test_a_search_in_chinese_is_answered_in_english_for_who_asked_for_that() -> None:
    assert run("explain", "--search", "黑名单", "--language", "en")[1].startswith(
        "Codes about “黑名单”:\nThe number is on a do-not-send list"
    )


def test_a_search_in_english_is_answered_in_the_terminals_language() -> None:
    assert run("explain", "--search", "blacklist", LANG="zh_CN.UTF-8")[1].startswith(
        "与 “blacklist” 有关的错误码：\n号码在黑名单中"
    )


def test_a_code_is_explained_in_the_terminals_language() -> None:
    _, out = run("explain", "1", LANG="zh_CN.UTF-8")
    assert out.startswith("1 · 腾讯云 · 中国联通 · 回执")
    assert "告诉客户：" in out
    assert run("explain", "receipt", "--language", "zh")[1].startswith("回执")
    assert "空号" in run("explain", "空号吗", LANG="zh_CN.UTF-8")[1]


def test_a_code_that_is_not_listed_is_told_in_chinese() -> None:
    assert run("explain", "MK:008", LANG="zh_CN.UTF-8")[1].startswith("MK:008 未收录。\n相近的错误码：MK:0008")


def test_a_search_can_be_read_by_programs() -> None:
    value = json.loads(run("explain", "--search", "--json", "空号")[1])
    assert value["found"][0]["family"] == "number_invalid"
    assert {"vendor", "kind", "code", "confidence"} == value["found"][0]["codes"][0].keys()


def test_a_search_without_result_says_so_and_shows_no_control_characters() -> None:
    status, out = run("explain", "--search", "qq\x1b[31mqq")
    assert status == 1
    assert "Nothing in the catalogue matches" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(("form", "begins"), [("csv", "vendor,kind,code"), ("json", "{"), ("markdown", "# SMS delivery codes")])
def test_the_catalogue_is_exported_to_standard_output(form: str, begins: str) -> None:
    status, out = run("codes", "export", "--format", form)
    assert status == 0
    assert out.startswith(begins)
    if form != "markdown":  # where two blanks break a line
        assert " \n" not in out


@pytest.mark.parametrize(("form", "begins"), [("csv", "vendor,kind,code"), ("json", "{"), ("markdown", "# SMS delivery codes")])
def test_a_terminals_language_changes_no_file(form: str, begins: str) -> None:
    english = run("codes", "export", "--format", form)
    assert run("codes", "export", "--format", form, LANG="zh_CN.UTF-8", SMSSTATUS_LANGUAGE="zh") == english
    assert english[1].startswith(begins)


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_file_is_in_chinese_when_that_is_asked_for(where: str) -> None:
    asked, command = ["--language", "zh"], ["codes", "export"]
    out = run(*([*asked, *command] if where == "before" else [*command, *asked]))[1]
    assert "错误码" in out.splitlines()[0]
    assert out.splitlines()[1:] == run(*command)[1].splitlines()[1:]


def test_json_is_the_same_in_every_language() -> None:
    for words in (["codes", "export", "--format", "json"], ["explain", "--json", "1"], ["explain", "--json", "--search", "空号"]):
        assert run(*words, "--language", "zh") == run(*words)


def test_the_catalogue_is_exported_to_a_file(tmp_path: Path) -> None:
    status, out = run("codes", "export", "--output", str(tmp_path / "codes.csv"))
    assert (status, out) == (0, "")
    assert (tmp_path / "codes.csv").read_text(encoding="utf-8").startswith("vendor,kind,code")


def test_a_file_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    status, out = run("codes", "export", "--format", "markdown", "--output", str(tmp_path / "none" / "codes.md"))
    assert status == 1
    assert "No such file or directory" in out


def test_explain_reads_the_overlay(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('[[codes]]\nvendor="tencent"\nkind="receipt"\ncode="ZZ:1234"\nfamily="ported"\n', encoding="utf-8")
    assert "moved to another carrier" in run("explain", "ZZ:1234", SMSSTATUS_CODES_OVERLAY=str(overlay))[1]


def test_an_overlay_that_is_wrong_is_told_in_chinese(tmp_path: Path) -> None:
    status, out = run("explain", "1", SMSSTATUS_CODES_OVERLAY=str(tmp_path / "none.toml"), LANG="zh_CN.UTF-8")
    assert status == 2
    assert out.startswith("SMSSTATUS_CODES_OVERLAY")
    assert "cannot be read" not in out


def test_an_overlay_that_is_wrong_is_one_line_and_exit_status_2(tmp_path: Path) -> None:
    status, out = run("explain", "1", SMSSTATUS_CODES_OVERLAY=str(tmp_path / "none.toml"))
    assert status == 2
    assert out.startswith("SMSSTATUS_CODES_OVERLAY: ")


@pytest.mark.parametrize(
    ("asked", "status"), [("MK:0001", 0), ("MK0001", 0), ("关机", 0), ("receipt", 0), ("MK:9999", 1), ("MK:008", 1), ("qqqq", 1)]
)
def test_the_exit_status_says_whether_anything_is_known(asked: str, status: int) -> None:
    assert run("explain", asked)[0] == status
    assert run("explain", "--json", asked)[0] == status


def test_a_code_that_is_listed_has_no_similar_codes() -> None:
    value = json.loads(run("explain", "--json", "MK:0001")[1])
    assert (value["listed"], value["codes"], value["similar"]) == (True, ["MK:0001"], [])


def test_the_limit_that_the_vendors_words_name_is_told() -> None:
    status, out = run("explain", "触发分钟级流控Permits:1")
    assert status == 0
    assert out.startswith("The limit reached here: 1 a minute for one number.")
    assert json.loads(run("explain", "--json", "触发小时级流控Permits:5")[1])["limit"] == {"per": "hour", "count": 5}


@pytest.mark.parametrize(("words", "per", "said"), [("分钟", "minute", "per minute"), ("号码天", "day", "per day")])
def test_a_limit_without_a_count_is_told_by_its_span(words: str, per: str, said: str) -> None:
    _, out = run("explain", f"触发{words}级流控")
    assert out.startswith(f"The limit {said} for one number was reached.")
    assert json.loads(run("explain", "--json", f"触发{words}级流控")[1])["limit"] == {"per": per, "count": None}


@pytest.mark.parametrize("words", [["关机"], ["--search", "关机"]])
def test_what_words_are_about_has_what_to_do_in_both_languages_for_programs(words: list[str]) -> None:
    found = json.loads(run("explain", "--json", *words)[1])["found"][0]
    assert (found["family"], found["owner"], found["resend"]) == ("handset_off", "recipient", "later")
    for name in ("title", "meaning", "next_step", "tell", "causes"):
        assert found[name].keys() == {"en", "zh"}
        assert all(found[name].values())


def test_words_lead_to_what_to_do_and_what_to_tell_the_customer() -> None:
    out = run("explain", "phone off")[1]
    assert "Do now:" in out
    assert "Tell the customer:" in out
    assert "MK:0024" in out


def test_a_phone_number_is_never_repeated() -> None:
    for words in (
        ["explain", "XX:13812345678"],
        ["explain", "--json", "no idea 13812345678"],
        ["explain", "--search", "13812345678"],
    ):
        assert "13812345678" not in run(*words)[1]


def test_the_site_is_written_with_the_installations_own_explanations_unless_it_is_a_public_one(tmp_path: Path) -> None:
    overlay, folder = tmp_path / "overlay.toml", tmp_path / "site"
    overlay.write_text('[[codes]]\nvendor="tencent"\nkind="receipt"\ncode="ZZ:1234"\nfamily="ported"\n', encoding="utf-8")
    own = folder / "en" / "c" / "zz-1234.html"
    status, out = run_anew("codes", "site", str(folder), SMSSTATUS_CODES_OVERLAY=str(overlay))
    assert (status, own.is_file()) == (0, True)
    assert re.fullmatch(rf"{folder}: ([\d,]+) files, \1 written, 0 removed\.\n", out)
    status, out = run_anew("codes", "site", "--packaged", str(folder), SMSSTATUS_CODES_OVERLAY=str(overlay))
    assert (status, own.is_file()) == (0, False)
    assert out.endswith(" 3 removed.\n"), "its page in both languages, and its JSON"


def test_a_data_package_is_written_and_stays_as_it_is(tmp_path: Path) -> None:
    first, again = (run_anew("codes", "package", str(tmp_path / "package")) for _ in range(2))
    assert first == (0, f"{tmp_path / 'package'}: 5 files, 5 written, 0 removed.\n")
    assert again == (0, f"{tmp_path / 'package'}: 5 files, 0 written, 0 removed.\n")


@pytest.mark.parametrize("kind", ["site", "package"])
def test_a_folder_with_other_files_is_refused_and_untouched(tmp_path: Path, kind: str) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    status, out = run_anew("codes", kind, str(tmp_path))
    assert status == 2
    assert out == f"{tmp_path} holds other files, which stay untouched; give an empty or a new folder, such as ./site\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert "未作任何改动" in run_anew("codes", kind, str(tmp_path), LANG="zh_CN.UTF-8")[1]


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    status, out = run_anew("codes", "package", str(tmp_path / "file" / "below"))
    assert status == 1
    assert "Not a directory" in out
