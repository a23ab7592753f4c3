"""Users and tokens, as administrators and scripts live with them."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in

PASSWORD = "long enough to be one"


def use(driver, server, token: str, path: str = "/api/v1/me") -> int:
    """Return the status of a request with a token."""
    headers = {"Authorization": f"Bearer {token}"}
    requests = driver.request.new_context(base_url=server.address, extra_http_headers=headers)
    status = requests.get(path).status
    requests.dispose()
    return status


def make_token(page, label: str) -> str:
    """Make a token on the profile page and read it there."""
    page.goto("/me")
    page.get_by_label("What it is for").fill(label)
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("#new-token")).to_be_visible()
    return page.locator("#new-token").inner_text()


def test_a_token_is_shown_once_and_works_until_it_is_revoked(page, driver, server):
    token = make_token(page, "nightly upload")
    row = page.locator("#me-tokens tr", has_text="nightly upload")
    works = use(driver, server, token)

    page.reload()
    shown_again = token in page.content()
    row.get_by_role("button", name="Revoke").click()
    expect(row).to_have_count(0)

    assert (works, shown_again) == (200, False)
    assert use(driver, server, token) == 401


def test_an_administrator_adds_a_user_and_throws_them_out_again(page, browse):
    page.goto("/admin/users")
    page.get_by_label("Name", exact=True).fill("bo")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Add the user").click()
    row = page.locator("#users-table tr", has_text="bo")
    expect(row).to_contain_text("active")
    theirs = browse()
    sign_in(theirs, "bo", PASSWORD)
    theirs.get_by_role("link", name="Dawn at the pond").first.click()

    row.get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("disabled")
    theirs.reload()

    expect(theirs.get_by_role("button", name="Sign in")).to_be_visible()
    theirs.get_by_label("Name").fill("bo")
    theirs.get_by_label("Password").fill(PASSWORD)
    theirs.keyboard.press("Enter")
    expect(theirs.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_address_that_signs_in_once_does_so_once(page, browse, guest):
    page.goto("/admin/users")
    row = page.locator("#users-table tr", has_text="guest")
    row.get_by_role("button", name="Sign-in address").click()
    address = page.locator("#users-table .secret code").inner_text()
    first, second = browse(), browse()

    for theirs in (first, second):
        theirs.goto(address)
        if theirs.get_by_role("button", name="Sign in").count():
            theirs.get_by_role("button", name="Sign in").click()

    expect(first.get_by_text("guest").first).to_be_visible()
    expect(second.get_by_text("Signed in as")).to_have_count(0)


def test_jobs_show_what_becomes_of_them_while_one_looks_and_the_focus_stays(page):
    page.goto("/admin/jobs")
    table = page.locator("#jobs-table")
    purged = table.locator("tr", has_text="Remove what was deleted long ago").first
    expect(purged.locator(".badge")).to_have_text("done")
    page.evaluate("document.querySelector('#jobs-table .badge').textContent = 'out of date'")
    link = table.get_by_role("link", name="failed")
    link.focus()

    expect(table).not_to_contain_text("out of date")

    expect(link).to_be_focused()
    expect(purged.locator("time")).not_to_contain_text("UTC")


def test_jobs_are_narrowed_to_a_state_without_leaving_the_page(page):
    page.goto("/admin/jobs?state=cancelled")
    page.evaluate("window.stays = true")

    page.locator("#jobs-table").get_by_role("link", name="done").click()

    expect(page).to_have_url(re.compile(r"/admin/jobs\?state=done$"))
    expect(page.locator("#jobs-table .badge").first).to_have_text("done")
    assert page.evaluate("window.stays")


@pytest.mark.parametrize("address", ["/admin/users", "/admin/jobs", "/projects/demo/settings"])
def test_who_may_not_manage_finds_no_page_for_it(browse, guest, address):
    theirs = browse(storage_state=guest)

    answer = theirs.goto(address)

    assert answer.status in {403, 404}
