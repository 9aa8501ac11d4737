"""``python -m fastvec``."""

from fastvec.cli import main

main()
