"""Tags found across a project by the beginnings of words, and the words that are kept for it."""

import unicodedata
from datetime import timedelta
from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Invalid
from tagstore.models import Tag, TagWord
from tagstore.services import jobs, media_files, projects, search, tag_sets, tags
from tagstore.services.bulk import choosing
from tagstore.services.contents import tracks
from tagstore.services.jobs.purging import purge
from tagstore.services.tag_words import finding, keeping
from tagstore.values import SYSTEM, TagQuery, fold


@pytest.fixture(params=[10_000, 0], ids=["few", "many"])
def way(request, monkeypatch):
    """Make few tags be looked at alone, or one after the other as if they were many."""
    if not request.param:
        monkeypatch.setattr(finding, "few_that_say", lambda project, words: None)


def find(project, text, limit=1000, **wanted):
    query = TagQuery(text=text, **wanted)
    return [tag.id for tag in search.find_in_project(SYSTEM, project, query, limit).things]


def kept(*tag_ids):
    rows = db.session.query(TagWord).order_by(TagWord.tag_id, TagWord.word)
    return [(row.tag_id, row.word) for row in rows if not tag_ids or row.tag_id in tag_ids]


FOUND = [
    ("STRASSE", {"street"}),
    ("stra", {"street", "city"}),
    ("asse", set()),
    ("50", {"street", "500"}),
    ("50%", {"street", "500"}),
    ("0%", {"bat"}),
    ("%", {"street"}),
    ("robin", {"robin"}),
    ("red rob", {"robin"}),
    ("red street", set()),
    ("50 stras", {"street"}),
    ("café", {"café"}),
    ("cafe\u0301 N", {"café"}),
    ("cafe", set()),
    ("鳥の", {"birds"}),
    ("の声", set()),
    ("क", {"hindi"}),
    ("कि", {"hindi"}),
    ("ि", set()),
    ("𐐀", {"deseret"}),
    ("𐐨𐐁", {"deseret"}),
    ("bat_0", {"bat"}),
    ("01", {"bat"}),
    ("t_0", set()),
    ("bat 0", {"bat"}),
    ("don't", {"don't"}),
    ("t", {"don't"}),
    ("_", {"bat"}),
    ("😀", {"smile"}),
    ("x" * 70, {"long"}),
    ("x" * 63, {"long"}),
    ("\U0010ffff", set()),
]  # fmt: skip

SAID = {
    "street": "Straße 50%",
    "city": "Strasbourg",
    "500": "500 m",
    "café": "Cafe\u0301: noir",
    "birds": "鳥の声",
    "hindi": "किताब",
    "deseret": "𐐀𐐁",
    "bat": "bat_01",
    "don't": "Don't",
    "smile": "😀",
    "long": "x" * 64 + "y",
}


@pytest.fixture
def said(work, make):
    """A project whose tags say these texts, and their names by number."""
    with work():
        project = make.project("frogs")
        media_file = make.media_file(project)
        names = {make.tag(media_file, text=text).id: name for name, text in SAID.items()}
        robin = make.tag_class(project, "Red-ROBIN")
        names[make.tag(media_file, tag_class_id=robin.id).id] = "robin"
        elsewhere = make.media_file(make.project("birds"))
        for text in SAID.values():
            make.tag(elsewhere, text=text)
        return names


def test_words_are_found_by_how_they_begin(said, work, way):
    with work():
        project = projects.get_project(SYSTEM, "frogs")
        found = [(text, {said[number] for number in find(project, text)}) for text, _ in FOUND]

    assert found == FOUND


def test_a_search_for_more_words_than_it_takes_says_so(said, work):
    with work():
        project = projects.get_project(SYSTEM, "frogs")
        most = " ".join(map(str, range(1000, 1000 + finding.MOST_WORDS)))

        assert find(project, most) == []
        with pytest.raises(Invalid) as refused:
            find(project, f"{most} 999")
        assert refused.value.details == {"q": "must have at most 50 words"}


def test_in_one_file_any_part_of_a_text_is_found(said, work):
    with work():
        media_file = db.session.query(Tag).first().media_file
        query = TagQuery(text="asse 5")
        page = search.find_in_media_file(SYSTEM, media_file, query, 10)

        assert [said[tag.id] for tag in page.things] == ["street"]


def plain_words(text):
    """Say the rule once more, another way."""
    runs = groupby(fold(text), lambda each: unicodedata.category(each)[0] in {"L", "N", "M"})
    return {"".join(run)[:64] for is_word, run in runs if is_word}


def plainly_says(text, asked):
    wanted = plain_words(asked)
    if not wanted:
        return fold(asked) in fold(text)
    return all(any(own.startswith(word) for own in plain_words(text)) for word in wanted)


