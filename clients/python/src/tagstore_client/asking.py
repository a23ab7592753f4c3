"""What all parts of the client share."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tagstore_client.errors import Conflict, NotFound
from tagstore_client.line import Line
from tagstore_client.parameters import query
from tagstore_client.things import MediaFile, TagClass, TagSet

PAGE = 1000
"""How many things the server is asked for at once; it gives no more."""


class Asking:
    """Something that asks a server over one line."""

    def __init__(self, line: Line) -> None:
        """Ask over a line."""
        self._line = line

    def _pages(self, path: str, said: Mapping[str, object]) -> Iterator[dict[str, Any]]:
        """Yield what a list holds, page after page."""
        params, cursor = query(said) | {"limit": str(PAGE)}, dict[str, str]()
        while True:
            page = self._line.get(path, params | cursor)
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    def tag_sets(self, project: str) -> Iterator[TagSet]:
        """Yield a project's tag sets."""
        return map(TagSet.read, self._pages("/tag-sets", {"project": project}))

    def classes(self, project: str) -> Iterator[TagClass]:
        """Yield a project's classes, retired ones too."""
        return map(TagClass.read, self._pages("/tag-classes", {"project": project}))

    def _filters(self, project: str, said: Mapping[str, object]) -> dict[str, object]:
        """Return filters with the numbers of the tag set and the class that are named."""
        filters = dict(said)
        if isinstance(name := filters.get("tag_set"), str):
            filters["tag_set"] = _only(
                {each.id for each in self.tag_sets(project) if each.name == name}, "tag set", name
            )
        if isinstance(name := filters.get("tag_class"), str):
            filters["tag_class"] = class_named(list(self.classes(project)), name).id
        return filters


def class_named(classes: list[TagClass], name: str) -> TagClass:
    """Return the class of an identifier, else the only one of a label."""
    for each in classes:
        if each.identifier == name:
            return each
    found = {each.id: each for each in classes if each.label == name}
    return found[_only(set(found), "class", name)]


def _only(numbers: set[int], kind: str, name: str) -> int:
    """Return the only one."""
    if not numbers:
        raise NotFound(f"There is no {kind} {name} in this project.")
    if len(numbers) > 1:
        raise Conflict(f"There is more than one {kind} {name} in this project; say its number.")
    return numbers.pop()


def part(name: object) -> str:
    """Return something as one part of an address."""
    return quote(str(name), safe="")


def media_id(media: MediaFile | int | str) -> int | str:
    """Return the number or qid of a media file."""
    return media.id if isinstance(media, MediaFile) else media
