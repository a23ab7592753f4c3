"""What recorders said of recordings, for who reads tags elsewhere."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tagstore.db import apart, db
from tagstore.formats.rows import Row
from tagstore.formats.tables.own import COMPUTED, RECORDER, moment
from tagstore.models import MediaFile
from tagstore.services.exports.manners import Manner
from tagstore.services.media_files.moments import began_at

AUDIOMOTH_MAKER = "Open Acoustic Devices"
MAKER = ("Make", "Model")


def columns_of_recorders(manner: Manner) -> tuple[str, ...]:
    """Return the columns for what recorders said and when that was, if it is wanted."""
    return (*COMPUTED, *RECORDER) if manner.recorder_facts else ()


def with_recorders(rows: Iterator[Row], manner: Manner) -> Iterator[Row]:
    """Return rows; if it is wanted, they also say when, where and with what they were recorded."""
    return _with_facts(rows) if manner.recorder_facts else rows


def _with_facts(rows: Iterable[Row]) -> Iterator[Row]:
    known: dict[int, tuple[dict[str, Any], datetime | None]] = {}
    for row in rows:
        number = row.stored["media_id"]
        if number not in known:
            with apart(writing=False):
                media_file = db.session.get_one(MediaFile, number)
                began = began_at(media_file.recorded_at, media_file.utc_offset_s)
                known[number] = facts_of(media_file), began
        facts, began = known[number]
        moments = dict(zip(COMPUTED, (moment(began), moment(began, row.start_s)), strict=True))
        yield replace(row, stored=row.stored | moments | facts)


def facts_of(media_file: MediaFile) -> dict[str, Any]:
    """Return what is known of a recording, by the columns of `RECORDER`."""
    make, model, serial = recorder_of(media_file.info)
    return {
        "recorder_make": make,
        "recorder_model": model,
        "recorder_serial": serial,
        "latitude": media_file.latitude,
        "longitude": media_file.longitude,
        "time_expansion": media_file.info.get("time_expansion"),
        "media_duration_s": media_file.duration_s,
        "media_sample_rate": media_file.sample_rate,
        "media_channels": media_file.channels,
    }


def recorder_of(info: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Return make, model and serial number of a recorder, or of a camera, where they are known."""
    if "audiomoth.device" in info:
        model, _, serial = str(info["audiomoth.device"]).partition(" ")
        return AUDIOMOTH_MAKER, model, serial
    make, model = (info.get(f"guano.{key}", info.get(f"tag.{key.lower()}")) for key in MAKER)
    return make, model, info.get("guano.Serial")
