"""Projects and their media files: found, sent and fetched."""

from collections.abc import Iterator
from pathlib import Path
from typing import Unpack

from tagstore_client.asking import Asking, media_id, part
from tagstore_client.errors import Conflict, NotFound
from tagstore_client.fetching import fetch
from tagstore_client.parameters import MediaFilters, query
from tagstore_client.things import Me, MediaFile, Project, TagClass
from tagstore_client.uploading import Progress, upload


class Recordings(Asking):
    """Projects, their vocabularies and their media files."""

    def me(self) -> Me:
        """Return whom the token names."""
        return Me.read(self._line.get("/me"))

    def projects(self) -> Iterator[Project]:
        """Yield the projects that you may see."""
        return map(Project.read, self._pages("/projects", {}))

    def project(self, key: str) -> Project:
        """Return a project."""
        return Project.read(self._line.get(f"/projects/{part(key)}"))

    def add_project(self, key: str, name: str | None = None) -> Project:
        """Make a project, and manage it."""
        return Project.read(self._line.post("/projects", {"key": key, "name": name or key}))

    def add_class(self, project: str, identifier: str, label: str | None = None) -> TagClass:
        """Make a class in a project's vocabulary."""
        body = {"project": project, "identifier": identifier, "label": label or identifier}
        return TagClass.read(self._line.post("/tag-classes", body))

    def media(self, project: str, **filters: Unpack[MediaFilters]) -> Iterator[MediaFile]:
        """Yield a project's media files, by name if `sort` says nothing else."""
        return map(MediaFile.read, self._pages("/media", {"project": project, **filters}))

    def media_file(self, number: int | str) -> MediaFile:
        """Return the media file of a number or qid."""
        return MediaFile.read(self._line.get(f"/media/{part(number)}"))

    def find_media(self, project: str, path: str) -> MediaFile:
        """Return the media file of a name, or of a folder and name if there are several."""
        folder, _, name = path.rpartition("/")
        filters: MediaFilters = {"q": name, "folder": folder} if folder else {"q": name}
        found = [each for each in self.media(project, **filters) if path in (each.name, each.path)]
        if not found:
            raise NotFound(f"There is no media file {path} in this project.")
        if len(found) > 1:
            paths = ", ".join(f"{each.path} ({each.id})" for each in found)
            raise Conflict(f"There is more than one: {paths}. Say the folder, or the number.")
        return found[0]

    def add_media(
        self,
        project: str,
        path: str | Path,
        *,
        folder: str = "",
        name: str | None = None,
        progress: Progress = lambda *_: None,
    ) -> MediaFile:
        """Send a file, in pieces, and return the media file that it became.

        The same bytes again are found, not stored twice. `progress` is told how many bytes of how
        many have arrived.
        """
        path = Path(path)
        said = {"project": project, "filename": name or path.name}
        said |= {"folder": folder} if folder else {}
        return self.media_file(upload(self._line, path, said, progress))

    def download(self, media: MediaFile | int | str, path: str | Path) -> Path:
        """Fetch the original bytes of a media file to a path, or into a folder by its name."""
        path = Path(path)
        if path.is_dir():
            known = media if isinstance(media, MediaFile) else self.media_file(media)
            path = path / Path(known.name).name
        address = f"/media/{part(media_id(media))}/file"
        fetch(self._line, address, query({"download": True}), path)
        return path
