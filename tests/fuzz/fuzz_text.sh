#!/usr/bin/env bash
# fuzz_text.sh FOLDER - compile fuzz_text with sanitizers into a folder; fails where there are none.
set -euo pipefail
cd "$(dirname "$0")/../.."
cc="${CC:-gcc} -std=gnu11 -Wall -Wextra -Werror -g1"
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
$cc -O1 $sanitize -fsanitize-coverage=trace-pc -Ifastvec/csrc -c tests/fuzz/fuzz_text.c -o "$1/text.o"
$cc -O2 -c tests/fuzz/fuzz_driver.c -o "$1/driver.o"
$cc $sanitize "$1/text.o" "$1/driver.o" -o "$1/fuzz_text"
