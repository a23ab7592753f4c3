from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tagstore.errors import Invalid, Unreadable
from tagstore.media.frames import image_thumbnail, video_frame
from tests import sounds

FILMS = ["mp4", "webm", "mkv", "mov", "avi"]


def brightness(jpeg):
    return float(np.asarray(Image.open(BytesIO(jpeg)).convert("L")).mean())


@pytest.mark.parametrize("film", FILMS)
@pytest.mark.parametrize(("at_s", "number"), [(0.0, 0), (0.5, 12), (1.01, 25), (1.5, 37)])
def test_the_frame_shown_at_a_time_is_found(tmp_path, film, at_s, number):
    path = sounds.write_film(tmp_path / "film", film, sounds.tone(2.0, channels=2), seconds=2.0)

    jpeg = video_frame(path, at_s, 64)

    # A frame is 5 of 255 brighter than the one before.
    assert brightness(jpeg) == pytest.approx(number * 5, abs=2.4)


@pytest.mark.parametrize("film", FILMS)
@pytest.mark.parametrize(("at_s", "number"), [(-1.0, 0), (99.0, 49)])
def test_outside_the_film_its_nearest_frame_is_shown(tmp_path, film, at_s, number):
    path = sounds.write_film(tmp_path / "film", film, sounds.tone(2.0, channels=2), seconds=2.0)

    jpeg = video_frame(path, at_s, 64)

    assert brightness(jpeg) == pytest.approx(number * 5, abs=2.4)


def test_a_film_that_starts_late_counts_from_its_start(tmp_path):
    path = tmp_path / "film"
    sounds.write_film(path, "mkv", sounds.tone(2.0, channels=2), seconds=2.0, starts_s=10.0)

    jpeg = video_frame(path, 1.01, 64)

    assert brightness(jpeg) == pytest.approx(125, abs=2.4)


def test_a_frame_is_made_smaller_but_never_larger(tmp_path):
    path = sounds.write_film(tmp_path / "film", "mp4", size=(128, 96))

    sizes = [Image.open(BytesIO(video_frame(path, 0, width))).size for width in (32, 1000)]

    assert sizes == [(32, 24), (128, 96)]


def test_a_sound_has_no_frames(tmp_path):
    path = sounds.write_film(tmp_path / "sound", "m4a-aac")

    with pytest.raises(Unreadable) as refusal:
        video_frame(path, 0, 64)

    assert refusal.value.message == "The file holds no moving pictures."


@pytest.mark.parametrize(("format", "suffix"), sounds.PICTURES.items())
def test_a_picture_is_made_smaller(tmp_path, format, suffix):
    path = sounds.write_picture(tmp_path / f"a{suffix}", format, (400, 300))

    small = Image.open(BytesIO(image_thumbnail(path, 100)))

    left, right = (small.convert("RGB").getpixel((x, 30)) for x in (10, 90))
    assert (small.size, small.format) == ((100, 75), "JPEG")
    assert (left[0] > 150 > left[2], right[2] > 150 > right[0]) == (True, True)


def test_a_picture_taken_sideways_is_turned_upright(tmp_path):
    path = sounds.write_picture(tmp_path / "a.jpg", "JPEG", (400, 300), turn=6)

    small = Image.open(BytesIO(image_thumbnail(path, 90)))

    top, bottom = small.getpixel((45, 10)), small.getpixel((45, 110))
    assert small.size == (90, 120)
    assert (top[0] > top[2], bottom[2] > bottom[0]) == (True, True)


def test_what_can_be_seen_through_stays_so(tmp_path):
    path = tmp_path / "a.png"
    Image.new("RGBA", (40, 30), (10, 20, 30, 0)).save(path)

    small = Image.open(BytesIO(image_thumbnail(path, 20)))

    assert (small.format, small.mode, small.getpixel((5, 5))[3]) == ("PNG", "RGBA", 0)


@pytest.mark.parametrize("width", [0, -1, 100_000])
def test_a_width_that_makes_no_picture_is_invalid(tmp_path, width):
    path = sounds.write_picture(tmp_path / "a.png")

    with pytest.raises(Invalid):
        image_thumbnail(path, width)


def test_a_damaged_picture_is_unreadable(tmp_path):
    path = sounds.cut_short(sounds.write_picture(tmp_path / "a.png", size=(400, 300)), 0.5)

    with pytest.raises(Unreadable):
        image_thumbnail(path, 100)
