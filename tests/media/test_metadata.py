from datetime import UTC, datetime, timedelta, timezone

import pytest
import soundfile

from tagstore.media.metadata import audiomoth, name_time, parse_guano, recorder_metadata
from tests import sounds

MOTH = "AudioMoth 24526B065D325963"
GUANO = (
    "GUANO|Version: 1.0\n"
    "Timestamp: 2023-06-01T22:15:30.5+02:00\n"
    "Loc Position: 52.5200 13.4050\n"
    "Make: Wildlife Acoustics, Inc.\n"
    "Note: first line\\nsecond line\n"
    "PET|D500X|TSens: 3:1\n"
    "TE: 10\n"
)


@pytest.mark.parametrize("place", ["before", "after"])
def test_guano_is_found_on_either_side_of_the_sound(tmp_path, place):
    path = sounds.write_wav(tmp_path / "a.wav", **{place: sounds.guano_chunk(GUANO)})

    recorded = recorder_metadata(path, "a.wav")

    at = datetime(2023, 6, 1, 22, 15, 30, 500_000, tzinfo=timezone(timedelta(hours=2)))
    assert recorded.recorded_at == at
    assert (recorded.latitude, recorded.longitude) == (52.52, 13.405)
    assert recorded.info == {
        "guano.GUANO|Version": "1.0",
        "guano.Timestamp": "2023-06-01T22:15:30.5+02:00",
        "guano.Loc Position": "52.5200 13.4050",
        "guano.Make": "Wildlife Acoustics, Inc.",
        "guano.Note": "first line\nsecond line",
        "guano.PET|D500X|TSens": "3:1",
        "guano.TE": "10",
        "time_expansion": 10.0,
    }


@pytest.mark.parametrize(
    "options",
    [
        {"after": sounds.guano_chunk(GUANO, size=90_000)},
        {"after": sounds.guano_chunk(GUANO), "claimed_bytes": 96_000 + 5000},
        {"after": sounds.guano_chunk(GUANO), "claimed_bytes": 0xFFFFFFFF},
        {"after": sounds.guano_chunk(GUANO + "\0\0\0")},
        {"after": sounds.chunk(b"odd ", b"123")[:-1] + sounds.guano_chunk(GUANO)},
        {"before": sounds.chunk(b"odd ", b"123") + sounds.guano_chunk(GUANO)},
    ],
    ids=["too long", "hidden by data", "hidden by endless data", "NULs", "unpadded", "padded"],
)
def test_guano_survives_careless_writers(tmp_path, options):
    path = sounds.write_wav(tmp_path / "a.wav", **options)

    recorded = recorder_metadata(path, "a.wav")

    assert (recorded.latitude, recorded.info["guano.TE"]) == (52.52, "10")


def test_guano_is_found_in_rf64(tmp_path):
    path = sounds.write_long_rf64(tmp_path / "a.wav", hours=10)
    with path.open("ab") as file:
        file.write(sounds.guano_chunk(GUANO))

    recorded = recorder_metadata(path, "a.wav")

    assert recorded.latitude == 52.52


def test_guano_splits_at_the_first_colon_and_keeps_case():
    fields = parse_guano(b"GUANO|Version:1.0\r\nnote: a:b \n: nothing\nnonsense\n Vendor | Key : 1")

    assert fields == {"GUANO|Version": "1.0", "note": "a:b", "Vendor|Key": "1"}


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("2023-06-01T22:15:30Z", datetime(2023, 6, 1, 22, 15, 30, tzinfo=UTC)),
        ("2023-06-01T22:15:30", datetime(2023, 6, 1, 22, 15, 30)),
        ("2023-06-01 22:15:30", datetime(2023, 6, 1, 22, 15, 30)),
        (
            "2023-06-01T22:15:30-0500",
            datetime(2023, 6, 1, 22, 15, 30, tzinfo=timezone(timedelta(hours=-5))),
        ),
        ("yesterday", None),
        ("0001-01-01T00:00:00", None),
    ],
)
def test_guano_times_are_read_as_they_are_written(tmp_path, timestamp, at):
    chunk = sounds.guano_chunk(f"GUANO|Version: 1.0\nTimestamp: {timestamp}\n")
    path = sounds.write_wav(tmp_path / "a.wav", before=chunk)

    assert recorder_metadata(path, "a.wav").recorded_at == at


@pytest.mark.parametrize("position", ["91 0", "0 181", "nan nan", "12", "north east", "1 2 3"])
def test_a_place_that_is_none_is_left_out(tmp_path, position):
    chunk = sounds.guano_chunk(f"GUANO|Version: 1.0\nLoc Position: {position}\n")
    path = sounds.write_wav(tmp_path / "a.wav", before=chunk)

    recorded = recorder_metadata(path, "a.wav")

    assert (recorded.latitude, recorded.longitude) == (None, None)


