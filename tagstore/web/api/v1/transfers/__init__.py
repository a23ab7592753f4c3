"""Tags in and out as files."""

from tagstore.web.api.v1.transfers import exports, imports

__all__ = ["exports", "imports"]
