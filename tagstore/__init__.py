"""Tagstore: tags on sound, video and images."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tagstore.config import Settings
    from tagstore.web.app import App


def create_app(settings: "Settings | None" = None) -> "App":
    """Return the application: configuration, extensions, edges, in that order."""
    # Imported here, so that a decoding child process does not load the web for nothing.
    from tagstore import wiring

    return wiring.create_app(settings)
