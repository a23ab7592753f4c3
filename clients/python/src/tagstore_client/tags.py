"""Tags, one at a time or as they are found; and files of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Unpack

from tagstore_client.asking import Asking, media_id, part
from tagstore_client.fetching import fetch
from tagstore_client.line import said
from tagstore_client.parameters import NewTag, Sort, TagChanges, TagFilters, body, query
from tagstore_client.things import Format, MediaFile, Tag


class Tags(Asking):
    """The tags that show in projects and media files."""

    def tags(
        self,
        project: str,
        *,
        media: MediaFile | int | str | None = None,
        sort: Sort | None = None,
        **filters: Unpack[TagFilters],
    ) -> Iterator[Tag]:
        """Yield the tags of a project, or of one media file by `sort`, by start without."""
        wanted = self._filters(project, filters)
        if media is None:
            return map(Tag.read, self._pages("/tags", {"project": project, **wanted}))
        path = f"/media/{part(media_id(media))}/tags"
        return map(Tag.read, self._pages(path, {"sort": sort, **wanted}))

    def tag(self, number: int) -> Tag:
        """Return the tag of a number."""
        return Tag.read(self._line.get(f"/tags/{part(number)}"))

    def add_tag(self, media: MediaFile | int | str, **says: Unpack[NewTag]) -> Tag:
        """Put a tag on a media file."""
        return Tag.read(self._line.post("/tags", {"media_id": media_id(media), **body(says)}))

    def edit_tag(self, tag: Tag | int, **changes: Unpack[TagChanges]) -> Tag:
        """Change some fields of a tag, and return it as it is then.

        A `Tag` is changed only if nobody has changed it since it was read, else `Stale` is raised;
        a number is changed however it stands.
        """
        answer = self._line.ask("PATCH", _place(tag), headers=_seen(tag), json=dict(changes))
        return Tag.read(said(answer))

    def delete_tag(self, tag: Tag | int) -> None:
        """Delete a tag, a `Tag` only as it was read; it can be restored for 30 days."""
        self._line.ask("DELETE", _place(tag), headers=_seen(tag))

    def restore_tag(self, tag: Tag | int) -> Tag:
        """Undo the deletion of a tag."""
        return Tag.read(said(self._line.ask("POST", f"{_place(tag)}/restore")))

    def formats(self) -> list[Format]:
        """Return the formats in which tags can be read and written."""
        return [Format.read(each) for each in self._line.get("/formats")["items"]]

    def export(
        self,
        project: str,
        format: str,
        path: str | Path,
        *,
        media: MediaFile | int | str | None = None,
        folder: str | None = None,
        by_recording: bool = False,
        for_spreadsheets: bool = False,
        **filters: Unpack[TagFilters],
    ) -> Path:
        """Write the tags of a project to a file, in one of the `formats()`.

        A format that knows but one recording gives a zip when there are several.
        """
        how = {"by_recording": by_recording, "for_spreadsheets": for_spreadsheets}
        params = self._export_params(project, format, media, folder, {**filters, **how})
        fetch(self._line, "/exports", params, Path(path))
        return Path(path)

    def _export_params(
        self,
        project: str,
        format: str,
        media: MediaFile | int | str | None,
        folder: str | None,
        filters: dict[str, Any],
    ) -> dict[str, str]:
        which = None if media is None else media_id(media)
        place = {"project": project, "format": format, "media": which, "folder": folder}
        return query({**place, **self._filters(project, filters)})


def _place(tag: Tag | int) -> str:
    return f"/tags/{part(tag.id if isinstance(tag, Tag) else tag)}"


def _seen(tag: Tag | int) -> dict[str, str]:
    return {"If-Match": f'"{tag.version}"'} if isinstance(tag, Tag) else {}
