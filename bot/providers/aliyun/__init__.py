"""Alibaba Cloud SMS, domestic and international."""
