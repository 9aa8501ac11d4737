"""What all tests share."""

import os

from hypothesis import HealthCheck, settings

# Python processes that tests start use the installed fastvec, as the tests themselves do, and not
# the sources in the current folder, which hold no compiled core.
os.environ["PYTHONSAFEPATH"] = "1"

# On a machine with other work any example may take long.
settings.register_profile("plain", deadline=None)
settings.load_profile("plain")

# make fuzz: more examples, new ones each time.
settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=500,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
