"""Keys with values on media files."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tagstore.db import Base, created, pk
from tagstore.models.media_files import MediaFile


class ResourceTag(Base):
    """A key with a value on a media file."""

    __tablename__ = "resource_tag"
    __table_args__ = (
        Index("uq_resource_tag_media_file_id_key", "media_file_id", "key", unique=True),
        Index("ix_resource_tag_key_value", "key", "value"),
    )

    id: Mapped[pk]
    media_file_id: Mapped[int] = mapped_column(ForeignKey("media_file.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    value: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[created]

    media_file: Mapped[MediaFile] = relationship()
