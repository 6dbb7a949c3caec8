#!/usr/bin/env bash
# Installs snnc into an empty folder and uses it from there as strangers do: a C++ project that finds
# it, and a wheel in an empty virtual environment that trains the second example for 20 steps.
#
#   run.sh cpp|wheel BUILD_FOLDER
set -euo pipefail
part=$1 build=$(realpath "$2")
source=$(realpath "$(dirname "$0")/../..")
export PATH="$source/.deps/bin:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
cmake --install "$build" --prefix "$prefix" >/dev/null

if [ "$part" = cpp ]; then
    cmake -G Ninja -S "$source/tests/package" -B "$work/build" -DCMAKE_BUILD_TYPE=Release \
          -DCMAKE_PREFIX_PATH="$prefix" -DEXAMPLE="$source/examples/embed.cpp" >/dev/null
    cmake --build "$work/build"
    "$work/build/embed" | tee "$work/said"
    grep -qE '^(9[0-9]|100) % of the points' "$work/said"
    "$prefix/bin/snnc" check "$source/examples/02_fashion_mlp.snn"
else
    "$source/.deps/bin/pip" wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps \
        "$source" -w "$work" --config-settings=build-dir="$work/build" \
        --config-settings=cmake.define.CMAKE_PREFIX_PATH="$prefix"
    rm -r "$prefix"  # the wheel stands alone
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check "$work"/snnc-*.whl
    cd "$work"
    venv/bin/python "$source/tests/package/train_example.py" "$source/examples/02_fashion_mlp.snn"
fi
