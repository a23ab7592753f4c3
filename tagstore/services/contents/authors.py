"""Whose name may stand on a batch."""

from sqlalchemy import select

from tagstore.db import db
from tagstore.errors import Forbidden, Invalid
from tagstore.models import Project, User
from tagstore.services.access import Can, may
from tagstore.values import Actor, fold, is_text

LONGEST = 200


def check_author(actor: Actor, project: Project, author: str) -> None:
    """Raise if the author is no name, or another user's; managers may write in anybody's."""
    if not 1 <= len(author) <= LONGEST or not is_text(author):
        raise Invalid("That author will not do.", author=f"Must have 1 to {LONGEST} characters.")
    if may(actor, Can.MANAGE, project):
        return
    user_id = db.session.scalar(select(User.id).where(User.name_folded == fold(author)))
    if user_id is not None and user_id != actor.user_id:
        raise Forbidden("That author is another user; only a manager may write in their name.")
