"""What happened: recorded with the change itself, kept for 90 days, followed live."""

from tagstore.services.events.following import begin, follow, newest, newsroom
from tagstore.services.events.keeping import forget_old
from tagstore.services.events.looking import Newsroom
from tagstore.services.events.news import News, Topic
from tagstore.services.events.recording import latest, record
from tagstore.services.events.ringing import bell

__all__ = [
    "News",
    "Newsroom",
    "Topic",
    "begin",
    "bell",
    "follow",
    "forget_old",
    "latest",
    "newest",
    "newsroom",
    "record",
]
