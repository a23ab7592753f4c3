"""The form that chooses what is exported, and how: it is part of an address."""

from math import isfinite
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, FloatField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from tagstore.formats.registry import FORMATS
from tagstore.media.paint import MAPS
from tagstore.models import TagClass, TagSet
from tagstore.services.exports import EXTRACTS, Look, Manner, Selection
from tagstore.services.exports.manners import PLAIN_LOOK
from tagstore.services.exports.picking import LONGEST_MEDIA
from tagstore.values import TAG_STATUSES, TagQuery

SIZES = (f"{PLAIN_LOOK.width}x{PLAIN_LOOK.height}", "512x192", "2048x768")
STATUSES = [SelectChoice("", "any"), *map(SelectChoice, TAG_STATUSES)]
MOST = 10**12


def finite(_form: FlaskForm, field: FloatField) -> None:
    """Refuse what is no number that our API takes."""
    if field.data is not None and not (isfinite(field.data) and abs(field.data) < MOST):
        raise ValidationError("must be a number")


NUMBER = [Optional(), finite]


def _stripped(text: str | None) -> str | None:
    return (text or "").strip() or None


def _folder(text: str | None) -> str | None:
    return (text or "").strip().strip("/") or None


class ExportForm(FlaskForm):
    """Which tags go out, and how they are written."""

    class Meta:
        """It changes nothing."""

        csrf = False

    format = SelectField("Format", default="csv")
    tag_set = SelectMultipleField("Tag sets")
    tag_class = SelectMultipleField("Classes", name="class")
    q = StringField("Class or text", filters=[_stripped])
    status = SelectField("Status", choices=STATUSES, default="")
    author = StringField("Author or source", filters=[_stripped])
    score_gte = FloatField("Score from", NUMBER)
    score_lte = FloatField("Score to", NUMBER)
    start_s = FloatField("From second", NUMBER)
    end_s = FloatField("To second", NUMBER)
    low_hz = FloatField("From Hz", NUMBER)
    high_hz = FloatField("To Hz", NUMBER)
    media = StringField(
        "Recording",
        [Length(max=LONGEST_MEDIA, message="is too long")],
        filters=[_stripped],
    )
    folder = StringField("Folder", filters=[_folder])
    by_recording = BooleanField("One file for each recording, in a zip")
    for_spreadsheets = BooleanField("Safe to open in a spreadsheet")
    recorder_facts = BooleanField("With facts of the recorder")
    padding_s = FloatField("Padding, s", NUMBER)
    by_class = BooleanField("A folder for each class")
    size = SelectField(
        "Size",
        choices=[SelectChoice(each, each.replace("x", " × ")) for each in SIZES],
        default=SIZES[0],
    )
    colours = SelectField(
        "Colours", choices=[SelectChoice(each) for each in MAPS], default=PLAIN_LOOK.colours
    )

    def offer(self, tag_sets: list[TagSet], classes: list[TagClass]) -> None:
        """Say what can be chosen in this project."""
        formats = [(each.key, each.name) for each in FORMATS if each.write]
        made = [(each.key, each.name) for each in EXTRACTS.values()]
        self.format.choices = {"Of the tags": formats, "Of the recordings": made}
        self.tag_set.choices = [(str(each.id), each.name) for each in tag_sets]
        self.tag_class.choices = [(str(each.id), each.label) for each in classes]

    def selection(self) -> Selection:
        """Return which tags are chosen."""
        query = TagQuery(
            tag_set_ids=tuple(map(int, self.tag_set.data or ())),
            tag_class_ids=tuple(map(int, self.tag_class.data or ())),
            text=self.q.data,
            status=self.status.data or None,
            author=self.author.data,
            **{name: self[name].data for name in NUMBERS},
        )
        return Selection(query, self.folder.data, self.media.data)

    def manner(self) -> Manner:
        """Return how they are to be written."""
        width, height = map(int, self.size.data.split("x"))
        return Manner(
            padding_s=self.padding_s.data or 0.0,
            look=Look(width, height, self.colours.data),
            **{name: self[name].data for name in FLAGS},
        )

    def asked(self) -> dict[str, Any]:
        """Return the same as parameters of our API."""
        asked = {
            "format": self.format.data,
            "tag_set": ",".join(self.tag_set.data or ()) or None,
            "class": ",".join(self.tag_class.data or ()) or None,
            **{name: self[name].data or None for name in ("q", "status", "author")},
            **{name: _decimal(self[name].data) for name in NUMBERS},
            "media": self.media.data,
            "folder": self.folder.data,
            **{name: "true" if self[name].data else None for name in FLAGS},
        }
        if self.format.data in EXTRACTS:
            asked["padding_s"] = _decimal(self.padding_s.data)
        if self.format.data == "pictures":
            asked |= vars(self.manner().look)
        return asked


NUMBERS = ("score_gte", "score_lte", "start_s", "end_s", "low_hz", "high_hz")
FLAGS = ("by_recording", "for_spreadsheets", "recorder_facts", "by_class")


def _decimal(number: float | None) -> str | None:
    """Return a number as our API reads it, without an exponent."""
    return None if number is None else f"{number:.9f}".rstrip("0").rstrip(".")
