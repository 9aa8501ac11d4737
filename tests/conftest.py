"""What all tests share."""

import os
import signal

from hypothesis import HealthCheck, settings

# Python processes that tests start use the installed fastvec, as the tests themselves do, and not
# the sources in the current folder, which hold no compiled core.
os.environ["PYTHONSAFEPATH"] = "1"

# What a shell starts in the background ignores Ctrl-C, and so would the processes that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

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
