"""The design language holds together: themes say the same, and the policy is kept."""

import re
from pathlib import Path

from tagstore.values import COLOURS

ROOT = Path(__file__).parents[1]
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|hx-on|javascript:")


def test_a_light_and_a_dark_colour_stand_side_by_side():
    colours = re.findall(r"--((?!picture|class)[a-z0-9-]+): .*(?:#|rgb)", TOKENS)

    paired = re.findall(r"--([a-z0-9-]+): .*light-dark\(", TOKENS)

    assert colours == paired
    assert len(paired) > 15


def test_the_classes_of_the_design_are_those_of_the_store():
    found = re.findall(r"--class-\d: (#[0-9a-f]{6});", TOKENS)

    assert tuple(found) == COLOURS


def test_no_template_has_inline_script_or_style():
    found = {path.name: INLINE.findall(path.read_text()) for path in TEMPLATES}

    assert {name: inline for name, inline in found.items() if inline} == {}
