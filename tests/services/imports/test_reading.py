"""Rows find their recordings and classes; what does not fit is told, line by line."""

import pytest

from tagstore.db import db
from tagstore.errors import Conflict, Invalid
from tagstore.models import MediaFile, TagClass
from tagstore.models.vocabularies import TagClassAlias
from tagstore.services import vocabularies
from tagstore.services.imports import Choices, Found
from tagstore.values import SYSTEM

CSV = "media_path,class_name,start_s,end_s\n"
AUDACITY = "1.0\t2.0\twren\n"


@pytest.fixture
def more(work, make, importing):
    """Recordings with the same name in two folders, and one in a folder of its own."""
    with work():
        project = db.session.get_one(MediaFile, 1).project
        for folder in ("a", "b"):
            make.media_file(project, name="same.wav", folder=folder)
        make.media_file(project, name="NIGHT_01.WAV", folder="a/deep", sha256="ab" * 32)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("dawn.wav", "2026/dawn.wav"),
        ("DAWN.WAV", "2026/dawn.wav"),
        ("dawn", "2026/dawn.wav"),
        ("dawn.flac", "2026/dawn.wav"),
        ("2026/dawn.wav", "2026/dawn.wav"),
        ("C:\\sounds\\2026\\dawn.wav", "2026/dawn.wav"),
        ("/elsewhere/dawn.wav", "2026/dawn.wav"),
        ("a/same.wav", "a/same.wav"),
        ("x/b/same.wav", "b/same.wav"),
        ("ab" * 32, "a/deep/NIGHT_01.WAV"),
    ],
)
def test_a_row_finds_its_recording(importing, more, name, path):
    importing.store(importing.files(a_csv=CSV + f"{name},wren,1,2\n"))

    assert importing.shown("media") == [(path,)]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("dawn_txt", "2026/dawn.wav"),
        ("dawn_wav_txt", "2026/dawn.wav"),
        ("dawn_Table_1_selections_txt", "2026/dawn.wav"),
        ("dawn_BirdNET_results_txt", "2026/dawn.wav"),
        ("b__same_audacity_txt", "b/same.wav"),
    ],
)
def test_a_file_finds_its_recording_by_its_own_name(importing, more, name, path):
    importing.store(importing.files(**{name: AUDACITY}))

    assert importing.shown("media") == [(path,)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("noon.wav", "There is no recording “noon.wav” in this project."),
        ("same.wav", "Several recordings could be “same.wav”: a/same.wav, b/same.wav. Choose one."),
    ],
)
def test_a_recording_that_is_not_told_is_asked_for_once(importing, more, name, reason):
    rows = CSV + f"{name},wren,1,2\n" * 3

    found = importing.look(importing.files(a_csv=rows))

    assert found.faults == [Found("a.csv", 2, None, reason, rows=3)]
    assert [(each.name, each.rows, each.reason) for each in found.names] == [(name, 3, reason)]


def test_a_recording_can_be_chosen_for_a_name(importing, more, recordings):
    files = importing.files(a_csv=CSV + "noon.wav,wren,1,2\n", b_txt=AUDACITY)
    chosen = {"noon.wav": recordings["dusk.wav"], "": recordings["dawn.wav"]}

    importing.store(files, recordings=chosen)

    assert importing.shown("media") == [("2026/dusk.wav",), ("2026/dawn.wav",)]


def test_a_table_about_several_recordings_never_stands_for_one_that_is_missing(importing):
    rows = "noon.wav,wren,1,2\ndusk.wav,wren,1,2\n"

    found = importing.look(importing.files(dawn_csv=CSV + rows))

    assert [fault.line for fault in found.faults] == [3]
    assert "“noon.wav” is not in this project" in found.faults[0].reason


def test_no_recording_stands_for_a_missing_one_where_another_was_named(importing):
    rows = "dusk.wav,wren,1,2\nnoon.wav,wren,1,2\n"

    found = importing.look(importing.files(dawn_csv=CSV + rows))

    reason = "There is no recording “noon.wav” in this project."
    assert found.faults == [Found("dawn.csv", 3, None, reason)]


def test_a_recording_stands_for_the_only_one_that_a_file_names(importing):
    rows = "noon.wav,wren,1,2\nnoon.wav,wren,3,4\n"

    importing.store(importing.files(dawn_csv=CSV + rows))

    assert importing.shown("media") == [("2026/dawn.wav",)] * 2


def test_a_tag_ends_with_its_recording(importing):
    rows = "dawn.wav,wren,1,60.0004\ndawn.wav,wren,1,70\ndawn.wav,wren,61,62\n"
    files = importing.files(a_csv=CSV + rows)

    _, found = importing.store(files, good_rows=True)

    assert importing.shown("end_s") == [(60.0,), (60.0,)]
    assert found.cut == 1
    assert found.faults == [
        Found("a.csv", 4, None, "It starts at 61 s, after the end of 2026/dawn.wav at 60 s.")
    ]


@pytest.fixture
def turdus(work, importing):
    with work():
        project = db.session.get_one(MediaFile, 1).project
        merula = vocabularies.add_class(SYSTEM, project, "turdus_merula", label="Blackbird")
        merula.aliases.append(TagClassAlias(alias="Amsel", alias_folded="amsel"))
        vocabularies.add_class(SYSTEM, project, "wren (song)")
        return merula.id


