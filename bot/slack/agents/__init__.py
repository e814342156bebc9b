"""Agents that ask over Slack: Slackbot calls `/mcp` of HTTP mode, on behalf of the person it talks with.

https://docs.slack.dev/ai/slackbot-mcp-client

endpoint    the POST that Slack has signed, and its answer
caller      the person behind it, at the gate that everybody passes
"""
