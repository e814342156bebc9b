"""`python -m bot` is `smsstatus`."""

from bot.cli import main

main()
