"""The vendors of this build: a folder each. A further one is its folder and a name here."""

VENDOR_FOLDERS = ("tencent", "tencent.legacy", "aliyun", "twilio")
"""In the order in which answers list them. `systems` of each is imported at every start, `plugin` when providers are opened."""
