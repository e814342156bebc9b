"""The provider adapters: one folder for each vendor, which alone knows that vendor's API.

Every vendor's folder has the same modules: systems (names, aliases, keys), settings, signing, errors, rows, provider*, callbacks
and plugin (the `Vendor`, which `registry.py` lists).
"""
