#!/usr/bin/env bash
# fuzz.sh SECONDS - a third of the time each, all with AddressSanitizer and UBSan:
#   1. csrc/text: inputs grown by coverage where clang has libFuzzer, else random ones;
#   2. corpus files and phrases: inputs grown by the coverage of the Python that reads them (atheris);
#   3. the property tests of reading and of corpus files, with fresh examples.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=$(($1 / 3))
folder=$PWD/build/fuzz
flags="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g1 -O1"
mkdir -p "$folder/inputs"

if ! tests/fuzz/fuzz_text.sh "$folder"; then
    echo "fuzz: skipped, ${CC:-gcc} has no sanitizers here"
    exit 0
fi
if [ -e "$folder/libfuzzer" ]; then
    "$folder/fuzz_text" -max_total_time="$seconds" -max_len=4096 -artifact_prefix="$folder/"
else
    "$folder/fuzz_text" "$seconds"
fi

# The sanitizers' own library is not linked: the one that brings libFuzzer too takes its place.
FASTVEC_CFLAGS=$flags FASTVEC_LDFLAGS="-Wl,-z,undefs" python setup.py -q build --build-base "$folder"
export PYTHONPATH=$(echo "$folder"/lib.*) PYTHONSAFEPATH=1 ASAN_OPTIONS=detect_leaks=0
gcc_runtime="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
LD_PRELOAD=$gcc_runtime python -c "import fastvec._core as core
assert '$folder' in core.__file__, core.__file__"

if runtime=$(python -c "
import atheris, pathlib
print(pathlib.Path(atheris.__file__).parent.parent / 'asan_with_fuzzer.so')" 2>/dev/null); then
    export FUZZ_READERS="corpus,corpus as a source,phrases,frozen phrases"
    LD_PRELOAD=$gcc_runtime python tests/fuzz/fuzz_files.py --seeds "$folder/inputs" 2>/dev/null
    LD_PRELOAD=$runtime python tests/fuzz/fuzz_files.py -max_total_time="$seconds" \
        -timeout=300 -max_len=4096 -artifact_prefix="$folder/" "$folder/inputs" 2>&1 |
        { grep -v -e Instrumenting -e REDUCE -e NEW -e pulse || true; }
else
    echo "fuzz: corpus files and phrases without coverage, in the property tests only (no atheris here)"
fi

end=$((SECONDS + seconds))
while ((SECONDS < end)); do
    LD_PRELOAD=$gcc_runtime python -m pytest -q -p no:cacheprovider --capture=sys \
        --hypothesis-profile=fuzz --hypothesis-seed=$RANDOM tests/corpus \
        -k "any or against or unseen"
done
