"""`python -m kakehashi` is the same as `kakehashi`."""

from kakehashi.cli import main

main()
