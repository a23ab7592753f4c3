"""Uploads that nobody went on with, and files that nobody waits for: they go."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import delete, select

from tagstore import clock
from tagstore.db import db, transaction
from tagstore.errors import Locked
from tagstore.models import Upload
from tagstore.services.uploads import partials

UNAWAITED_AFTER = timedelta(days=1)


def forget_expired() -> None:
    """Remove the uploads that have expired, and files that no open one has; a job does it daily."""
    with transaction(writing=False):
        expired = db.session.scalars(
            select(Upload.public_id).where(Upload.expires_at <= clock.now())
        ).all()
    for public_id in expired:
        with suppress(Locked):  # Somebody is at it after all.
            _forget(public_id)
    for public_id in partials.left_alone(UNAWAITED_AFTER.total_seconds()):
        with transaction(writing=False):
            awaited = db.session.scalar(
                select(Upload.id).where(Upload.public_id == public_id, Upload.checksum.is_(None))
            )
        if awaited is None:
            partials.discard(public_id)


def _forget(public_id: str) -> None:
    with partials.held(public_id) as partial:
        with transaction(writing=True):
            forgotten = db.session.scalar(
                delete(Upload)
                .where(Upload.public_id == public_id, Upload.expires_at <= clock.now())
                .returning(Upload.id)
            )
        if forgotten is not None:
            partial.remove()
