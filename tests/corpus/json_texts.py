"""JSON texts by name: `y_` must be taken, `n_` refused; `i_` RFC 8259 leaves to us.

Of the last, those in `OURS_TO_TAKE` are taken and all others refused. Every text is refused or
taken alike as a whole body and as a value inside one.
"""

from collections.abc import Iterator

DEEP = 100_000
BS = "\\"


def _bytes(table: dict[str, str | bytes]) -> Iterator[tuple[str, bytes]]:
    for name, text in table.items():
        yield name, text if isinstance(text, bytes) else text.encode()


NUMBERS = {
    **{
        f"y_number_{name}": text
        for name, text in {
            "zero": "0", "minus_zero": "-0", "one_digit": "7", "negative": "-7",
            "two_digits": "10", "zero_inside": "1001", "minus_one": "-1",
            "fraction": "0.5", "negative_fraction": "-0.5", "fraction_zero": "1.0",
            "long_fraction": "0.1234567890123456789012345678901234567890",
            "trailing_zeros": "1.50000", "leading_zeros_of_a_fraction": "0.00001",
            "e": "1e5", "capital_e": "1E5", "e_plus": "1e+5", "e_minus": "1e-5",
            "capital_e_plus": "1E+5", "capital_e_minus": "1E-5", "zero_e": "0e1",
            "zero_e_plus": "0e+1", "fraction_e": "1.5e3", "e_leading_zeros": "1e005",
            "negative_e": "-1.5e-3", "minus_zero_fraction": "-0.0", "minus_zero_e": "-0e0",
            "largest_double": "1.7976931348623157e308", "smallest_normal": "2.2250738585072014e-308",
            "smallest_subnormal": "5e-324", "largest_32": "2147483647", "beyond_32": "2147483648",
            "largest_safe": "9007199254740991", "beyond_safe": "9007199254740993",
            "largest_63": "9223372036854775807", "smallest_63": "-9223372036854775808",
            "largest_64": "18446744073709551615", "twenty_digits_and_fraction":
            "12345678901234567890.5", "close_to_one": "0.9999999999999999",
        }.items()
    },
    **{
        f"i_number_{name}": text
        for name, text in {
            "underflow": "1e-999", "negative_underflow": "-1e-999", "long_underflow":
            "0." + "0" * 400 + "1", "huge_negative_exponent": "1e-99999999999",
            "large_with_exponent": "123456789012345678901234567890e0",
            "zero_huge_exponent": "0e999", "large_float": "100000000000000000000.0",
            "too_large_64": "18446744073709551616", "too_small_64": "-9223372036854775809",
            "thirty_digits": "1" * 30, "negative_thirty_digits": "-" + "1" * 30,
            "three_hundred_digits": "1" * 300, "five_thousand_digits": "1" * 5000,
            "overflow": "1e999", "negative_overflow": "-1e999", "overflow_309": "1.8e308",
            "huge_exponent": "1e99999999999", "overflow_by_digits": "1" * 400 + ".0",
        }.items()
    },
    **{
        f"n_number_{name}": text
        for name, text in {
            "plus": "+1", "plus_zero": "+0", "two_minus": "--1", "minus_alone": "-",
            "minus_space": "- 1", "plus_minus": "+-1", "leading_zero": "01",
            "leading_zeros": "001", "negative_leading_zero": "-01", "zero_zero": "00",
            "negative_zero_zero": "-00", "leading_zero_fraction": "01.5", "point_first": ".5",
            "negative_point_first": "-.5", "point_last": "1.", "negative_point_last": "-1.",
            "zero_point": "0.", "zero_point_e": "0.e1", "point_e": "1.e5", "point_alone": ".",
            "two_points": "1.2.3", "two_points_together": "1..2", "e_alone": "1e",
            "e_plus_alone": "1e+", "e_minus_alone": "1e-", "capital_e_alone": "1E",
            "e_fraction": "1e1.5", "two_e": "1e1e1", "two_signs_in_e": "1e+-1", "e_first": "e1",
            "zero_e_alone": "0e", "e_twice": "1ee2", "e_space": "1 e5", "space_inside": "1 000",
            "comma_inside": "[1,,000]", "underscore": "1_000", "hexadecimal": "0x1F",
            "hexadecimal_capital": "0X1F", "octal": "0o17", "binary": "0b101",
            "hexadecimal_alone": "0x", "letter_after": "1a", "letter_a": "a1",
            "letter_in_fraction": "1.2a3", "letter_in_e": "1e5a", "nan": "NaN",
            "nan_lower": "nan", "minus_nan": "-NaN", "infinity": "Infinity",
            "minus_infinity": "-Infinity", "plus_infinity": "+Infinity", "inf": "inf",
            "inf_capital": "Inf", "minus_inf": "-inf", "apostrophes": "1'000", "suffix": "10L",
            "suffix_f": "1.5f", "percent": "5%", "currency": "$5", "slash": "1/2",
            "caret": "2^3", "star": "2*3", "plus_inside": "1+1", "parentheses": "(1)",
            "full_width": "\uff11", "arabic_indic": "\u0661", "superscript": "\u00b2",
            "minus_sign": "\u22121", "dash": "\u20131", "one_half": "\u00bd", "infinity_sign": "\u221e",
            "broken_bytes_after": b"1\xe5", "broken_bytes_in_fraction": b"1.\xe5",
            "broken_bytes_in_e": b"1e\xe5", "nul_after": b"1\x00", "quote_after": '1"',
        }.items()
    },
}  # fmt: skip

