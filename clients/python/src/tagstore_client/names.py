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

    def media(self, path: str) -> int:
        """Return the number of the media file of a path, or raise."""
        found = self._media.get(path, [])
        if not found:
            raise NotFound(f"There is no media file {path} in this project.")
        if len(found) > 1:
            raise Conflict(f"There is more than one media file {path}; say its media_id.")
        return found[0]

    def class_(self, name: str) -> dict[str, int | str]:
        """Return how to say the class of an identifier or a label, or raise.

        A class that would be made, if this were not a dry run, is said as text.
        """
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
    def _media(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for each in self._store.media(self._project):
            found.setdefault(each.path, []).append(each.id)
        return found

    @cached_property
    def _classes(self) -> list[TagClass]:
        return list(self._store.classes(self._project))
