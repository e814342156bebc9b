"""Tencent Cloud SMS."""

NAME = "tencent"
