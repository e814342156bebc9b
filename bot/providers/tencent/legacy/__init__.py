"""Tencent's legacy SMS API, version 5 (yun.tim.qq.com): a lookup by number, and the queue that hands each receipt out once.

signing.py   the `sig` of every call
answers.py   is an answer an error; its rows, also of one that broke off
rows.py      a row -> a receipt or a reply; the callbacks push the same rows
adapter.py   the provider `tencent-legacy`: pullstatus4mobile
queue.py     the queue: pullstatus
"""

NAME = "tencent-legacy"
PATH = "/v5/tlssmssvr/"
MOST_ROWS = 100  # of one answer, of either call
