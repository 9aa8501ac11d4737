"""``python -m fastvec``, the same as the command ``fastvec``.

Python imports the package before this module, so Ctrl-C during that import prints a traceback.
"""

from fastvec_command import main

main()