SOME = "aAbßEe\u0301_-%1²٣鳥の𐐀\u0915\u093fǅŉİ \u200d"
TEXTS = st.text(SOME, min_size=1, max_size=8) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=80
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(TEXTS, min_size=1, max_size=12), asked=st.lists(TEXTS, max_size=6))
def test_what_is_found_is_what_the_rule_says(work, make, way, texts, asked):
    with work():
        media_file = make.media_file()
        project = media_file.project
        drafts = [make.draft(media_file, text=text) for text in texts[::2]]
        ids = tags.add_tags(SYSTEM, project, drafts).ids
        texts = [*texts[::2], *texts[1::2]]
        for text in texts[len(ids) :]:
            tag_class = make.tag_class(project)
            tag_class.label, tag_class.label_folded = text, fold(text)
            ids.append(make.tag(media_file, tag_class_id=tag_class.id).id)
        asked += [text[: len(text) // 2 + 1] for text in texts]

        found = {words: find(project, words) for words in asked}

        assert found == {
            words: [n for n, text in zip(ids, texts, strict=True) if plainly_says(text, words)]
            for words in asked
        }


def test_a_word_is_kept_once_a_tag_and_cut(work, make):
    with work():
        media_file = make.media_file()
        first = make.tag(media_file, text="Wren wren, WREN-wren").id
        second = make.tag(media_file, text="y" * 100 + " wren").id
        make.tag(media_file, tag_class_id=make.tag_class(media_file.project, "wren").id)
        make.tag(media_file, text="?!")

        assert kept() == [(first, "wren"), (second, "wren"), (second, "y" * 64)]


def test_a_tag_that_says_something_else_is_found_by_that(work, make, way):
    with work():
        media_file = make.media_file()
        project = media_file.project
        tag = make.tag(media_file, text="red wren")
        robin = make.tag_class(project, "robin")

        tags.edit_tag(SYSTEM, tag, comment="heard twice")
        assert kept() == [(tag.id, "red"), (tag.id, "wren")]
        tags.edit_tag(SYSTEM, tag, text="blue wren")
        assert (find(project, "red"), find(project, "blue wr")) == ([], [tag.id])
        tags.edit_tag(SYSTEM, tag, tag_class_id=robin.id)
        assert (find(project, "blue"), find(project, "robin"), kept()) == ([], [tag.id], [])
        tags.edit_tag(SYSTEM, tag, text="owl")
        assert (find(project, "robin"), find(project, "owl")) == ([], [tag.id])
        tags.edit_tag(SYSTEM, tag, text=None)
        assert (find(project, "owl"), kept()) == ([], [])


def test_tags_rewritten_together_are_found_by_what_they_say_now(work, make, way):
    with work():
        media_file = make.media_file()
        project = media_file.project
        ids = [make.tag(media_file, text=f"wren {number}").id for number in range(4)]
        tag_class = make.tag_class(project, "robin")

        choices = choosing.choose_by_query(SYSTEM, project, None, TagQuery(text="wr"))
        choosing.edit_tags(SYSTEM, choices, lambda draft: {"text": f"owl {draft.text[-1]}"})
        assert (find(project, "wren"), find(project, "ow")) == ([], ids)
        some = choosing.choose_by_query(SYSTEM, project, None, TagQuery(text="owl 2"))
        choosing.edit_tags(SYSTEM, some, lambda draft: {"tag_class_id": tag_class.id})
        assert (find(project, "owl"), find(project, "rob")) == ([ids[0], ids[1], ids[3]], [ids[2]])
        choosing.edit_tags(SYSTEM, some, lambda draft: {"comment": "again"})
        assert kept(ids[2]) == []


def test_tags_of_one_file_are_chosen_as_that_file_lists_them(work, make):
    with work():
        media_file = make.media_file()
        tag, other = make.tag(media_file, text="wren"), make.media_file(media_file.project)
        make.tag(other, text="wren")

        chosen = choosing.choose_by_query(
            SYSTEM, media_file.project, media_file, TagQuery(text="ren")
        )
        everywhere = choosing.choose_by_query(
            SYSTEM, media_file.project, None, TagQuery(text="ren")
        )

        assert [[each.id for each in choice.tags] for choice in chosen] == [[tag.id]]
        assert everywhere == []


def test_what_is_deleted_is_found_again_when_it_is_restored(work, make, way):
    with work():
        media_file = make.media_file()
        project = media_file.project
        tag, other = make.tag(media_file, text="wren"), make.tag(media_file, text="wren")
        tags.delete_tag(SYSTEM, tag)
        assert find(project, "wren") == [other.id]
        tags.restore_tag(SYSTEM, tag)
        assert find(project, "wren") == [tag.id, other.id]


def test_a_track_restored_under_another_name_keeps_its_words(work, make, way):
    with work():
        media_file = make.media_file()
        tag = make.tag(media_file, text="wren")
        track = tag.batch.track_author.track
        tracks.delete_track(SYSTEM, track)
        other = make.tag(media_file, text="wren", tag_set_id=tag.tag_set_id)
        assert find(media_file.project, "wren") == [other.id]

        tracks.restore_track(SYSTEM, track)

        assert find(media_file.project, "wren") == [tag.id, other.id]
        assert list(keeping.misworded()) == []


def test_words_go_with_what_is_deleted_for_good(app, work, make):
    with work():
        project = make.project("frogs")
        keeps, loses = make.media_file(project), make.media_file(project)
        stays, goes = make.tag(keeps, text="wren"), make.tag(keeps, text="wren robin")
        recent = make.tag(keeps, text="owl")
        make.tag(loses, text="wren")
        tags.delete_tag(SYSTEM, goes)
        tags.delete_tag(SYSTEM, recent)
        media_files.delete_media_file(SYSTEM, loses)
        goes.deleted_at = loses.deleted_at = clock.now() - timedelta(days=31)
        job_id = jobs.later(purge)
        expected = [(stays.id, "wren"), (recent.id, "owl")]

    with app.app_context():
        jobs.run(job_id)

    with work():
        assert kept() == expected
        assert find(projects.get_project(SYSTEM, "frogs"), "wren") == [expected[0][0]]


def test_words_of_a_tag_that_is_not_there_find_nothing_and_are_mended(work, make, way):
    with work():
        media_file = make.media_file()
        first, gone, between, last = (make.tag(media_file, text="wren").id for _ in range(4))
        db.session.query(Tag).filter(Tag.id.in_([gone, last])).delete()

        assert find(media_file.project, "wren") == [first, between]
        assert list(keeping.misworded()) == [gone, last]
        keeping.mend([gone, last])
        assert kept() == [(first, "wren"), (between, "wren")]


def test_pages_follow_each_other_and_totals_are_of_what_is_found(work, make, way):
    with work():
        project = make.project("frogs")
        sets = [make.tag_set(project) for _ in range(3)]
        media_file = make.media_file(project)
        wren = make.tag_class(project, "wren")
        what = [{"text": "wren song wrens"}, {"tag_class_id": wren.id}, {"text": "robin"}]
        ids = [
            make.tag(media_file, tag_set_id=sets[n % 3].id, **what[n // 2 % 3]).id
            for n in range(12)
        ]
        wanted = [ids[n] for n in range(12) if n // 2 % 3 < 2]
        found, cursor = [], None
        while True:
            query = TagQuery(text="wre")
            page = search.find_in_project(SYSTEM, project, query, 3, cursor, is_exact=bool(cursor))
            found.append(([tag.id for tag in page.things], page.total))
            cursor = page.next
            if cursor is None:
                break

        assert found == [(wanted[:3], 8), (wanted[3:6], 8), (wanted[6:], 8)]
        assert find(project, "wre", tag_set_id=sets[0].id) == [
            n for n in wanted if ids.index(n) % 3 == 0
        ]
        tag_sets.delete_tag_set(SYSTEM, sets[0])
        assert find(project, "wre") == [n for n in wanted if ids.index(n) % 3]


def test_totals_beyond_the_bound_are_not_told_unless_asked_for(work, make):
    with work():
        media_file = make.media_file()
        project = media_file.project
        drafts = [make.draft(media_file, text=f"wren {n % 7}") for n in range(10_050)]
        ids = tags.add_tags(SYSTEM, project, drafts).ids

        def total(text, *, is_exact=False):
            query = TagQuery(text=text)
            page = search.find_in_project(SYSTEM, project, query, 2, is_exact=is_exact)
            return [tag.id for tag in page.things], page.total

        assert finding.few_that_say(project, ["wren"]) is None
        assert total("wren") == (ids[:2], None)
        assert total("wren", is_exact=True) == (ids[:2], 10_050)
        assert total("wren 3") == ([ids[3], ids[10]], 1436)


def test_wrong_words_are_noticed_and_mended(work, make):
    with work():
        media_file = make.media_file()
        well, lacking, other, silent = (
            make.tag(media_file, text="wren").id,
            make.tag(media_file, text="wren robin").id,
            make.tag(media_file, text="owl").id,
            make.tag(media_file, text="!").id,
        )
        rows = db.session.query(TagWord)
        rows.filter_by(tag_id=lacking, word="robin").delete()
        rows.filter_by(tag_id=other).update({"project_id": media_file.project_id + 1})
        db.session.add(TagWord(project_id=media_file.project_id, word="bat", tag_id=silent))
        db.session.flush()

        wrong = list(keeping.misworded())
        keeping.mend(wrong)

        assert wrong == [lacking, other, silent]
        assert list(keeping.misworded()) == []
        assert kept() == [(well, "wren"), (lacking, "robin"), (lacking, "wren"), (other, "owl")]
