"""Alibaba Cloud SMS, domestic and international."""

DOMESTIC_NAME = "aliyun"
INTL_NAME = "aliyun-intl"
