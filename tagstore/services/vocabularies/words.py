"""What groups and classes have in common: words within bounds, names that are free."""

from sqlalchemy.exc import IntegrityError

from tagstore.db import db
from tagstore.errors import Conflict, Invalid
from tagstore.values import is_text


def check_words(**words: tuple[str, int]) -> None:
    """Raise unless each field has a word of at most so many characters."""
    for field, (word, longest) in words.items():
        if not word.strip() or len(word) > longest or not is_text(word):
            reason = f"must have 1 to {longest} characters"
            raise Invalid(f"That {field} will not do.", **{field: reason})


def flush_or_taken(field: str) -> None:
    """Ask the database whether the name is free."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(f"That {field} is taken.", **{field: "is taken"}) from error
