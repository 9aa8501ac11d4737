"""Print the packages that the tests of the installed fastvec use, one a line, for this Python."""

from importlib.metadata import requires

from pip._vendor.packaging.requirements import Requirement

REQUIREMENTS = [Requirement(line) for line in requires("fastvec") or []]


def packages(extra: str) -> set[str]:
    """Those of an extra, and of the extras that it names."""
    found = set()
    for needed in REQUIREMENTS:
        if needed.marker is None or not needed.marker.evaluate({"extra": extra}):
            continue
        if needed.name == "fastvec":
            found.update(*(packages(other) for other in needed.extras))
        else:
            found.add(f"{needed.name}{needed.specifier}")
    return found


print(*sorted(packages("test")), sep="\n")
