"""Build of the one extension module; everything else is in pyproject.toml.

FASTVEC_CFLAGS and FASTVEC_LDFLAGS add compiler and linker flags, for local builds only
(``-march=native``, sanitizers).  FASTVEC_ABI3=1 makes one wheel for all Pythons from 3.11 on that
have the GIL.
"""

import os
import sys
import sysconfig
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CCompilerError, ExecError, PlatformError

# Never -ffast-math: linked into a shared object it turns denormals off for the whole process.
# -g0: Python's own flags ask for debugging symbols, four fifths of the module's size.
FLAGS = ["-O3", "-g0", "-std=gnu11", "-fno-math-errno", "-fno-trapping-math", "-fvisibility=hidden"]

NO_COMPILER = """
The native core of fastvec could not be compiled: the reason stands above.
It needs a 64-bit little-endian machine, and a C compiler: gcc 12 or later, or clang.
    Debian, Ubuntu:  apt install gcc libc6-dev python3-dev
    Fedora:          dnf install gcc python3-devel
    macOS:           xcode-select --install
    Windows:         the component "C++ Clang tools" of the Visual Studio Build Tools
A wheel needs no compiler:  pip install --only-binary fastvec fastvec
"""

CSRC = Path("fastvec/csrc")
FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))  # it has no limited API yet
ABI3 = os.environ.get("FASTVEC_ABI3") == "1" and not FREE_THREADED


class BuildCore(build_ext):
    """Builds with clang on Windows, and says what is needed where the compiler fails."""

    def build_extensions(self) -> None:
        try:
            if self.compiler.compiler_type == "msvc":
                self.use_clang()
            super().build_extensions()
        except (CCompilerError, ExecError, PlatformError) as error:
            sys.exit(f"{error}\n{NO_COMPILER}")

    def use_clang(self) -> None:
        """Compile with clang-cl, which takes the options of Microsoft's compiler too."""
        machine = {"win-amd64": "x86_64", "win-arm64": "aarch64"}.get(self.plat_name, "unknown")
        self.compiler.initialize(self.plat_name)
        self.compiler.cc = "clang-cl"
        for extension in self.extensions:
            flags = [f"/clang:{flag}" for flag in extension.extra_compile_args]
            extension.extra_compile_args = [f"--target={machine}-pc-windows-msvc", *flags]


core = Extension(
    "fastvec._core",
    sources=["fastvec/_core.pyx", *map(str, sorted(CSRC.rglob("*.c")))],
    include_dirs=[str(CSRC)],
    depends=[
        str(p) for pattern in ("csrc/**/*.h", "core/*.pxi") for p in Path("fastvec").glob(pattern)
    ],
    extra_compile_args=FLAGS + os.environ.get("FASTVEC_CFLAGS", "").split(),
    extra_link_args=os.environ.get("FASTVEC_LDFLAGS", "").split(),
    libraries=[] if sys.platform == "win32" else ["m"],
    define_macros=[("Py_LIMITED_API", "0x030B0000")] if ABI3 else [],
    py_limited_api=ABI3,
)

setup(
    cmdclass={"build_ext": BuildCore},
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if ABI3 else {},
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
    ),
)
