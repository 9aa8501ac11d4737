"""Found where the native core, which has the same name, is not built: it says what to do."""

import sys
from pathlib import Path

raise ImportError(
    f"{Path(__file__).parent} has no native core for Python {sys.version_info.major}."
    f"{sys.version_info.minor}: build it (pip install -e . in the sources), or start Python in "
    "another folder if fastvec is installed"
)
