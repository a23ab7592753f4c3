"""Pure signal work: bytes in; facts, arrays and pictures out."""
