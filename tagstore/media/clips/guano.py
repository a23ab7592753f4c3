"""Writing GUANO, the words about a recording that bat workers' tools look for in a WAV."""

from collections.abc import Mapping
from struct import pack

VERSION = "GUANO|Version"


def guano_chunk(fields: Mapping[str, str]) -> bytes:
    """Return a whole `guan` chunk of these fields, a line each; line ends only notes may have."""
    said = {VERSION: "1.0", **fields}
    lines = "".join(f"{key}: {_line(key, value)}\n" for key, value in said.items())
    content = lines.encode()
    content += b"\n" * (len(content) % 2)
    return b"guan" + pack("<I", len(content)) + content


def _line(key: str, value: str) -> str:
    return ("\\n" if key == "Note" else " ").join(value.splitlines())
