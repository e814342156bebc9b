"""Who may see what: the gate in front of every listener.

visit        what one request of Slack says of who comes, where and how; what makes it the same request again    (pure)
rules        who is let in, in the order of the checks                                                           (pure)
directory    what Slack says of people and user groups, remembered; needs scopes and fails closed
limits       how many requests a person may make in a minute
gate         the rules over the directory
door         the Bolt middleware: acks, lets in or turns away; nothing reaches a listener another way
turning      how somebody who is turned away is told
"""

from bot.slack.access.authorizer import Gate, open_gate
from bot.slack.access.denials import Turning
from bot.slack.access.directory import Directory
from bot.slack.access.middleware import Door
from bot.slack.access.policy import Policy, Reason, Refusal
from bot.slack.access.request import Surface, Visit, current_visit, read_visit

__all__ = [
    "Directory",
    "Door",
    "Gate",
    "Policy",
    "Reason",
    "Refusal",
    "Surface",
    "Turning",
    "Visit",
    "current_visit",
    "open_gate",
    "read_visit",
]
