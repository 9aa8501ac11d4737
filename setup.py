"""Build of the one extension module; everything else is in pyproject.toml.

FASTVEC_CFLAGS and FASTVEC_LDFLAGS add compiler and linker flags, for local builds only
(``-march=native``, sanitizers).
"""

import os
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

# Never -ffast-math: linked into a shared object it turns denormals off for the whole process.
# -g0: Python's own flags ask for debugging symbols, four fifths of the module's size.
FLAGS = ["-O3", "-g0", "-std=gnu11", "-fno-math-errno", "-fno-trapping-math", "-fvisibility=hidden"]

CSRC = Path("fastvec/csrc")

core = Extension(
    "fastvec._core",
    sources=["fastvec/_core.pyx", *map(str, sorted(CSRC.rglob("*.c")))],
    include_dirs=[str(CSRC)],
    depends=[
        str(p) for pattern in ("csrc/**/*.h", "core/*.pxi") for p in Path("fastvec").glob(pattern)
    ],
    extra_compile_args=FLAGS + os.environ.get("FASTVEC_CFLAGS", "").split(),
    extra_link_args=os.environ.get("FASTVEC_LDFLAGS", "").split(),
    libraries=["m"],
)

setup(
    ext_modules=cythonize(
        [core],
        compiler_directives={
            "language_level": 3,
            "boundscheck": False,
            "wraparound": False,
            "initializedcheck": False,
            "nonecheck": False,
            "allow_none_for_extension_args": False,  # where None may stand: "or None"
            "cdivision": True,
            "freethreading_compatible": True,
            "embedsignature": True,
        },
    )
)
