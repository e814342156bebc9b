"""The forms of the vendors' message ids. By its form an id tells whose it is: alone, beside a number and in running text.

The grammar reads texts by this table, and it is given no vendor: so the one line that a new form needs stands here rather than in
the vendor's folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_ID = 128  # characters; the longest known is Tencent's SerialNo with some 35
MAX_DIGITS = 20  # of Alibaba international's MessageId in running text, which has 18; longer runs are payments and parcels


@dataclass(frozen=True, slots=True)
class IdForm:
    """The form of one system's ids, as sources of patterns that ignore case; `in_text` is the stricter one for running text."""

    system: str
    source: str
    in_text: str
    is_digits: bool = False  # a number's digits could be one, so it is a target by itself only

    def fits(self, message_id: str) -> bool:
        """Whether `message_id` is of this form."""
        return re.fullmatch(self.source, message_id, re.ASCII | re.IGNORECASE) is not None


ID_FORMS = (
    # A SerialNo, "5000:1045710669157053657849499619": https://cloud.tencent.com/document/product/382/55981
    IdForm("tencent", r"\d{1,8}:\d{10,}", rf"\d{{1,8}}:\d{{10,{MAX_ID - 9}}}+"),
    # A BizId, "900000000000000001^0": https://help.aliyun.com/document_detail/101414.html
    IdForm("aliyun", r"\d+\^\d+", r"\d{6,40}\^\d{1,9}+"),
    # A message's SID, "SM" or, of an MMS, "MM" and a hash: https://www.twilio.com/docs/messaging/api/message-resource
    IdForm("twilio", r"[SM]M[0-9a-f]{32}", r"[SM]M[0-9a-f]{32}"),
    # A MessageId: https://help.aliyun.com/zh/sms/querymessage-intl. An E.164 number has at most 15 digits
    # (https://www.itu.int/rec/T-REC-E.164).
    IdForm("aliyun-intl", r"\d{16,}", rf"\d{{16,{MAX_DIGITS}}}+", is_digits=True),
)


def issuer_of(message_id: str) -> str | None:
    """The system whose message ids have this form; None when the form does not tell."""
    return next((form.system for form in ID_FORMS if form.fits(message_id)), None)
