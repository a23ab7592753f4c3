"""Imports stored: whole or not at all, seen by nobody before, once however often they are tried."""

import pytest

from tagstore.db import apart, db
from tagstore.errors import Conflict, Forbidden
from tagstore.models import Batch, MediaFile, TagClass, TagSet
from tagstore.services import counts, imports, tags, users
from tagstore.services.imports import Found
from tagstore.values import SYSTEM

TIMES = ("Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)")
RAVEN = "\n".join(
    "\t".join(cells)
    for cells in (
        ("Selection", "View", "Channel", *TIMES, "Species", "By"),
        ("1", "Spectrogram 1", "1", "1.5", "2.25", "1000.5", "2000", "wren", "ana"),
        ("2", "Spectrogram 1", "1", "3", "4", "1500", "2500", "wren", "bo"),
    )
)
CSV = "media_path,class_name,start_s,end_s,score,track,external_id\n"


def test_a_table_is_stored_with_all_that_it_says(importing):
    _, found = importing.store(importing.files(dawn_Table_1_selections_txt=RAVEN))

    fields = ("media", "start_s", "end_s", "low_hz", "high_hz", "channel", "words", "info")
    assert importing.shown(*fields) == [
        (
            *("2026/dawn.wav", 1.5, 2.25, 1000.5, 2000.0, 1, "wren"),
            {"Selection": "1", "View": "Spectrogram 1", "By": "ana"},
        ),
        (
            *("2026/dawn.wav", 3.0, 4.0, 1500.0, 2500.0, 1, "wren"),
            {"Selection": "2", "View": "Spectrogram 1", "By": "bo"},
        ),
    ]
    assert (
        importing.shown("author", "tag_set", "machine_tagged")
        == [("dawn.Table.1.selections.txt", "Raven selection table", False)] * 2
    )
    assert (found.added, found.tags, found.recordings, found.fault_count) == (2, 2, 1, 0)


def test_one_fault_keeps_everything_away(importing):
    rows = "2026/dawn.wav,robin,1,2,,survey,\n2026/dawn.wav,robin,5,4,,survey,\n"
    files = importing.files(a_csv=CSV + rows)

    _, found = importing.store(files, new_classes="create")

    assert found.faults == [Found("a.csv", 3, None, "It ends at 4 s, before it starts at 5 s.")]
    assert (importing.count(), importing.count(Batch)) == (0, 0)
    assert (importing.names(TagSet), importing.names(TagClass)) == ([], ["wren"])


def test_a_fault_far_down_takes_back_what_came_before_it(importing, monkeypatch):
    monkeypatch.setattr(imports.reading, "AT_ONCE", 2)
    rows = "".join(f"2026/dawn.wav,robin,{n},{n + 1},,survey,\n" for n in range(5))
    files = importing.files(a_csv=CSV + rows + "2026/dawn.wav,wren,nan,2,,survey,\n")

    _, found = importing.store(files, new_classes="create")

    assert [(fault.line, fault.column) for fault in found.faults] == [(7, "start_s")]
    assert (importing.count(), importing.count(Batch)) == (0, 0)
    assert (importing.names(TagSet), importing.names(TagClass)) == ([], ["wren"])


def test_good_rows_are_stored_when_that_is_wanted(importing):
    rows = "2026/dawn.wav,wren,1,2,,,\n2026/dawn.wav,wren,5,4,,,\nnight.wav,wren,1,2,,,\n"

    _, found = importing.store(importing.files(a_csv=CSV + rows), good_rows=True)

    assert importing.shown("start_s") == [(1.0,)]
    assert [(fault.line, fault.rows) for fault in found.faults] == [(3, 1), (4, 1)]


def test_nobody_sees_tags_before_all_are_there(importing, monkeypatch):
    monkeypatch.setattr(imports.reading, "AT_ONCE", 1)
    files = importing.files(a_csv=CSV + "2026/dawn.wav,wren,1,2,,,\n2026/dawn.wav,wren,3,4,,,\n")
    seen = []

    def look(share, words):
        seen.append((words, importing.count(), importing.shown("id")))

    importing.tell = look
    importing.store(files)

    assert ("storing", 1, []) in seen
    assert ("storing", 2, []) in seen
    assert len(importing.shown("id")) == 2


def test_what_is_interrupted_is_stored_once_when_it_is_tried_again(importing, monkeypatch):
    monkeypatch.setattr(imports.reading, "AT_ONCE", 1)
    rows = "".join(f"2026/dawn.wav,wren,{n},{n + 1},,,\n" for n in range(3))
    files, number = importing.files(a_csv=CSV + rows), importing.begin()

    def break_off(share, words):
        if importing.count() == 2:
            raise KeyboardInterrupt

    importing.tell = break_off
    with pytest.raises(KeyboardInterrupt):
        importing.store(files, number=number)
    left = (importing.count(), importing.shown("id"))
    importing.tell = lambda share, words: None
    importing.store(files, number=number)

    assert left == (2, [])
    assert (importing.count(), importing.shown("start_s")) == (3, [(0.0,), (1.0,), (2.0,)])
    with importing.app.app_context(), apart(writing=False):
        assert list(counts.miscounted()) == []


