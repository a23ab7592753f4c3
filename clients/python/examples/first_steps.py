"""First steps: from recordings to detections, to counts by species, to a file for Raven.

Open it as a notebook in VS Code, Spyder or PyCharm, which run it cell by cell, or run it whole:

    SERVER=http://127.0.0.1:5000 TOKEN=… python first_steps.py

It works in the demo project that a new server has, and may be run again: nothing is stored twice.
"""

# %% Who am I, and where?
# A token is made on your profile page, or by `flask tokens add`.
import os
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd
from tagstore_client import LotFailed, Stale, Stored, Tagstore

store = Tagstore(os.environ["SERVER"], os.environ["TOKEN"])
print("I am", store.me().name, "and see", ", ".join(each.key for each in store.projects()))

# %% Which recordings are there?
# One row each. `q` looks for a part of the name, `folder` for a folder and what is below it.
recordings = store.media_frame("demo", kind="audio", folder="pond-07", sort="recorded")
print(recordings[["path", "recorded_at", "duration_s", "sample_rate"]].to_string())

dawn = store.find_media("demo", "20260531T051400+0200_pond-07.wav")
print(f"At dawn {dawn.duration_s:.0f} s were recorded, from {dawn.recorded_at:%H:%M} UTC on.")

# %% What has my detector found?
# Usually you would say pd.read_csv("detections.csv"). The columns are called what they are called
# where the table comes from; below we say what they mean.
detections = pd.read_csv(
    StringIO("""\
Begin Time (s),End Time (s),Low Freq (Hz),High Freq (Hz),Species,Confidence,SNR (dB)
3.0,6.0,1500,7000,Hollow fluteling,0.91,14.2
12.0,15.0,2600,6400,Amber trillfinch,0.83,11.7
15.0,18.0,2600,6400,Amber trillfinch,0.42,5.1
27.0,30.0,,,Dusk hooter,0.77,9.8
63.0,66.0,1500,7000,Hollow fluteling,0.58,7.3
171.0,174.0,,,Marsh buzzer,0.65,8.0
""")
)
# With an id of its own a detection is known again when this cell is run twice.
detections["external_id"] = [f"first steps, {number}" for number in detections.index]

meanings = {
    "Begin Time (s)": "start_s",
    "End Time (s)": "end_s",
    "Low Freq (Hz)": "low_hz",
    "High Freq (Hz)": "high_hz",
    "Species": "class_name",
    "Confidence": "score",
    "SNR (dB)": "info.snr_db",
}


def send(table: pd.DataFrame, *, dry_run: bool = False) -> Stored:
    """Store detections in the tag set "first steps"; what is there already stays as it is."""
    return store.add_tags(
        "demo",
        table,
        columns=meanings,
        on_duplicate="skip",
        dry_run=dry_run,
        # What follows is said of every row.
        media_id=dawn.id,
        tag_set="first steps",
        source="pond detector 0.3",
        machine_tagged=True,
        status="proposed",
    )


# %% Would they be taken?
# A dry run checks everything and stores nothing. Rows that make no sense are named, all of them.
broken = detections.copy()
broken.loc[2, "End Time (s)"] = 1.0
faulty: list[int | None] = []
try:
    send(broken, dry_run=True)
except LotFailed as error:
    print(error)
    faulty = [fault.row for fault in error.errors]
assert faulty == [2]

# %% Store them.
# The whole table, however long: it goes in lots of 10,000 rows, each of which is stored whole or
# not at all, and once, whatever becomes of the line.
stored = send(detections)
print(f"{stored.created} are new, {stored.skipped} were there.")
assert stored.created + stored.skipped == len(detections)

# %% What is there now?
# The columns are those of Tagstore's own CSV. Here: beside what people heard in the same recording.
tags = store.tags_frame("demo", media=dawn)
by_class = tags.pivot_table(
    index="class_name", columns="tag_set", values="tag_id", aggfunc="count", fill_value=0
)
print(by_class.to_string())
assert by_class.loc["Amber trillfinch", "first steps"] == 2

found = tags[tags["tag_set"] == "first steps"]
summary = found.groupby("class_name").agg(
    calls=("tag_id", "count"), seconds=("duration_s", "sum"), best=("score", "max")
)
print(summary.to_string())
assert summary["calls"].sum() == len(detections)

# %% How sure is sure enough?
sure = store.tags_frame("demo", tag_set="first steps", score_gte=0.7)
print(len(sure), "detections have a score of 0.7 or more; the first was heard at")
print(sure["event_start_datetime"].min().tz_convert("Europe/Berlin"))
assert len(sure) == 3

# %% Review one.
# A tag is changed only as you have seen it: what a colleague has changed meanwhile stays.
doubtful = next(store.tags("demo", media=dawn, tag_set="first steps", sort="score"))
try:
    reviewed = store.edit_tag(doubtful, status="unsure", comment="rain?")
    print("Tag", reviewed.id, "with a score of", reviewed.score, "is", reviewed.status)
except Stale as error:
    print("Somebody has changed it meanwhile, to:", error.current)

# %% And off to Raven.
# `store.formats()` lists all formats, and what each cannot say. One recording gives one table.
folder = Path(mkdtemp())
table = store.export("demo", "raven", folder / "dawn.txt", media=dawn, tag_set="first steps")
selections = pd.read_csv(table, sep="\t")
print(selections.iloc[:, :6].to_string())
assert len(selections) == len(detections)

# %% The end.
store.close()
