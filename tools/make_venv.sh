#!/bin/sh
# Make a virtual environment: make_venv.sh FOLDER [PYTHON]. Without PYTHON, the first one that is new enough.
set -eu
folder=$1
wanted=${2:-}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

python=
# Each is tried, not only looked up: a version manager may leave a name that does not run.
for name in ${wanted:-python3.11 python3.12 python3.13 python3 python}; do
    if new_enough "$name"; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    found=$("${wanted:-python3}" --version 2>/dev/null) || found="no ${wanted:-python3} that runs"
    echo "lrkit: error: Python 3.11 or newer is needed, got $found. Name one: make PYTHON=/path/to/python3.11 ..." >&2
    exit 2
fi
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    echo "lrkit: error: $python has no module venv. Install it (on Debian and Ubuntu: apt-get install python3-venv)." >&2
    exit 2
fi
# Made aside and moved would break its absolute paths, so a half-made one is removed instead.
trap 'rm -rf "$folder"' INT TERM
"$python" -m venv "$folder" || { rm -rf "$folder"; exit 2; }
