#!/usr/bin/env bash
# fuzz_text.sh FOLDER - compile FOLDER/fuzz_text with sanitizers; fails where there are none.
# With libFuzzer where clang has it, else with random inputs (fuzz_main.c).
set -euo pipefail
cd "$(dirname "$0")/../.."
flags="-std=gnu11 -Wall -Wextra -Werror -g1 -O1 -fno-omit-frame-pointer -Ifastvec/csrc"
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=all"
if clang $flags $sanitize,fuzzer tests/fuzz/fuzz_text.c fastvec/csrc/base/system.c -o "$1/fuzz_text" 2>/dev/null; then
    touch "$1/libfuzzer"
else
    ${CC:-gcc} $flags $sanitize tests/fuzz/fuzz_text.c tests/fuzz/fuzz_main.c \
        fastvec/csrc/base/system.c -o "$1/fuzz_text"
fi
