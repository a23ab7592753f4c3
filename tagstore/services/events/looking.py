"""One thread that looks for news, for all who follow something in this process.

However many follow, the database is asked once; and they are called a few at a time, because
hundreds of threads that wake together would keep everybody else from working.
"""

import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Engine, and_, or_
from sqlalchemy.exc import SQLAlchemyError

from tagstore import metrics
from tagstore.models import Event
from tagstore.services.events.news import News, Topic, news_where
from tagstore.services.events.ringing import bell, listening

LOOK_S = 0.05
"""How often to look for what other processes commit, where the database does not tell."""
LISTENING_S = 5.0
"""How often to look where it does, should it ever not have told."""
PACE_S = 0.002
CALLS_A_SECOND = 4000
LEAST_CALLS, MOST_CALLS = 3, 40
AT_ONCE = 20
MOST_UNREAD = 20
MOST_TERMS = 200
PATIENCE_S = 1.0

log = structlog.get_logger()


class Follower:
    """Somebody who follows a topic: what they have not read yet, and how they are called."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.called = threading.Event()
        self._unread: list[News] = []
        self._is_behind = True
        self._lock = threading.Lock()

    def tell(self, news: News) -> bool:
        """Leave news, and return whether to call; who does not read for long has to look it up."""
        with self._lock:
            is_first = not self._unread
            self._unread.append(news)
            if len(self._unread) > MOST_UNREAD:
                self._unread, self._is_behind = [], True
        return is_first

    def take(self) -> list[News] | None:
        """Return what was left since the last time, None when some of it was not."""
        self.called.clear()
        with self._lock:
            unread, is_behind = self._unread, self._is_behind
            self._unread, self._is_behind = [], False
        return None if is_behind else unread


class Newsroom:
    """All who follow something in this process, and the thread that looks for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._followers: dict[Topic, set[Follower]] = {}
        self._seqs: dict[int, int] = {}
        self._to_call: deque[Follower] = deque()
        self._called_at = 0.0
        self._thread: threading.Thread | None = None
        self.count = 0
        self.is_closed = False

    @contextmanager
    def follower(self, engine: Engine, topic: Topic, seq: int) -> Iterator[Follower]:
        """Be told of everything in the topic that comes after `seq`, the newest of its project."""
        follower = Follower(topic)
        with self._lock:
            self._count(1)
            self._followers.setdefault(topic, set()).add(follower)
            self._seqs.setdefault(topic.project_id, seq)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, args=(engine,), name="newsroom", daemon=True
                )
                self._thread.start()
        try:
            yield follower
        finally:
            with self._lock:
                self._count(-1)
                self._forget(follower)

    def close(self) -> None:
        """Call everybody at once to say that there will be no more news."""
        self.is_closed = True
        with self._lock:
            for followers in self._followers.values():
                for follower in followers:
                    follower.called.set()

    def _count(self, number: int) -> None:
        self.count += number
        metrics.count_follower(number)

    def _forget(self, follower: Follower) -> None:
        topic = follower.topic
        self._followers[topic].discard(follower)
        if not self._followers[topic]:
            del self._followers[topic]
            if all(each.project_id != topic.project_id for each in self._followers):
                del self._seqs[topic.project_id]

    def _run(self, engine: Engine) -> None:
        """Look whenever the bell rings, and now and then, until nobody follows any more."""
        heard, look_at = bell.rings - 1, 0.0
        with listening(engine) as wire:
            while self._is_needed():
                rings = bell.rings
                if rings != heard or time.monotonic() >= look_at:
                    heard = rings
                    pause_s = LISTENING_S if wire.is_up else LOOK_S
                    look_at = time.monotonic() + self._look(engine, pause_s)
                wait_s = max(0.0, look_at - time.monotonic())
                bell.wait(heard, min(wait_s, PACE_S) if self._call() else wait_s)

    def _is_needed(self) -> bool:
        with self._lock:
            if self._followers and not self.is_closed:
                return True
            self._thread = None
            return False

    def _look(self, engine: Engine, pause_s: float) -> float:
        """Tell of what is new in the projects that are followed; return when to look again."""
        try:
            return 0.0 if self._found_many(engine) else pause_s
        except SQLAlchemyError as error:
            log.warning("cannot look for events", reason=str(error))
            return PATIENCE_S

    def _found_many(self, engine: Engine) -> bool:
        with self._lock:
            seqs = list(self._seqs.items())
        more = False
        for start in range(0, len(seqs), MOST_TERMS):
            new = [
                and_(Event.project_id == project_id, Event.seq > seq)
                for project_id, seq in seqs[start : start + MOST_TERMS]
            ]
            with engine.connect() as connection:
                rows = connection.execute(news_where(or_(*new), AT_ONCE)).all()
            for row in rows:
                self._tell(News(*row))
            more = more or len(rows) == AT_ONCE
        return more

    def _tell(self, news: News) -> None:
        with self._lock:
            if news.project_id not in self._seqs:
                return
            self._seqs[news.project_id] = news.seq
            for topic, followers in self._followers.items():
                if topic.project_id == news.project_id and topic.concerns(news):
                    self._to_call.extend(each for each in followers if each.tell(news))

    def _call(self) -> bool:
        """Call a few of those who were told something; True if others still wait for it.

        How many depends on the time since the last ones: a busy machine lets this thread run late.
        """
        now = time.monotonic()
        due = int((now - self._called_at) * CALLS_A_SECOND)
        self._called_at = now
        for _ in range(min(max(due, LEAST_CALLS), MOST_CALLS, len(self._to_call))):
            self._to_call.popleft().called.set()
        return bool(self._to_call)


_newsrooms: "weakref.WeakKeyDictionary[Engine, Newsroom]" = weakref.WeakKeyDictionary()


def newsroom_of(engine: Engine) -> Newsroom:
    """Return the one newsroom that a process has for a database."""
    return _newsrooms.setdefault(engine, Newsroom())
