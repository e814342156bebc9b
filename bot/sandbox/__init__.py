"""The sandbox: strict local emulators of Slack and the provider APIs, for the demo and the tests. See README.md.

providers/            Tencent Cloud and Alibaba Cloud, verifying signatures by code of their own
slack/                a Slack workspace with a web page
stories.py            the test numbers and their messages
scenario.py           the emulators' data as of now, example commands, faults to switch on
archive.py            the legacy queue's content
demo.py               the app against all of these
demo_installation.py  the Slack app as `manifest.yml` describes it
plain.py              Block Kit as plain text
"""
