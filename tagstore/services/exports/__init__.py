"""Tags out of the store, as files of any format that can be written: read while they are sent."""

from tagstore.services.exports.extracts import EXTRACTS
from tagstore.services.exports.files import WRITABLE, prepare
from tagstore.services.exports.losing import Summary, summarise
from tagstore.services.exports.manners import ZIP, Export, Look, Manner
from tagstore.services.exports.picking import Selection

__all__ = [
    "EXTRACTS",
    "WRITABLE",
    "ZIP",
    "Export",
    "Look",
    "Manner",
    "Selection",
    "Summary",
    "prepare",
    "summarise",
]
