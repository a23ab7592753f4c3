"""Tags in and out as files."""

from tagstore.web.api.v1.transfers import exports

__all__ = ["exports"]