STRINGS = {
    **{
        f"y_string_{name}": text
        for name, text in {
            "empty": '""', "plain": '"asd"', "space": '" "', "quote": '"\\""',
            "backslash": '"\\\\"', "slash": '"/"', "escaped_slash": '"\\/"', "backspace": '"\\b"',
            "form_feed": '"\\f"', "line_feed": '"\\n"', "return": '"\\r"', "tab": '"\\t"',
            "all_escapes": '"\\"\\\\\\/\\b\\f\\n\\r\\t"', "u": '"\\u0041"', "u_lower": '"\\u00e9"',
            "u_upper": '"\\u00E9"', "u_mixed": '"\\u00eF"', "u_space": '"\\u0020"',
            "u_quote": '"\\u0022"', "u_backslash": '"\\u005c"', "u_control": '"\\u0001"',
            "u_escape": '"\\u001b"', "u_delete": '"\\u007f"', "u_ffff": '"\\uffff"',
            "u_fffe": '"\\ufffe"', "u_bom": '"\\ufeff"', "u_line_separator": '"\\u2028\\u2029"',
            "u_noncharacter": '"\\ufdd0"', "u_replacement": '"\\ufffd"', "u_pair": '"\\ud83d\\ude00"',
            "u_pair_lower": '"\\ud834\\udd1e"', "u_pair_upper": '"\\uD834\\uDD1E"',
            "u_pair_last": '"\\udbff\\udfff"', "u_pair_first": '"\\ud800\\udc00"',
            "two_pairs": '"\\ud83d\\ude00\\ud83d\\ude39"', "escaped_backslash_u":
            '"\\\\u0000"', "escaped_backslash_n": '"\\\\n"', "backslashes": '"' + BS * 10 + '"',
            "delete_raw": '"\x7f"', "two_bytes": '"é"', "three_bytes": '"€"',
            "four_bytes": '"\U0001d11e"', "last_character": '"\U0010ffff"', "ffff_raw": '"\uffff"',
            "fdd0_raw": '"\ufdd0"', "bom_inside": '"\ufeff"', "line_separator": '"\u2028"',
            "paragraph_separator": '"\u2029"', "next_line": '"\x85"', "no_break_space": '"\u00a0"',
            "zero_width": '"\u200b\u200d"', "right_to_left": '"\u202e"', "combining":
            '"e\u0301"', "hangul": '"한국어"', "arabic": '"عربي"', "han": '"标签"',
            "cyrillic": '"ключ"', "family": '"👨‍👩‍👧‍👦"', "flag": '"🇫🇮"', "in_comment": '"a/*b*/c//d"',
            "apostrophes": '"\'"', "brackets": '"[{"', "comma": '","', "colon": '":"',
            "number": '"1"', "literal": '"null"', "nan": '"NaN"', "html": '"<script>&amp;"',
            "percent": '"%00%zz"', "long": '"' + "x" * 10_000 + '"', "private_use": '"\ue000"',
            "before_surrogates": '"\ud7ff"', "cesu_looking": '"í\u00a0½"',
        }.items()
    },
    **{
        f"n_string_{name}": text
        for name, text in {
            "open": '"', "open_text": '"abc', "closed_only": 'abc"', "single_quotes": "'abc'",
            "single_quote": "'", "backticks": "`abc`", "typographic": "“abc”", "no_quotes": "abc",
            "mixed_quotes": "\"abc'", "three_quotes": '"""', "two_strings": '"a" "b"',
            "concatenated": '"a" + "b"', "text_after": '"a"b', "escape_x": '"\\x41"',
            "escape_a": '"\\a"', "escape_v": '"\\v"', "escape_zero": '"\\0"', "escape_e": '"\\e"',
            "escape_apostrophe": "\"\\'\"", "escape_space": '"\\ "', "escape_new_line": '"\\\n"',
            "escape_capital_u": '"\\U00000041"', "escape_capital_n": '"\\N"', "escape_emoji": '"\\😀"',
            "escape_octal": '"\\101"', "escape_brace": '"\\{"', "escape_last": '"\\',
            "escape_quote_last": '"\\"', "escape_three": '"\\\\\\"', "u_none": '"\\u"',
            "u_one": '"\\u1"', "u_two": '"\\u12"', "u_three": '"\\u123"', "u_g": '"\\u00g0"',
            "u_space": '"\\u 041"', "u_minus": '"\\u-041"', "u_plus": '"\\u+041"', "u_brace":
            '"\\u{41}"', "u_cut": '"\\u00', "u_cut_quote": '"\\u00"', "u_full_width": '"\\u００４１"',
            "u_underscore": '"\\u0_41"', "u_0x": '"\\u0x41"', "u_dot": '"\\u00.1"',
            "raw_nul": b'"a\x00b"', "raw_line_feed": '"a\nb"', "raw_return": '"a\rb"',
            "raw_tab": '"a\tb"', "raw_backspace": '"a\bb"', "raw_escape": '"a\x1bb"',
            "raw_unit_separator": '"a\x1fb"', "raw_one": '"a\x01b"', "pair_cut_one":
            '"\\ud834\\udd"', "pair_cut_two": '"\\ud834\\u"', "pair_bad_hexadecimal":
            '"\\ud834\\uzz1e"', "pair_bad_escape": '"\\ud834\\x"', "broken_escape_bytes":
            b'"\\\xe5"', "broken_u_bytes": b'"\\u00\xe5"',
        }.items()
    },
    **{
        f"i_string_{name}": text
        for name, text in {
            "u_nul": '"\\u0000"', "u_nul_inside": '"a\\u0000b"', "u_nul_deep": '[{"a":["\\u0000"]}]',
            "high_alone": '"\\ud800"', "high_last": '"\\udbff"', "low_alone": '"\\udc00"',
            "low_last": '"\\udfff"', "high_then_text": '"\\ud800abc"', "text_then_high": '"abc\\ud800"',
            "high_high": '"\\ud800\\ud800"', "low_low": '"\\udc00\\udc00"', "low_high":
            '"\\ude00\\ud83d"', "high_then_u": '"\\ud83d\\u0041"', "high_then_escape": '"\\ud83d\\n"',
            "high_upper": '"\\uDADA"', "pair_and_low": '"\\ud83d\\ude00\\ude00"', "high_and_pair":
            '"\\ud83d\\ud83d\\ude00"', "high_escaped_low": '"\\ud83d\\\\ude00"',
            "raw_surrogate": b'"\xed\xa0\x80"', "raw_low_surrogate": b'"\xed\xbf\xbf"',
            "raw_pair": b'"\xed\xa0\xbd\xed\xb8\x80"', "overlong_two": b'"\xc0\xaf"',
            "overlong_three": b'"\xe0\x80\xaf"', "overlong_four": b'"\xf0\x80\x80\xaf"',
            "overlong_nul": b'"\xc0\x80"', "beyond_unicode": b'"\xf4\x90\x80\x80"',
            "f5": b'"\xf5\x80\x80\x80"', "five_bytes": b'"\xf8\x88\x80\x80\x80"',
            "six_bytes": b'"\xfc\x84\x80\x80\x80\x80"', "fe": b'"\xfe"', "ff": b'"\xff"',
            "continuation_alone": b'"\x80"', "continuations": b'"\x80\xbf"', "two_cut": b'"\xc3"',
            "three_cut": b'"\xe2\x82"', "four_cut": b'"\xf0\x9f\x98"', "two_then_text": b'"\xc3("',
            "latin_1": b'"caf\xe9"', "windows_1252": b'"\x93a\x94"', "shift_jis": b'"\x83e"',
            "koi8": b'"\xeb\xec\xe0\xfe"', "broken_key": b'{"\xe9":1}', "surrogate_key":
            '{"\\ud800":1}', "raw_surrogate_key": b'{"\xed\xa0\x80":1}', "nul_key": '{"\\u0000":1}',
        }.items()
    },
}  # fmt: skip