def test_an_import_is_stored_only_once(importing):
    files = importing.files(a_csv=CSV + "2026/dawn.wav,wren,1,2,,,\n")
    number, _ = importing.store(files)

    with pytest.raises(Conflict, match="committed already"):
        importing.store(files, number=number)

    assert len(importing.shown("id")) == 1


def test_the_same_file_again_adds_nothing(importing):
    whole = "2026/dawn.wav,wren,,,,,\n"
    boxes = "2026/dawn.wav,wren,1,2,0.5,survey,\n2026/dusk.wav,wren,1,2,0.5,survey,\n"
    files = importing.files(a_csv=CSV + boxes + whole)

    importing.store(files)
    _, found = importing.store(files)

    assert (found.added, found.known, len(importing.shown("id"))) == (0, 3, 3)


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_what_two_files_of_an_import_say_is_stored_once(importing, monkeypatch, at_once):
    monkeypatch.setattr(imports.reading, "AT_ONCE", at_once)
    twice = "2026/dawn.wav,wren,1,2,0.5,survey,\n" * 2
    other = "2026/dawn.wav,wren,1,2,0.5,survey,\n2026/dawn.wav,wren,8,9,0.5,survey,\n"
    files = importing.files(a_csv=CSV + twice, b_csv=CSV + other, c_csv=CSV + other)

    _, found = importing.store(files)

    assert importing.shown("start_s") == [(1.0,), (1.0,), (8.0,)]
    assert (found.added, found.known) == (3, 3)


def test_external_ids_tell_what_is_stored_already(importing):
    first = importing.files(
        a_csv=CSV + "2026/dawn.wav,wren,1,2,,s,x1\n2026/dawn.wav,wren,1,2,,s,x2\n"
    )
    again = importing.files(
        b_csv=CSV + "2026/dawn.wav,wren,7,8,,s,x1\n2026/dawn.wav,wren,9,9.5,,s,x3\n"
    )

    importing.store(first)
    _, found = importing.store(again)

    assert (found.added, found.known) == (1, 1)
    assert importing.shown("external_id", "start_s") == [("x1", 1.0), ("x2", 1.0), ("x3", 9.0)]


def test_what_is_stored_already_can_be_refused(importing):
    importing.store(importing.files(a_csv=CSV + "2026/dawn.wav,wren,1,2,,s,x1\n"))
    rows = (
        "2026/dawn.wav,wren,7,8,,s,x1\n2026/dawn.wav,wren,3,4,,s,\n2026/dawn.wav,wren,3,4,,s,x5\n"
    )
    again = importing.files(b_csv=CSV + rows + "2026/dawn.wav,wren,5,6,,s,x5\n")

    _, found = importing.store(again, on_duplicate="error")

    assert found.faults == [
        Found("b.csv", 2, None, "It is stored already."),
        Found("b.csv", 5, None, "An earlier row has the same external id."),
    ]
    assert len(importing.shown("id")) == 1


def test_what_is_stored_already_can_be_changed_and_comes_back(importing):
    importing.store(importing.files(a_csv=CSV + "2026/dawn.wav,wren,1,2,0.5,s,x1\n"))
    rows = "2026/dawn.wav,robin,7,8,,s,x1\n2026/dawn.wav,wren,1,2,,s,x2\n"
    again = importing.files(b_csv=CSV + rows)

    number, found = importing.store(again, on_duplicate="update", new_classes="create")
    changed = importing.shown("external_id", "words", "start_s", "end_s", "score")
    kept = importing.undo(number)

    assert (found.added, found.changed, kept) == (1, 1, 0)
    assert changed == [("x1", "robin", 7.0, 8.0, 0.5), ("x2", "wren", 1.0, 2.0, None)]
    assert importing.shown("external_id", "words", "start_s", "end_s", "score") == [
        ("x1", "wren", 1.0, 2.0, 0.5)
    ]


def test_what_others_changed_since_stays_when_a_change_is_taken_back(importing, work):
    importing.store(importing.files(a_csv=CSV + "2026/dawn.wav,wren,1,2,0.5,s,x1\n"))
    again = importing.files(b_csv=CSV + "2026/dawn.wav,wren,7,8,,s,x1\n")
    number, _ = importing.store(again, on_duplicate="update")
    tag_id = importing.shown("id")[0][0]
    with work():
        tags.edit_tag(SYSTEM, tags.get_tag(SYSTEM, tag_id), start_s=7.5)

    kept = importing.undo(number)

    assert (kept, importing.shown("start_s", "end_s")) == (1, [(7.5, 8.0)])


