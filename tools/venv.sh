#!/bin/sh
# Make .venv with a Python that is new enough, and say clearly when there is none.
set -eu

good() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ -x .venv/bin/python ] && good .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; then
    exit 0
fi

for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if good "$python"; then found=$python; break; fi
done

apt_install() { # As root on Debian, what is missing can be had.
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$@" >&2
}

if [ -z "${found:-}" ]; then
    apt_install python3 python3-venv && good python3 && found=python3
fi
if [ -z "${found:-}" ]; then
    echo "Tagstore needs Python 3.11 or newer; none is on the PATH (or set PYTHON=…)." >&2
    exit 1
fi

make_venv() { "$found" -m venv --clear .venv; }
if ! make_venv 2>/dev/null; then
    apt_install python3-venv || true
    make_venv || {
        echo "Python's venv module is missing: install it (Debian: apt install python3-venv)." >&2
        exit 1
    }
fi
