"""Tags of whole photos, as one who knows neither times nor tag sets sees them."""

from tagstore.services.photo_tags.finding import PhotoQuery, TaggedPhoto, find_photos
from tagstore.services.photo_tags.tagging import add_photo_tag, delete_photo_tag

__all__ = ["PhotoQuery", "TaggedPhoto", "add_photo_tag", "delete_photo_tag", "find_photos"]
