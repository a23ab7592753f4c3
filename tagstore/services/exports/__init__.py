"""Tags out of the store, as files of any format that can be written: read while they are sent."""

from tagstore.services.exports.files import WRITABLE, ZIP, Export, Manner, prepare
from tagstore.services.exports.losing import Summary, summarise
from tagstore.services.exports.picking import Selection

__all__ = ["WRITABLE", "ZIP", "Export", "Manner", "Selection", "Summary", "prepare", "summarise"]
