"""Who may see what: the gate in front of every listener.

visit        what one request of Slack says of who comes, where and how; what makes it the same request again    (pure)
rules        who is let in, in the order of the checks                                                           (pure)
directory    what Slack says of people and user groups, remembered; needs scopes and fails closed
limits       how many requests a person may make in a minute
gate         the rules over the directory
door         the Bolt middleware: acks, lets in or turns away; nothing reaches a listener another way
turning      how somebody who is turned away is told
"""

from bot.slack.access.authorizer import Authorizer, open_authorizer
from bot.slack.access.denials import DenialResponder
from bot.slack.access.directory import Directory
from bot.slack.access.middleware import AuthorizationMiddleware
from bot.slack.access.policy import AccessPolicy, Denial, DenialReason
from bot.slack.requests.slack_request import SlackRequest, Surface, current_visit, parse_request

__all__ = [
    "AccessPolicy",
    "AuthorizationMiddleware",
    "Authorizer",
    "Denial",
    "DenialReason",
    "DenialResponder",
    "Directory",
    "SlackRequest",
    "Surface",
    "current_visit",
    "open_authorizer",
    "parse_request",
]
