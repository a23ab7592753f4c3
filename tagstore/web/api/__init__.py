"""The JSON edges. A dialect is a folder here and one line in DIALECTS."""

from tagstore.web.api.arlo import bp as arlo
from tagstore.web.api.arlo import neighbours, routes
from tagstore.web.api.base import Dialect
from tagstore.web.api.bedrock import bp as bedrock
from tagstore.web.api.bedrock import neighbours as bedrock_neighbours
from tagstore.web.api.bedrock import routes as bedrock_routes
from tagstore.web.api.dis import bp as dis
from tagstore.web.api.dis import routes as dis_routes
from tagstore.web.api.eluvio import batches as eluvio_batches
from tagstore.web.api.eluvio import bp as eluvio
from tagstore.web.api.eluvio import stream as eluvio_stream
from tagstore.web.api.eluvio import tags as eluvio_tags
from tagstore.web.api.eluvio import tracks as eluvio_tracks
from tagstore.web.api.eluvio import writes as eluvio_writes
from tagstore.web.api.pixelshare import bp as pixelshare
from tagstore.web.api.pixelshare import routes as pixelshare_routes
from tagstore.web.api.v1 import bp as v1
from tagstore.web.api.v1 import (
    bulk,
    description,
    events,
    jobs,
    me,
    media,
    pictures,
    projects,
    tag_sets,
    tags,
    tokens,
    tracks,
    transfers,
    uploads,
    users,
    vocabularies,
)

__all__ = [
    "DIALECTS",
    "bedrock_neighbours",
    "bedrock_routes",
    "bulk",
    "description",
    "dis_routes",
    "eluvio_batches",
    "eluvio_stream",
    "eluvio_tags",
    "eluvio_tracks",
    "eluvio_writes",
    "events",
    "jobs",
    "me",
    "media",
    "neighbours",
    "pictures",
    "pixelshare_routes",
    "projects",
    "routes",
    "tag_sets",
    "tags",
    "tokens",
    "tracks",
    "transfers",
    "uploads",
    "users",
    "vocabularies",
]

DIALECTS: tuple[Dialect, ...] = (v1, arlo, bedrock, pixelshare, dis, eluvio)
