"""The page that explains our own API: for everyone, whole, with links that lead somewhere."""

import re

from tests.web.api.described import DOCUMENT


def test_the_page_shows_every_operation_and_every_shape(client):
    document = client.get(DOCUMENT).json

    page = client.get("/api/docs")

    operations = [each for path in document["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations] + list(document["components"]["schemas"])
    ids = re.findall(r'id="([^"]+)"', page.text)
    assert page.status_code == 200
    assert [name for name in names if f'id="{name}"' not in page.text] == []
    assert len(ids) == len(set(ids))


def test_every_link_within_the_page_leads_somewhere(client):
    text = client.get("/api/docs").text

    links = set(re.findall(r'href="#([^"]+)"', text))
    assert links - set(re.findall(r'id="([^"]+)"', text)) == set()


def test_nothing_is_fetched_from_elsewhere(client):
    text = client.get("/api/docs").text

    fetched = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert [each for each in fetched if "//" in each] == []
