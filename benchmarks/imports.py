"""Many tags in from files: one large table, again, undone; and a folder of many small ones.

A number behind it is how many tags; the figures to keep to are of a million, and of 7,000 files.
"""

import csv
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks._stores import furnished
from benchmarks._table import show
from tests.memory import most_resident_bytes

TAGS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
FILES, HOUR_S, FOLDER_FILES, ROWS_A_FILE = 100, 3600.0, 7000, 10
A_MILLION_S, A_MILLION_UNDONE_S, FOLDER_S = 90.0, 60.0, 60.0
SPECIES = 20
LOOK_S = 0.05
COLUMNS = (
    *("media_path", "class_name", "start_s", "end_s", "low_hz", "high_hz", "channel", "score"),
    *("source", "track"),
)
BIRDNET = "Start (s),End (s),Scientific name,Common name,Confidence,File\n"


def furnish(data_dir: Path) -> None:
    """Make a store with recordings that have no tags."""
    with furnished(data_dir) as (make, project, _):
        for number in range(FILES):
            make.media_file(project, HOUR_S, name=f"pond{number}.wav", folder="pond")
        for number in range(FOLDER_FILES):
            make.media_file(project, HOUR_S, name=f"site{number}.wav", folder="sites")


def write_table(path: Path) -> None:
    """Write the detections of a model on many recordings, one recording after the other."""
    a_file = TAGS // FILES
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(TAGS):
            start_s = number % a_file * (HOUR_S - 10) / a_file
            writer.writerow(
                (
                    *(f"pond/pond{number // a_file}.wav", f"species {number % SPECIES}"),
                    *(f"{start_s:.6f}", f"{start_s + 3:.6f}", 1500.25, 4200.5, 1, 0.875),
                    *("detector 1.0", "detector 1.0"),
                )
            )


def write_folder(folder: Path) -> None:
    """Write the results of BirdNET, a file for each recording."""
    folder.mkdir()
    for number in range(FOLDER_FILES):
        rows = (
            f"{at * 3}.0,{at * 3 + 3}.0,Turdus {at},Thrush {at},0.{at + 1}5,site{number}.wav\n"
            for at in range(ROWS_A_FILE)
        )
        (folder / f"site{number}.BirdNET.results.csv").write_text(BIRDNET + "".join(rows))


def run(data_dir: Path, *words: str) -> tuple[float, float]:
    """Run a command; return its seconds and the most it had resident, in MB."""
    command = [str(Path(sys.executable).with_name("flask")), "tags", *words]
    environment = {**os.environ, "TAGSTORE_DATA_DIR": str(data_dir)}
    began, most = time.perf_counter(), 0
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        with suppress(FileNotFoundError, IndexError):  # It may end in this moment.
            most = max(most, most_resident_bytes(process.pid))
        time.sleep(LOOK_S)
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}.")
    return time.perf_counter() - began, most / 1e6


def bare(path: Path, database: Path) -> float:
    """Return how many seconds csv and sqlite3 alone take for the cells, in one transaction."""
    began = time.perf_counter()
    connection = sqlite3.connect(database)
    connection.execute(f"CREATE TABLE tag (id INTEGER PRIMARY KEY, {', '.join(COLUMNS)})")
    connection.execute("CREATE INDEX spans ON tag (media_path, start_s)")
    marks = ", ".join("?" * len(COLUMNS))
    with path.open(newline="") as file, connection:
        reader = csv.reader(file)
        next(reader)
        statement = f"INSERT INTO tag ({', '.join(COLUMNS)}) VALUES ({marks})"
        connection.executemany(statement, reader)
    connection.close()
    return time.perf_counter() - began


def row(
    what: str, found: tuple[float, float], at_most: float, bare_s: float | None
) -> dict[str, Any]:
    """Return a line of the table."""
    seconds, memory = found
    return {
        "what": what,
        "s": seconds,
        "at most": at_most,
        "bare s": bare_s if bare_s else "–",
        "ratio": seconds / bare_s if bare_s else "–",
        "MB": memory,
        "at most ": 300.0,
    }


def main() -> None:
    """Measure with real commands in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data_dir, table = folder / "data", folder / "detections.csv"
        furnish(data_dir)
        write_table(table)
        write_folder(folder / "results")
        share = TAGS / 1_000_000
        bring = ("import", "--project", "frogs", "--create-classes")
        bare_s = bare(table, folder / "bare.db")
        rows = [
            row(
                f"{TAGS:,} tags of one table",
                run(data_dir, *bring, str(table)),
                A_MILLION_S * share,
                bare_s,
            ),
            row(
                "the same again, adding none",
                run(data_dir, *bring, str(table)),
                A_MILLION_S * share,
                bare_s,
            ),
            row(
                "the first undone",
                run(data_dir, "undo-import", "1"),
                A_MILLION_UNDONE_S * share,
                None,
            ),
            row(
                f"{FOLDER_FILES:,} files of BirdNET, {FOLDER_FILES * ROWS_A_FILE:,} tags",
                run(data_dir, *bring, str(folder / "results")),
                FOLDER_S,
                None,
            ),
        ]
        show("imports", rows)


if __name__ == "__main__":
    main()
