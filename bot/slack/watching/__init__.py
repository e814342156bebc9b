"""Watches: "tell me when it's final".

watch     a watch as a value, and as it is sealed
store     where watches are kept, leased and counted, for all replicas
service   begins, stops and lists them, for every surface
watcher   looks when a look is due, edits the card, and says the outcome once
"""
