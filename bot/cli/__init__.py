"""The command line: `smsstatus …`."""
