#!/usr/bin/env bash
# fuzz.sh SECONDS - half of the time tests/fuzz_text.c, then the property tests of reading and of
# corpus files again and again with fresh inputs; both with AddressSanitizer and UBSan.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
folder=build/fuzz
flags="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g1 -O1"
mkdir -p $folder

if ! ${CC:-gcc} -std=gnu11 -Wall -Wextra $flags -Ifastvec/csrc tests/fuzz_text.c \
    -o $folder/fuzz_text; then
    echo "fuzz: skipped, ${CC:-gcc} has no sanitizers here"
    exit 0
fi
$folder/fuzz_text $((seconds / 2))

FASTVEC_CFLAGS=$flags FASTVEC_LDFLAGS=$flags python setup.py -q build --build-base $folder
export PYTHONPATH=$(echo $folder/lib.*) PYTHONSAFEPATH=1
export LD_PRELOAD=$(gcc -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0
python -c "import fastvec._core as core; assert '$folder' in core.__file__, core.__file__"
end=$((SECONDS + seconds / 2))
while ((SECONDS < end)); do
    python -m pytest -q -p no:cacheprovider --capture=sys --hypothesis-profile=fuzz \
        --hypothesis-seed=$RANDOM tests/test_corpus.py -k "any or against or unseen"
done
