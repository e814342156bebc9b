"""Strict local stand-ins for the outside world, for the demo and the tests; nothing of the product imports them.

providers/    Tencent Cloud and Alibaba Cloud, judging signatures by their own code
slack/        a Slack workspace with a web page
scenario.py   the data that the stand-ins tell, the commands to try and the faults to switch on
"""
