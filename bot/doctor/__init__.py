"""The self-check, for the terminal and for Slack: what is asked, and what is found. What is asked of Slack: `slack/doctor/`.

check        one finding: its subject, how it is, what mends it
settings     doubts, and which hosts are reached through which proxy
examination  the rest, all at once
accounts     each account at a vendor
keys         what their keys can do besides reading
clock        this machine's clock beside theirs
store        the database and its disk
callbacks    when the last receipt of each system came
catalogue    how old it is
"""
