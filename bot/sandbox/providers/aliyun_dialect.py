"""The forms about which Alibaba's own pages and SDKs contradict each other. A client must read all of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Dialect:
    """Which forms the emulator uses; may be changed while it runs."""

    total_count_as_text: bool = False  # pages and SDK say string; bodies seen in public issues have an integer
    empty_fields_while_pending: bool = False  # `ErrCode: ""` instead of no such field
    status_as_text: bool = True  # QueryMessage: current pages say string, old ones number
    old_status_table: bool = (
        False  # QueryMessage: 1 submitted, 2 failed, 3 delivered, instead of 1 delivered, 2 failed, 3 sending
    )
    old_prefixes: bool = False  # `isv.DATA_NOT_EXIST` instead of `DATA_NOT_EXIST`
