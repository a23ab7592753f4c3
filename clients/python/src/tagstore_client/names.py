"""The numbers behind the paths and names that rows have."""

from functools import cached_property
from typing import Literal

from tagstore_client.asking import class_named
from tagstore_client.errors import Conflict, NotFound, TagstoreError
from tagstore_client.recordings import Recordings
from tagstore_client.things import TagClass

Missing = Literal["refuse", "make", "pass"]


class Names:
    """Looks names up in a project; everything there is asked for once, when first needed."""

    def __init__(self, store: Recordings, project: str, missing: Missing) -> None:
        """Look in a project, and do so with a class that is not there."""
        self._store, self._project, self._missing = store, project, missing
        self._known: dict[str, int | TagstoreError | None] = {}

    def said(self, column: str, words: str) -> dict[str, int | str]:
        """Return what a tag says instead of the words in a column, or raise."""
        if column == "media_path":
            return {"media_id": self._media_file(words)}
        return self._class(words)

    def _media_file(self, path: str) -> int:
        found = self._paths.get(path, [])
        if not found:
            raise NotFound(f"There is no media file {path} in this project.")
        if len(found) > 1:
            raise Conflict(f"There is more than one media file {path}; say its media_id.")
        return found[0]

    def _class(self, name: str) -> dict[str, int | str]:
        """Return how to say a class; one that would be made, but for a dry run, is text."""
        if name not in self._known:
            self._known[name] = self._find(name)
        found = self._known[name]
        if isinstance(found, TagstoreError):
            raise found
        return {"text": name} if found is None else {"class_id": found}

    def _find(self, name: str) -> int | TagstoreError | None:
        try:
            return class_named(self._classes, name).id
        except NotFound as error:
            if self._missing == "refuse":
                return error
        except Conflict as error:
            return error
        return self._store.add_class(self._project, name).id if self._missing == "make" else None

    @cached_property
    def _paths(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for each in self._store.media(self._project):
            found.setdefault(each.path, []).append(each.id)
        return found

    @cached_property
    def _classes(self) -> list[TagClass]:
        return list(self._store.classes(self._project))
