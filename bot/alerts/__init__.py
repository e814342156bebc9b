"""Alerts: "tell us before the customer does". The receipts of everybody, judged every minute, without a word of Slack.

cause      whose messages fail: a provider, an account, a carrier, or what they have in common
history    receipts by the minute, and sums over any span of them
rule       the rule of `stats` over windows of several lengths; since when it holds
widest     of all causes that it holds for, those to tell of
alert      an alert as a value: what it says, and how it ended
judge      the alerts of a minute ago and the history -> the alerts of now. Pure
silence    receipts that have stopped coming at all
reader     the receipt store -> history
"""
