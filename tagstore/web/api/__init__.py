"""The JSON edges. A dialect is a folder here and one line in DIALECTS."""

from tagstore.web.api.base import Dialect
from tagstore.web.api.v1 import bp as v1
from tagstore.web.api.v1 import me, projects, tag_sets, tags, vocabularies

__all__ = ["DIALECTS", "me", "projects", "tag_sets", "tags", "vocabularies"]

DIALECTS: tuple[Dialect, ...] = (v1,)
