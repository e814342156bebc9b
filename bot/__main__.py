"""`python -m bot` is `smsstatus`."""

from bot.cli.main import main

main()