def test_an_undone_import_is_gone_with_what_was_made_for_it(importing):
    files = importing.files(a_csv=CSV + "2026/dawn.wav,robin,1,2,0.9,bird net,x1\n")
    number, _ = importing.store(files, new_classes="create")
    there = (importing.names(TagSet), importing.names(TagClass), importing.shown("words"))

    importing.undo(number)

    assert there == (["bird net"], ["robin", "wren"], [("robin",)])
    assert (importing.names(TagSet), importing.names(TagClass)) == ([], ["wren"])
    assert importing.shown("words") == []


def test_an_undone_import_can_be_brought_in_again(importing):
    files = importing.files(a_csv=CSV + "2026/dawn.wav,robin,1,2,0.9,bird net,x1\n")
    importing.undo(importing.store(files, new_classes="create")[0])

    _, found = importing.store(files, new_classes="create")

    assert (found.added, found.known) == (1, 0)
    assert importing.shown("words", "external_id") == [("robin", "x1")]
    assert (importing.names(TagSet), importing.names(TagClass)) == (["bird net"], ["robin", "wren"])


def test_what_others_use_stays_when_an_import_is_undone(importing, work, make, recordings):
    files = importing.files(a_csv=CSV + "2026/dawn.wav,robin,1,2,,survey,\n")
    number, found = importing.store(files, new_classes="create")
    with work():
        dusk = db.session.get_one(MediaFile, recordings["dusk.wav"])
        (class_id,), (tag_set_id,) = found.made["classes"], found.made["tag_sets"]
        make.tag(dusk, tag_class_id=class_id, tag_set_id=tag_set_id)

    importing.undo(number)

    assert (importing.names(TagSet), importing.names(TagClass)) == (["survey"], ["robin", "wren"])
    assert importing.shown("media", "words") == [("2026/dusk.wav", "robin")]


def test_tags_that_were_worked_on_are_listed_before_an_import_is_undone(importing, work):
    files = importing.files(a_csv=CSV + "2026/dawn.wav,wren,1,2,,s,\n2026/dawn.wav,wren,3,4,,s,\n")
    number, _ = importing.store(files)
    tag_id = importing.shown("id")[1][0]
    with work():
        ana = users.get_user(SYSTEM, "ana").actor
        tags.edit_tag(ana, tags.get_tag(ana, tag_id), comment="a fledgling")
    with work():
        edited, count = imports.edited_since(SYSTEM, imports.get_import(SYSTEM, number))

    assert count == 1
    assert [(each.tag_id, each.recording, each.words, each.by) for each in edited] == [
        (tag_id, "2026/dawn.wav", "wren", "ana")
    ]


def test_an_import_that_replaces_hides_what_the_author_had_until_it_is_undone(importing):
    importing.store(importing.files(a_csv=CSV + "2026/dawn.wav,wren,1,2,,s,\n"), author="BirdNET 2")
    newer = importing.files(b_csv=CSV + "2026/dawn.wav,wren,5,6,,s,\n")

    number, _ = importing.store(newer, author="BirdNET 2", replaces=True)
    replaced = importing.shown("start_s", "author")
    importing.undo(number)

    assert replaced == [(5.0, "BirdNET 2")]
    assert importing.shown("start_s", "author") == [(1.0, "BirdNET 2")]


def test_who_only_reads_imports_nothing(importing):
    with pytest.raises(Forbidden):
        importing.begin("vera")


def test_an_annotator_imports_but_makes_no_classes(importing):
    files = importing.files(a_csv=CSV + "2026/dawn.wav,robin,1,2,,s,\n")

    with pytest.raises(Forbidden):
        importing.store(files, who="ana", new_classes="create")
    left = (importing.names(TagSet), importing.count(Batch))
    importing.store(files, who="ana", new_classes="text")

    assert left == ([], 0)
    assert importing.shown("words", "tag_class_id") == [("robin", None)]


def test_an_annotator_undoes_their_own_imports_only(importing):
    files = importing.files(a_csv=CSV + "2026/dawn.wav,wren,1,2,,s,\n")
    of_max, _ = importing.store(files, who="max")
    other = importing.files(b_csv=CSV + "2026/dawn.wav,wren,3,4,,s,\n")
    own, _ = importing.store(other, who="ana")

    with pytest.raises(Forbidden):
        importing.undo(of_max, "ana")
    importing.undo(own, "ana")

    assert importing.shown("start_s") == [(1.0,)]


def test_an_import_is_undone_once(importing):
    number, _ = importing.store(importing.files(a_csv=CSV + "2026/dawn.wav,wren,1,2,,s,\n"))
    importing.undo(number)

    with pytest.raises(Conflict, match="Only an import that is stored"):
        importing.undo(number)
