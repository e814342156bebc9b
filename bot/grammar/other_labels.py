"""Words before a run of digits that say it is something else than a phone number or a message id: an order, a case, a card.

`订单号：…`, `order no. …`, `case #…`, `"traceId":"…"`. A word such as `ticket` alone does not say so of a phone number, of which
people write beside it.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.grammar.cursor import ANY_HAN, pattern

_LONGEST = 48  # characters, with what stands between the label and its value
_ENGLISH = (
    "order|case|ticket|invoice|bill|tracking|track|waybill|shipment|shipping|parcel|package|courier|express|logistics|trade"
    "|transaction|trans|txn|payment|pay|refund|contract|policy|claim|quote|booking|reservation|flight|account|acct|bank|credit|debit"
    "|card|iban|passport|visa|licen[cs]e|permit|identity|identification|citizen|resident|national|social|ssn|tax|vat|tin|imei|imsi"
    "|iccid|sim|meid|mac|device|sn|serial|sku|barcode|isbn|coupon|voucher|contact|customer|client|member|membership|user|uid|openid"
    "|employee|staff|student|patient|vehicle|plate|vin|trace|span|session|request|req|correlation|event|job|task|incident|issue"
    "|bug|jira|problem|reference|ref|po|rma|purchase|merchant|shop|crm|erp|qq|wechat|weixin|sdkappid|appid|timestamp"
)
_NUMBER_OF = r"(?:numbers?|num|nos?|nr|code|ids?|key|ref)"
_KEY = rf"(?:[a-z]+[ _\-]?){{0,2}}?(?:{_ENGLISH})s?"
# 订单号, 快递单号, 银行卡, 身份证号码, 护照, 工单; 号码 alone, 手机号 and 短信编号 are ours.
_CHINESE = (
    rf"{ANY_HAN}{{0,6}}(?:订单|定单|訂單|工单|工單|单号|單號|运单|運單|快递|快遞|物流|包裹|发票|發票|合同|保单|保單|案件|案号|受理"
    r"|流水|交易|支付|退款|身份证|身份證|身份|证件|證件|证号|證號|护照|護照|通行证|驾照|驾驶证|军官证|户口|社保|医保|公积金"
    r"|学号|學號|学籍|工号|工號|编码|条码|银行卡|銀行卡|信用卡|储蓄卡|卡号|卡號|卡|账号|帐号|帳號|账户|帐户|税号|稅號|信用代码"
    r"|执照|车牌|车架|设备|序列|会员|會員|微信|群|房间|批次|取件码|兑换码|客户|客戶|用户|用戶|商户|買家|买家|店铺)"
)
_MESSAGES = pattern(rf"(?:短信|消息|信息|简讯|簡訊|回执|发送){ANY_HAN}{{0,3}} *[:=#\"'(\[]* *\Z")
_NUMBERED = rf"(?:[ _\-]?{_NUMBER_OF}(?![a-z])\.?|[ ]?#|(?:号码|號碼|号|號|编号|編號|码|碼|id))"
_BETWEEN = r"(?: ?(?:is|was|=>|->|为|為|是))?[\s:=#\"'`(\[{>*]{0,6}(?:[A-Z]{1,4}[\-_]?)?"
_LABEL = pattern(rf"(?P<label>(?:(?<![a-z]){_KEY}|{_CHINESE}){_NUMBERED}?){_BETWEEN}\Z")
_IS_NUMBERED = pattern(rf".*{_NUMBERED}\Z")
_PHONES = pattern(r"账|帐|帳|会员|會員|微信|客|用户|用戶|user|customer|client|contact|member|account|acct|uid|qq|wechat|weixin")


# A key of JSON or of a query that is not known to hold message ids: "eventKey":"…", seq=…
_KEY_OF_OURS = r"(?:[a-z]*(?:msg|message|biz|sms|serial)[a-z_\-]*|ids?|no|number)"
_ANY_KEY = pattern(rf"(?<![\w\-])(?!{_KEY_OF_OURS}[\"' ]*[:=])[a-z_][\w\-]*(?:[\"']? ?[:=] ?[\"']|=)\Z")


class OtherLabel(NamedTuple):
    """What a label says: of every bare run of digits, that it is no message id; `of_numbers`, that it is no phone number."""

    of_numbers: bool


def label_before(text: str, at: int) -> OtherLabel | None:
    """The label that ends right before `at`; None when there is none."""
    before = text[max(0, at - _LONGEST) : at]
    if before.rstrip()[-1:].isdigit():  # the number before, in a list of them: no label ends so
        return None
    found = None if _MESSAGES.search(before) else _LABEL.search(before)
    if found is None:
        return OtherLabel(of_numbers=False) if _ANY_KEY.search(before) else None
    return OtherLabel(_IS_NUMBERED.match(found["label"]) is not None and _PHONES.search(found["label"]) is None)
