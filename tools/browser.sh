#!/bin/sh
# Print the path of a Chromium: $CHROMIUM, the PATH's, Debian's when root, else npm's in .venv/browser.
set -u

if [ -n "${CHROMIUM:-}" ]; then echo "$CHROMIUM"; exit 0; fi

on_path() {
    for name in chromium chromium-browser google-chrome-stable google-chrome chrome; do
        command -v "$name" && return 0
    done
    return 1
}

from_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo "Installing Chromium from Debian (once) …" >&2
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium; } \
        >/dev/null 2>&1 && on_path
}

npm_install() { # The PATH's npm, else the one that came with the Node wheel.
    if command -v npm >/dev/null; then npm install "$@"; return; fi
    "$node" "${node%/bin/node}/lib/node_modules/npm/bin/npm-cli.js" install "$@"
}

# Chromium and the libraries it wants lie in the package as Brotli archives.
unpack='
const { createReadStream, createWriteStream } = require("node:fs");
const { createBrotliDecompress } = require("node:zlib");
const { pipeline } = require("node:stream/promises");
const [from, to] = process.argv.slice(1);
pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode: 0o755 }));
'

from_npm() {
    home=$PWD/.venv/browser
    if [ -x "$home/chrome.sh" ]; then echo "$home/chrome.sh"; return 0; fi
    node=$(sh tools/node.sh) || return 1
    echo "Installing Chromium from npm into .venv/browser (once) …" >&2
    mkdir -p "$home/lib" && npm_install --no-save --silent --prefix "$home" @sparticuz/chromium >&2 || return 1
    packed=$home/node_modules/@sparticuz/chromium/bin
    "$node" -e "$unpack" "$packed/chromium.br" "$home/chromium" || return 1
    for part in al2023 swiftshader fonts; do
        "$node" -e "$unpack" "$packed/$part.tar.br" "$home/part.tar" && tar -xf "$home/part.tar" -C "$home" || return 1
    done
    rm -f "$home/part.tar"
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s/lib" exec "%s/chromium" "$@"\n' "$home" "$home" > "$home/chrome.sh"
    chmod +x "$home/chrome.sh"
    echo "$home/chrome.sh"
}

works() { "$1" --version >/dev/null 2>&1; }

for source in on_path from_debian from_npm; do
    if found=$($source) && works "$found"; then echo "$found"; exit 0; fi
done
exit 1