@pytest.mark.parametrize(
    ("comment", "zone", "found"),
    [
        (
            f"Recorded at 10:25:00 04/04/2020 (UTC) by {MOTH} at gain setting 2 while battery "
            "state was 4.7V.",
            UTC,
            {"device": MOTH, "gain": "2", "battery": "4.7V"},
        ),
        (
            f"Recorded at 10:25:00 04/04/2020 by {MOTH} at gain setting 0 while battery state "
            "was < 3.6V.",
            None,
            {"device": MOTH, "gain": "0", "battery": "< 3.6V"},
        ),
        (
            f"Recorded at 10:25:00 04/04/2020 (UTC-5) by {MOTH} at medium gain setting while "
            "battery state was 4.2V and temperature was 21.3C.",
            timezone(timedelta(hours=-5)),
            {"device": MOTH, "gain": "medium", "battery": "4.2V", "temperature_c": 21.3},
        ),
        (
            "Recorded at 10:25:00 04/04/2020 (UTC+5:30) during deployment 0123456789ABCDEF using "
            "external microphone at low-medium gain while battery was less than 2.5V and "
            "temperature was -3.0C. Amplitude threshold was 0.35% with 10s minimum trigger "
            "duration. Band-pass filter with frequencies of 1.0kHz and 12.5kHz applied.",
            timezone(timedelta(hours=5, minutes=30)),
            {
                "deployment": "0123456789ABCDEF",
                "microphone": "external",
                "gain": "low-medium",
                "battery": "less than 2.5V",
                "temperature_c": -3.0,
                "threshold": "0.35%",
                "minimum_trigger_s": 10.0,
                "filter": "Band-pass filter with frequencies of 1.0kHz and 12.5kHz",
            },
        ),
        (
            "Recorded at 10:25:00 04/04/2020 (UTC) during deployment 0123456789ABCDEF at medium "
            "gain setting while battery state was 4.2V and temperature was 19.6C.",
            UTC,
            {
                "deployment": "0123456789ABCDEF",
                "gain": "medium",
                "battery": "4.2V",
                "temperature_c": 19.6,
            },
        ),
        (
            f"Recorded at 10:25:00 04/04/2020 (UTC) by {MOTH} at high gain while battery was "
            "greater than 4.9V and temperature was 0.4C. Amplitude threshold was 512. Recording "
            "cancelled before completion due to change of switch position.",
            UTC,
            {
                "device": MOTH,
                "gain": "high",
                "battery": "greater than 4.9V",
                "temperature_c": 0.4,
                "threshold": "512",
                "stopped": "cancelled before completion due to change of switch position",
            },
        ),
        (
            f"Recorded at 10:25:00 04/04/2020 (UTC) by {MOTH} at medium-high gain while battery "
            "was 3.9V and temperature was 7.0C. Amplitude threshold was -40 dB with 1s minimum "
            "trigger duration. Recording stopped due to low voltage.",
            UTC,
            {
                "device": MOTH,
                "gain": "medium-high",
                "battery": "3.9V",
                "temperature_c": 7.0,
                "threshold": "-40 dB",
                "minimum_trigger_s": 1.0,
                "stopped": "stopped due to low voltage",
            },
        ),
    ],
)
def test_audiomoth_comments_are_read_clause_by_clause(comment, zone, found):
    assert audiomoth(comment) == (datetime(2020, 4, 4, 10, 25, tzinfo=zone), found)


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "A wren by the river",
        "Recorded at 10:25:00 44/44/2020 (UTC)",
        "Recorded at 10:25:00 04/04/2020 (UTC+99)",
    ],
)
def test_other_comments_tell_no_time(comment):
    assert audiomoth(comment)[0] is None


@pytest.mark.parametrize(
    ("name", "at", "info"),
    [
        ("20200404_102500.WAV", datetime(2020, 4, 4, 10, 25), {}),
        ("20200404_102500T.WAV", datetime(2020, 4, 4, 10, 25), {"triggered": True}),
        ("SITE-07_20200404_102500.wav", datetime(2020, 4, 4, 10, 25), {}),
        ("S4A01234_20200404_102500_001.wav", datetime(2020, 4, 4, 10, 25), {}),
        ("card 1/day/20200404_102500.WAV", datetime(2020, 4, 4, 10, 25), {}),
        ("C:\\card\\20200404_102500.WAV", datetime(2020, 4, 4, 10, 25), {}),
        (
            "20200404T102500+1000_REC.flac",
            datetime(2020, 4, 4, 10, 25, tzinfo=timezone(timedelta(hours=10))),
            {},
        ),
        ("20200404T102500Z.flac", datetime(2020, 4, 4, 10, 25, tzinfo=UTC), {}),
        ("5AC7CB2A.WAV", datetime(2018, 4, 6, 19, 31, 54, tzinfo=UTC), {}),
        ("20200404.wav", None, {}),
        ("20201344_102500.wav", None, {}),
        ("120200404_102500.wav", None, {}),
        ("deadbee.wav", None, {}),
        ("wren.wav", None, {}),
        ("", None, {}),
    ],
)
def test_file_names_tell_the_time(name, at, info):
    assert name_time(name) == (at, info)


def test_guano_is_believed_before_the_comment_and_the_comment_before_the_name(tmp_path):
    guano = sounds.guano_chunk("GUANO|Version: 1.0\nTimestamp: 2021-01-01T00:00:00Z\n")
    comment = sounds.comment_chunk(f"Recorded at 00:00:00 01/01/2022 (UTC) by {MOTH}", MOTH)
    name = "20230101_000000.WAV"
    paths = [
        sounds.write_wav(tmp_path / "1.wav", before=comment, after=guano),
        sounds.write_wav(tmp_path / "2.wav", before=comment),
        sounds.write_wav(tmp_path / "3.wav"),
    ]

    times = [recorder_metadata(path, name).recorded_at for path in paths]

    assert times == [
        datetime(2021, 1, 1, tzinfo=UTC),
        datetime(2022, 1, 1, tzinfo=UTC),
        datetime(2023, 1, 1),
    ]


def test_comments_in_other_containers_are_read_too(tmp_path):
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", 48_000, 1) as file:
        file.comment = f"Recorded at 10:25:00 04/04/2020 (UTC) by {MOTH} at gain setting 2"
        file.write(sounds.tone())

    recorded = recorder_metadata(path, "a.flac")

    assert recorded.recorded_at == datetime(2020, 4, 4, 10, 25, tzinfo=UTC)
    assert recorded.info["audiomoth.gain"] == "2"
