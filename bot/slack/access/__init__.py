"""Who may ask and see what: authorisation in front of every listener.

policy.py        who is allowed, in the order of the checks. Pure
directory.py     what Slack says of people and user groups, cached; needs scopes and fails closed
rate_limiter.py  how many requests a person may make in a minute
authorizer.py    the policy over the directory
middleware.py    the Bolt middleware: acks, allows or denies; nothing reaches a listener another way
denials.py       access-denied responses
unhandled.py     what no listener takes, and errors that escape one
"""

from bot.slack.access.authorizer import Authorizer, open_authorizer, policy_of
from bot.slack.access.denials import Denials
from bot.slack.access.directory import Directory
from bot.slack.access.middleware import AuthorizationMiddleware
from bot.slack.access.policy import AccessPolicy, Denial, DenialReason
from bot.slack.access.unhandled import UnhandledRequests
from bot.slack.requests.slack_request import SlackRequest, Surface, parse_request

__all__ = [
    "AccessPolicy",
    "AuthorizationMiddleware",
    "Authorizer",
    "Denial",
    "DenialReason",
    "Denials",
    "Directory",
    "SlackRequest",
    "Surface",
    "UnhandledRequests",
    "open_authorizer",
    "parse_request",
    "policy_of",
]
