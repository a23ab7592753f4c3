"""Files, zips and what hostile ones hold: told, in bounded memory, and nothing stored."""

import io
import tracemalloc
import zipfile

import pytest

from tagstore.services.imports import Found, documents
from tagstore.services.imports.reading import NO_FORMAT

CSV = "media_path,class_name,start_s,end_s\n"
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0" + bytes(100)
GOOD = CSV + "dawn.wav,wren,1,2\n"


def zipped(**contents):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_what_is_in_a_zip_is_read(importing):
    content = zipped(**{"x/a.csv": GOOD, "dusk.txt": "3\t4\twren\n", "x/": "", ".hidden.csv": "no"})

    _, found = importing.store(importing.files(all_zip=content))

    assert importing.shown("media", "start_s") == [("2026/dawn.wav", 1.0), ("2026/dusk.wav", 3.0)]
    assert [each.name for each in found.files] == ["x/a.csv", "dusk.txt"]


def test_recordings_and_notes_in_a_zip_are_passed_over_and_told(importing):
    content = zipped(**{"a.csv": GOOD, "dawn.wav": WAV, "notes.md": "hello\n"})

    _, found = importing.store(importing.files(all_zip=content))

    assert (found.added, found.fault_count) == (1, 0)
    assert dict(found.skipped) == {documents.IS_RECORDING: 1, NO_FORMAT: 1}


def test_a_recording_that_is_named_is_a_fault(importing):
    _, found = importing.store(importing.files(dawn_wav=WAV, a_csv=GOOD))

    assert found.faults == [Found("dawn.wav", 0, None, documents.IS_RECORDING)]
    assert importing.count() == 0


def test_paths_in_a_zip_lead_nowhere(importing, tmp_path):
    content = zipped(**{"../../evil.csv": GOOD, "/etc/evil.csv": GOOD})
    before = sorted(tmp_path.rglob("*"))

    _, found = importing.store(importing.files(all_zip=content))

    assert [each.name for each in found.files] == ["evil.csv", "etc/evil.csv"]
    assert sorted(tmp_path.rglob("*")) == [*before, tmp_path / "all.zip"]


def test_a_zip_bomb_is_not_unpacked(importing):
    content = zipped(**{"a.csv": GOOD, "bomb.csv": b"1" * (80 << 20)})
    tracemalloc.start()

    _, found = importing.store(importing.files(all_zip=content))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "would unpack to 83,886," in found.faults[0].reason
    assert importing.count() == 0
    assert peak < 20 << 20


def test_a_zip_that_lies_about_its_size_is_told(importing):
    content = bytearray(zipped(**{"a.csv": GOOD * 1000}))
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")

    _, found = importing.store(importing.files(all_zip=bytes(content)))

    assert found.fault_count >= 1
    assert importing.count() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(**{"inner.zip": zipped(**{"a.csv": GOOD})}), "a zip inside a zip"),
        (zipped(**{"a.csv": GOOD})[:-30], "cannot be read"),
        (b"PK\x03\x04" + b"\0" * 100, "cannot be read"),
        (b"", "No format"),
        (b"\x00\x01\x02\x03" * 100, "No format"),
        (b"<!DOCTYPE html><html>", "No format"),
        ("media_path,class_name,start_s,end_s\n" + "x" * (1 << 21), "longer than"),
        (GOOD + 'dawn.wav,"wren,1,2\n' + "dawn.wav,wren,1,2\n" * 250_000, "quote opens"),
        (GOOD + "dawn.wav,wr\0en,1,2\n", "NUL"),
        (GOOD + "dawn.wav,wren,-1,2\n", "before the start"),
        (GOOD + "dawn.wav,wren,inf,2\n", "not a number that a tag can have"),
        (GOOD + "dawn.wav,wren,1e400,2\n", "not a number that a tag can have"),
        (GOOD + "dawn.wav,wren,one,2\n", "“one” is not a number"),
        (
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><ANNOTATION_DOCUMENT/>',
            "",
        ),
    ],
)
def test_what_is_hostile_is_told_and_nothing_is_stored(importing, content, words):
    _, found = importing.store(importing.files(dawn_x=content))

    assert words in found.faults[0].reason
    assert importing.count() == 0


def test_encodings_and_line_ends_of_all_kinds_are_read(importing):
    text = CSV + "dawn.wav,Zaunkönig,1,2\r\ndawn.wav,Zaunkönig,3,4\rdawn.wav,Zaunkönig,5,6\n"
    files = importing.files(
        a_csv=text.encode("utf-8-sig"), b_csv=text.encode("utf-16"), c_csv=text.encode("cp1252")
    )

    _, found = importing.store(files, new_classes="create")

    assert set(importing.shown("words")) == {("Zaunkönig",)}
    assert (found.added, found.known) == (3, 6)


def test_a_long_table_of_faults_is_read_in_little_memory(importing):
    files = importing.files(a_csv=CSV + "dawn.wav,wren,nonsense,2\n" * 40_000)
    tracemalloc.start()

    _, found = importing.store(files)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (found.fault_count, len(found.faults)) == (40_000, 1000)
    assert peak < 20 << 20
