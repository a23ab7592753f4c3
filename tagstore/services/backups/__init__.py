"""Backups: the whole store in one file, and back."""

from tagstore.services.backups.making import Made, back_up
from tagstore.services.backups.restoring import Restored, restore

__all__ = ["Made", "Restored", "back_up", "restore"]
