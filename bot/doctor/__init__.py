"""The self-check, for the terminal and for Slack: what is asked, and what is found. What is asked of Slack: `slack/doctor/`.

check      one finding: its subject, how it is, what mends it
settings   doubts, and which hosts are reached through which proxy
accounts   each account at a vendor
store      the database
"""
