"""What all tests share."""

import os

# Python processes that tests start use the installed fastvec, as the tests themselves do, and not
# the sources in the current folder, which hold no compiled core.
os.environ["PYTHONSAFEPATH"] = "1"
