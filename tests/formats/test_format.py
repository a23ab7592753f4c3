import pytest

from tagstore.errors import Invalid
from tagstore.formats import registry
from tagstore.formats.format import Feature, Format, features, lost
from tagstore.formats.rows import About, Media, Row

PLAIN = Format(
    "plain",
    "Plain",
    ".txt",
    "text/plain",
    lambda head: False,
    None,
    None,
    frozenset({Feature.LABELS, Feature.BOXES}),
    resolution_s=0.001,
)


def test_what_a_row_says_is_what_a_format_has_to_keep():
    assert features(Row(start_s=0, end_s=1, text="wren?")) == {Feature.TEXTS}
    assert features(Row(start_s=0, end_s=1)) == {Feature.WORDLESS}
    assert features(Row(start_s=1, end_s=1, low_hz=1, high_hz=2, label="wren")) == {
        Feature.POINTS,
        Feature.BOXES,
        Feature.LABELS,
    }
    everything = Row(
        media="a.wav",
        low_hz=1,
        channel=1,
        text="wren?",
        comment="far",
        track="birds",
        score=0.5,
        status="unsure",
        source="me",
        external_id="1",
        frame={"frame_idx": 1},
        info={"View": "x"},
        stored={"tag_id": 1},
    )
    assert features(everything) == set(Feature) - {
        Feature.POINTS,
        Feature.BOXES,
        Feature.LABELS,
        Feature.WORDLESS,
        Feature.OVERLAPS,
    }


def test_what_is_lost_is_said_before():
    assert lost(PLAIN, features(Row(start_s=0, end_s=1, low_hz=1, score=1, label="wren"))) == [
        "A frequency limit without its counterpart gets one, or is left out.",
        "Scores are left out.",
        "Times are rounded to 1 ms.",
    ]


def test_an_unknown_format_is_refused_with_those_there_are():
    with pytest.raises(Invalid) as caught:
        registry.named("papyrus")

    assert caught.value.message.startswith("There is no format “papyrus”. There are: ")
    assert caught.value.details == {"format": "is not known"}


def test_what_is_known_of_a_recording_is_found_by_name():
    one, two = Media("one.wav", sample_rate=48_000), Media("two.wav")
    about = About(one, {"two.wav": two})

    assert about.of(None) is one
    assert about.of("one.wav").nyquist_hz == 24_000
    assert about.of("two.wav") is two
    assert about.of("three.wav") == Media("three.wav")
