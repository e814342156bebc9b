"""Tencent's legacy SMS API, version 5 (yun.tim.qq.com): a lookup by number, and the queue that hands each receipt out once.

signing      the `sig` of every call
errors       the errors of a response, and its rows, also of one that broke off
rows         a row -> a receipt or a reply; Tencent's callbacks push the same rows
provider     the provider `tencent-legacy`: pullstatus4mobile
queue        the queue: pullstatus
plugin       the vendor, with its own settings and system
"""

NAME = "tencent-legacy"
PATH = "/v5/tlssmssvr/"
MOST_ROWS = 100  # of one response, of either call
