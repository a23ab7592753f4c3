"""Following what happens: from now on, or from what was last seen; nothing twice, nothing lost."""

from collections.abc import Iterator

from sqlalchemy import and_, func, select

from tagstore.db import db, transaction
from tagstore.errors import Busy
from tagstore.models import Event
from tagstore.services.events.keeping import check_kept
from tagstore.services.events.looking import AT_ONCE, Newsroom, newsroom_of
from tagstore.services.events.news import News, Topic, news_where

KEEP_ALIVE_S = 15.0
MOST_FOLLOWERS = 550
"""Each holds a thread of the web server; the others are for those who ask for something."""


def newsroom() -> Newsroom:
    """Return this process's newsroom."""
    return newsroom_of(db.engine)


def newest(project_id: int) -> int:
    """Return the number of a project's newest event."""
    return db.session.scalar(select(func.max(Event.seq)).where(Event.project_id == project_id)) or 0


def begin(topic: Topic, seen: int | None = None) -> int:
    """Return the event after which somebody follows: the last one seen, else the newest.

    `Gone` when events after the last one seen are no longer kept, `Busy` when too many follow.
    """
    if newsroom().count >= MOST_FOLLOWERS:
        raise Busy("Too many follow what happens here. Try again.")
    last = newest(topic.project_id)
    if seen is None:
        return last
    check_kept(seen)
    return min(seen, last)


def follow(topic: Topic, seq: int) -> Iterator[News | None]:
    """Yield all news of a topic after `seq` as it is committed, and None when it is long quiet.

    The session is held only while looking; what is yielded is plain. The closing of the newsroom
    ends it.
    """
    room = newsroom()
    with transaction(writing=False):
        last = newest(topic.project_id)
    with room.follower(db.engine, topic, last) as follower:
        while True:
            told = follower.take()
            if room.is_closed:  # Asked only now: whoever closes it from here on calls.
                return
            for news in _look_up(topic, seq) if told is None else told:
                if news.seq > seq:
                    seq = news.seq
                    yield news
            if not follower.called.wait(KEEP_ALIVE_S):
                yield None


def _look_up(topic: Topic, seq: int) -> Iterator[News]:
    """Read all news of a topic after `seq`, a little at a time."""
    while True:
        with transaction(writing=False):
            later = and_(topic.condition, Event.seq > seq)
            rows = db.session.execute(news_where(later, AT_ONCE)).all()
        found = [News(*row) for row in rows]
        yield from filter(topic.concerns, found)
        if len(found) < AT_ONCE:
            return
        seq = found[-1].seq
