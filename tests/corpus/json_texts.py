"""JSON texts by name: `y_` must be taken, `n_` refused; `i_` RFC 8259 leaves to us.

Of the last, those in `OURS_TO_TAKE` are taken and all others refused. Every text is refused or
taken alike as a whole body and as a value inside one.
"""

from collections.abc import Iterator

from tests.corpus.numbers import NUMBERS
from tests.corpus.strings import STRINGS
from tests.corpus.structures import STRUCTURES

DEEP = 100_000


def _bytes(table: dict[str, str | bytes]) -> Iterator[tuple[str, bytes]]:
    for name, text in table.items():
        yield name, text if isinstance(text, bytes) else text.encode()


ENCODINGS = {
    "i_encoding_utf8_bom": b"\xef\xbb\xbf[]",
    "i_encoding_utf8_bom_twice": b"\xef\xbb\xbf\xef\xbb\xbf[]",
    "i_encoding_utf16": '["é"]'.encode("utf-16"),
    "i_encoding_utf16le": '["é"]'.encode("utf-16-le"),
    "i_encoding_utf16be": '["é"]'.encode("utf-16-be"),
    "i_encoding_utf32": '["é"]'.encode("utf-32"),
    "i_encoding_utf32le": "[]".encode("utf-32-le"),
    "i_encoding_utf32be": "[]".encode("utf-32-be"),
    "i_encoding_utf7": b"[+AOk-]",
    "i_encoding_ebcdic": "[1]".encode("cp500"),
    "i_encoding_latin_1": '["é"]'.encode("latin-1"),
}

DEPTHS = {
    "i_depth_900_arrays": b"[" * 900 + b"]" * 900,
    "i_depth_100000_arrays_open": b"[" * DEEP,
    "i_depth_100000_arrays": b"[" * DEEP + b"]" * DEEP,
    "i_depth_100000_objects_open": b'{"a":' * DEEP,
    "i_depth_100000_objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "i_depth_100000_mixed": b'[{"a":' * DEEP + b"1" + b"}]" * DEEP,
    "i_depth_100000_closed_only": b"]" * DEEP,
    "i_depth_1500_arrays": b"[" * 1500 + b"]" * 1500,
    "i_depth_1000_arrays_and_nul": b"[" * 1000 + b'"\\u0000"' + b"]" * 1000,
}

OURS_TO_TAKE = {
    *("i_number_underflow", "i_number_negative_underflow", "i_number_long_underflow"),
    *("i_number_huge_negative_exponent", "i_number_large_with_exponent"),
    *("i_number_zero_huge_exponent", "i_number_large_float", "i_depth_900_arrays"),
}

TEXTS: dict[str, bytes] = {
    name: text
    for table in (NUMBERS, STRINGS, STRUCTURES, ENCODINGS, DEPTHS)
    for name, text in _bytes(table)
}
TAKEN = {each: text for each, text in TEXTS.items() if each[0] == "y" or each in OURS_TO_TAKE}
REFUSED = {each: text for each, text in TEXTS.items() if each not in TAKEN}
