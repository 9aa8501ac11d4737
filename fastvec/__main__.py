"""``python -m fastvec``.  Python imports the package before this: Ctrl-C while it does ends in a
traceback, unlike that of the command ``fastvec``."""

from fastvec_command import main

main()
