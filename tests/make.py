"""Makers of things to test with: say only what the test is about."""

import itertools
from typing import Any

from tagstore.db import db
from tagstore.models import MediaFile, Project, Tag, TagClass, TagSet, User
from tagstore.services import credentials, projects, tag_sets, tags, users, vocabularies
from tagstore.services.passwords import hash_password
from tagstore.values import SYSTEM, Actor, Role, TagDraft, fold

PASSWORD = "correct horse"


class Make:
    """Each method makes one thing with whatever it needs; all inside `work()`."""

    def __init__(self) -> None:
        self._number = itertools.count(1)

    def user(self, name: str | None = None, *, is_admin: bool = False) -> User:
        name = name or f"user{next(self._number)}"
        return users.add_user(SYSTEM, name, hash_password(PASSWORD), is_admin=is_admin)

    def token(self, user: User, **options: Any) -> str:
        return credentials.add_token(SYSTEM, user, "test", **options)

    def project(self, key: str | None = None, **members: Role) -> Project:
        """Make a project; `ana=Role.VIEWER` makes the user and the member."""
        project = projects.add_project(SYSTEM, key or f"project{next(self._number)}")
        for name, role in members.items():
            self.user(name)
            projects.grant(SYSTEM, project, name, role)
        return project

    def media_file(
        self, project: Project | None = None, duration_s: float | None = 60.0, **fields: Any
    ) -> MediaFile:
        """Make the row of a recording that has no bytes."""
        number = next(self._number)
        name = fields.pop("name", f"recording{number}.wav")
        media_file = MediaFile(
            project=project or self.project(),
            qid=fields.pop("qid", f"iq__{number:028d}"),
            name=name,
            name_folded=fold(name),
            duration_s=duration_s,
            **{"kind": "external", "state": "ready", **fields},
        )
        db.session.add(media_file)
        db.session.flush()
        return media_file

    def tag_set(self, project: Project, name: str | None = None) -> TagSet:
        return tag_sets.add_tag_set(SYSTEM, project, name or f"set{next(self._number)}")

    def tag_class(self, project: Project, identifier: str | None = None) -> TagClass:
        identifier = identifier or f"class{next(self._number)}"
        return vocabularies.add_class(SYSTEM, project, identifier)

    def draft(self, media_file: MediaFile, **fields: Any) -> TagDraft:
        """Make a draft of one second on a tag set of the file's project."""
        project = media_file.project
        sets = tag_sets.list_tag_sets(SYSTEM, project)
        tag_set = sets[0] if sets else self.tag_set(project)
        words = {} if "tag_class_id" in fields else {"text": "wren"}
        given = {"tag_set_id": tag_set.id, "start_s": 1.0, "end_s": 2.0, **words, **fields}
        return TagDraft(media_file_id=media_file.id, **given)

    def tag(self, media_file: MediaFile | None = None, actor: Actor = SYSTEM, **fields: Any) -> Tag:
        media_file = media_file or self.media_file()
        return tags.add_tag(actor, media_file.project, self.draft(media_file, **fields))
