"""What media files and folders may be called."""

import unicodedata

from tagstore.errors import Invalid
from tagstore.values import is_text

LONGEST_NAME = 200
LONGEST_FOLDER = 1000


def checked_name(name: str) -> str:
    """Return a file's name without the folders in front of it, or raise Invalid."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2]).strip()
    if not 1 <= len(name) <= LONGEST_NAME or name in {".", ".."} or not _is_plain(name):
        reason = f"must have 1 to {LONGEST_NAME} characters"
        raise Invalid("That name will not do.", name=reason)
    return name


def checked_folder(folder: str) -> str:
    """Return a folder as names joined by single slashes, or raise Invalid."""
    parts = [part.strip() for part in folder.replace("\\", "/").split("/")]
    parts = [unicodedata.normalize("NFC", part) for part in parts if part not in {"", "."}]
    path = "/".join(parts)
    if ".." in parts or len(path) > LONGEST_FOLDER or not _is_plain(path):
        raise Invalid("That folder will not do.", folder="must be names joined by slashes")
    return path


def _is_plain(text: str) -> bool:
    return is_text(text) and not any(unicodedata.category(each) == "Cc" for each in text)
