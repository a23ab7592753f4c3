"""The design language holds together: themes say the same, and the policy is kept."""

import re
from pathlib import Path

from tagstore.values import COLOURS

ROOT = Path(__file__).parents[1]
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|hx-on|javascript:")


def _declarations(opening: str) -> set[str]:
    block = TOKENS[TOKENS.index(opening) :].partition("}")[0]
    return {line.strip() for line in block.splitlines() if line.strip().startswith("--")}


def test_the_chosen_light_theme_equals_the_systems():
    assert _declarations(':root[data-theme="light"]') == _declarations(
        ':root:not([data-theme="dark"])'
    )


def test_the_classes_of_the_design_are_those_of_the_store():
    found = re.findall(r"--class-\d: (#[0-9a-f]{6});", TOKENS)

    assert tuple(found) == COLOURS


def test_no_template_has_inline_script_or_style():
    found = {path.name: INLINE.findall(path.read_text()) for path in TEMPLATES}

    assert {name: inline for name, inline in found.items() if inline} == {}
