"""What the doctor asks of Slack. The rest of its checks are in `bot/doctor/`."""
