"""`python -m gongshi`: the same as the command."""

from gongshi.cli import main

main()