def rows_of(*labels):
    return CSV + "".join(f"dawn.wav,{label},1,2\n" for label in labels)


def test_words_are_known_aliases_near_or_new(importing, turdus):
    labels = ("wren", "Blackbird", "AMSEL", "Turdus merula", "Turdus merulla", "frog")

    found = importing.look(importing.files(a_csv=rows_of(*labels)))

    assert {each.label: (each.kind, each.taken) for each in found.labels} == {
        "wren": ("known", 1),
        "Blackbird": ("known", turdus),
        "AMSEL": ("alias", turdus),
        "Turdus merula": ("near", turdus),
        "Turdus merulla": ("near", None),
        "frog": ("new", None),
    }
    near = next(each for each in found.labels if each.label == "Turdus merulla").near
    assert near == [{"id": turdus, "label": "Blackbird"}]
    assert [fault.reason for fault in found.faults] == [
        "There is no class “Turdus merulla” in this project. Near it: Blackbird.",
        "There is no class “frog” in this project.",
    ]


def test_what_words_mean_can_be_chosen(importing, turdus):
    files = importing.files(a_csv=rows_of("Turdus merulla", "frog", "toad", "wind"))
    chosen = {"Turdus merulla": str(turdus), "frog": "create", "toad": "text", "wind": "leave"}

    _, found = importing.store(files, classes=chosen)

    assert importing.shown("words") == [("Blackbird",), ("frog",), ("toad",)]
    assert importing.names(TagClass) == ["Blackbird", "frog", "wren", "wren (song)"]
    assert found.left_out == 1


def test_a_retired_class_comes_back_when_it_is_made_again(importing, work, turdus):
    with work():
        vocabularies.edit_class(SYSTEM, db.session.get_one(TagClass, turdus), retired=True)

    importing.store(importing.files(a_csv=rows_of("turdus_merula")), new_classes="create")

    assert importing.shown("words", "tag_class_id") == [("Blackbird", turdus)]


def test_names_of_merged_classes_stand_for_what_they_became(importing, work, turdus):
    with work():
        project = db.session.get_one(MediaFile, 1).project
        for name in ("ouzel", "merle"):
            merged = vocabularies.add_class(SYSTEM, project, name)
            merged.merged_into_id = turdus

    importing.store(importing.files(a_csv=rows_of("ouzel", "Merle")), new_classes="create")

    assert importing.shown("words") == [("Blackbird",)] * 2


def test_many_classes_are_made_at_once(importing):
    labels = [f"species {n}" for n in range(3000)]

    _, found = importing.store(importing.files(a_csv=rows_of(*labels)), new_classes="create")

    assert (found.added, len(found.made["classes"])) == (3000, 3000)
    assert importing.names(TagClass) == sorted([*labels, "wren"])


def test_a_closed_vocabulary_takes_no_classes(importing, work):
    with work():
        project = db.session.get_one(MediaFile, 1).project
        vocabularies.list_groups(SYSTEM, project)[0].closed = True

    with pytest.raises(Conflict, match="closed"):
        importing.store(importing.files(a_csv=rows_of("frog")), new_classes="create")

    assert importing.count() == 0


def test_a_class_cannot_have_a_name_that_is_too_long(importing):
    files = importing.files(a_csv=rows_of("x" * 101))

    _, found = importing.store(files, new_classes="create")

    assert "is no name for a class" in found.faults[0].reason
    assert importing.count() == 0


def test_columns_can_be_mapped(importing):
    table = "Begin Time (s),stop,Call,Sound\n1,2,wren,dawn.wav\n"
    columns = {"Call": "label", "Sound": "media", "stop": ""}

    importing.store(importing.files(x_csv=table), columns=columns)

    assert importing.shown("media", "words", "start_s", "end_s", "info") == [
        ("2026/dawn.wav", "wren", 1.0, 1.0, {"stop": "2"})
    ]


def test_low_numbers_on_a_recording_of_ultrasound_are_asked_about(importing):
    table = "filename,start,end,low_f,high_f,label\ndawn.wav,1,2,20,45,wren\n"
    files = importing.files(a_csv=table)

    asked = importing.look(files)
    importing.store(files, kilohertz=True)

    assert asked.looks_like_kilohertz
    assert importing.shown("low_hz", "high_hz") == [(20_000.0, 45_000.0)]


def test_a_look_stores_nothing_and_knows_what_is_stored(importing):
    files = importing.files(a_csv=rows_of("wren") + "dawn.wav,wren,5,6\n")
    importing.store(importing.files(b_csv=rows_of("wren")))
    before = importing.count()

    found = importing.look(files, tag_set="Tagstore CSV")

    assert (found.added, found.known, importing.count()) == (1, 1, before)


@pytest.mark.parametrize(
    ("said", "blamed"),
    [
        ({"format": "word"}, "format"),
        ({"tag_set": " "}, "tag_set"),
        ({"columns": {"a": "volume"}}, "columns"),
        ({"classes": {"a": "maybe"}}, "classes"),
        ({"recordings": {"a": -1}}, "recordings"),
        ({"on_duplicate": "shrug"}, "on_duplicate"),
        ({"new_classes": "shrug"}, "new_classes"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(said, blamed):
    with pytest.raises(Invalid) as caught:
        Choices.read(said)

    assert list(caught.value.details) == [blamed]
