"""Print the packages that the tests of the installed fastvec use, one a line, for this Python."""

from importlib.metadata import requires

from pip._vendor.packaging.requirements import Requirement

EXTRAS = ("test", "ann", "arrow", "remote", "wmd", "zstd")

for line in requires("fastvec") or []:
    needed = Requirement(line)
    marker = needed.marker
    if needed.name == "fastvec" or marker is None:
        continue
    if any(marker.evaluate({"extra": extra}) for extra in EXTRAS):
        print(f"{needed.name}{needed.specifier}")