STRUCTURES = {
    **{
        f"y_array_{name}": text
        for name, text in {
            "empty": "[]", "space": "[ ]", "spaces": " [ 1 , 2 ] ", "one": "[1]",
            "nested_empty": "[[]]", "nested": "[[1],[2,[3]]]", "mixed": '[null,1,"1",{},[],true]',
            "nulls": "[null,null]", "strings": '["a","b"]', "false": "[false]", "new_lines": "[\n1\n]",
            "deep_100": "[" * 100 + "]" * 100, "wide": "[" + ",".join(["0"] * 1000) + "]",
            "empty_string": '[""]',
        }.items()
    },
    **{
        f"y_object_{name}": text
        for name, text in {
            "empty": "{}", "space": "{ }", "one": '{"a":1}', "two": '{"a":1,"b":2}',
            "spaces": ' { "a" : 1 , "b" : 2 } ', "empty_key": '{"":0}', "nested": '{"a":{"b":{"c":{}}}}',
            "key_twice": '{"a":1,"a":2}', "key_twice_same": '{"a":1,"a":1}', "key_escaped": '{"\\n":1}',
            "key_escaped_twice": '{"a":1,"\\u0061":2}', "key_unicode": '{"标签":"值"}',
            "key_long": '{"' + "k" * 1000 + '":1}', "key_like_number": '{"1":1}', "key_proto":
            '{"__proto__":{"a":1},"constructor":2}', "key_dots": '{"a.b[c]":1}', "key_space": '{" ":1}',
            "new_lines": '{\n"a"\n:\n1\n}', "tabs": '{\t"a":\t1}', "deep_100":
            '{"a":' * 100 + "1" + "}" * 100, "key_pair": '{"\\ud83d\\ude00":1}',
        }.items()
    },
    **{
        f"y_structure_{name}": text
        for name, text in {
            "true": "true", "false": "false", "null": "null", "string_alone": '"a"',
            "number_alone": "42", "space_before": " []", "space_after": "[] ", "line_feed": "\n[]\n",
            "return": "\r[]\r", "tab": "\t[]\t", "all_white": " \t\r\n[]\n\r\t ",
            "literals": "[true,false,null]",
        }.items()
    },
    **{
        f"n_array_{name}": text
        for name, text in {
            "open": "[", "closed_only": "]", "open_one": "[1", "open_comma": "[1,",
            "comma_last": "[1,]", "commas_last": "[1,,]", "comma_first": "[,1]", "comma_only": "[,]",
            "comma_twice": "[1,,2]", "no_comma": "[1 2]", "no_comma_strings": '["a""b"]',
            "no_comma_nested": "[[1][2]]", "colon": '["a":1]', "semicolon": "[1;2]", "extra_closed":
            "[1]]", "two_open": "[[1]", "closed_by_brace": "[1}", "colon_first": "[:1]",
            "spread": "[...a]", "key": "[a=1]", "star": "[*]", "text_inside": "[a]", "text_after": "[1]x",
            "space_text_after": "[1] x", "form_feed": "[\x0c]", "vertical_tab": "[\x0b1]",
            "text_before": "x[1]", "comma_after": "[1],", "open_string": '["a', "open_new_line": "[1,\n1",
            "broken_bytes": b"[\xff]", "nul_inside": b"[\x00]", "two_arrays": "[] []", "angle": "<1>",
            "open_true": "[true", "open_nested": "[[[[", "empty_parts": "[1, ,2]", "equals": "[1=2]",
        }.items()
    },
    **{
        f"n_object_{name}": text
        for name, text in {
            "open": "{", "closed_only": "}", "open_key": '{"a', "open_colon": '{"a":', "open_value":
            '{"a":1', "open_comma": '{"a":1,', "comma_last": '{"a":1,}', "commas_last": '{"a":1,,}',
            "comma_first": '{,"a":1}', "comma_only": "{,}", "no_colon": '{"a" 1}', "no_value": '{"a":}',
            "no_value_comma": '{"a":,"b":1}', "no_key": "{:1}", "key_only": '{"a"}', "two_keys":
            '{"a":"b":1}', "colon_twice": '{"a"::1}', "no_comma": '{"a":1 "b":2}', "equals": '{"a"=1}',
            "arrow": '{"a"=>1}', "comma_for_colon": '{"a",1}', "semicolon": '{"a":1;"b":2}', "bare_key":
            "{a:1}", "bare_keys": "{a:1,b:2}", "single_quotes": "{'a':1}", "number_key": "{1:1}",
            "null_key": "{null:1}", "true_key": "{true:1}", "array_key": "{[]:1}", "object_key": "{{}:1}",
            "extra_closed": '{"a":1}}', "closed_by_bracket": '{"a":1]', "two_objects": "{} {}",
            "text_after": '{"a":1}x', "comment_inside": '{"a":1/*b*/}', "comment_line": '{"a":1//b\n}',
            "hash_after": '{"a":1}#', "hash_inside": '{"a":1#b\n}', "comment_open": '{"a":1}/*',
            "slash_after": '{"a":1}/', "comment_after": '{"a":1}/**/', "template": "{{a}}", "set": '{"a"}',
            "bracket_key": '["a"]:1', "space_in_key": '{"a"b:1}', "text_between": '{"a":1 b}',
            "semicolon_last": '{"a":1;}', "broken_bytes": b'{"a":\xff}', "nul_inside": b'{"a":1\x00}',
        }.items()
    },
    **{
        f"n_structure_{name}": text
        for name, text in {
            "nothing": "", "space": " ", "new_line": "\n", "comma": ",", "colon": ":", "quote_quote":
            "''", "undefined": "undefined", "none": "None", "true_capital": "True", "true_upper": "TRUE",
            "false_capital": "False", "null_capital": "NULL", "nul": b"\x00", "tru": "tru", "truee":
            "truee", "fals": "fals", "nul_text": "nul", "nulll": "nulll", "true_true": "true true",
            "two_values": "1 2", "comment": "//", "comment_before": "/**/[]", "line_comment_before":
            "//a\n[]", "hash_before": "#a\n[]", "dash": "-", "star": "*", "ampersand": "&", "bang":
            "!", "at": "@", "yaml": "- a\n- b", "yaml_key": "a: 1", "xml": "<a/>", "html":
            "<!doctype html>", "csv": "a,b\n1,2", "form": "a=1&b=2", "python_tuple": "(1,2)",
            "python_bytes": "b'a'", "js_function": "function(){}", "js_regexp": "/a/", "js_new": "new Date()",
            "jsonp": "f([])", "no_break_space": "\u00a0[]", "next_line": "\x85[]", "line_separator":
            "\u2028[]", "zero_width": "\u200b[]", "word_joiner": "\u2060[]", "ideographic_space":
            "\u3000[]", "form_feed": "\x0c[]", "vertical_tab": "\x0b[]", "escape_code": "\x1b[]",
            "backslash": "\\", "escaped_array": "\\u005b\\u005d", "gzip": b"\x1f\x8b\x08\x00",
            "lone_byte": b"\xe9", "lone_ff": b"\xff", "bom_alone": b"\xef\xbb\xbf", "half_bom":
            b"\xef\xbb[]", "nul_after": b"[]\x00", "nul_before": b"\x00[]", "lines": "{}\n{}",
            "record_separator": "\x1e{}\n", "open_mixed": '[{"a":[', "crossed": "[{]}", "half_deep":
            "[" * 500 + "]" * 499, "base64": "W10=", "chunked": "2\r\n[]\r\n0\r\n\r\n",
        }.items()
    },
}  # fmt: skip

ENCODINGS = {
    "i_encoding_utf8_bom": b"\xef\xbb\xbf[]",
    "i_encoding_utf8_bom_twice": b"\xef\xbb\xbf\xef\xbb\xbf[]",
    "i_encoding_utf16": '["é"]'.encode("utf-16"),
    "i_encoding_utf16le": '["é"]'.encode("utf-16-le"),
    "i_encoding_utf16be": '["é"]'.encode("utf-16-be"),
    "i_encoding_utf32": '["é"]'.encode("utf-32"),
    "i_encoding_utf32le": "[]".encode("utf-32-le"),
    "i_encoding_utf32be": "[]".encode("utf-32-be"),
    "i_encoding_utf7": "[+AOk-]".encode(),
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
