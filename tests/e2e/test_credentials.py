"""What people make for their programs: wallets that sign, and write tokens."""

import json

from playwright.sync_api import APIRequestContext, APIResponse, Page, expect

from tests.server import Server
from tests.wallet import Wallet


def test_a_wallet_that_signed_its_text_opens_contents(page: Page, server: Server) -> None:
    wallet = Wallet(7)
    qid = server.flask("media", "list", "--project", "demo").split("\t")[1]
    page.goto("/me")
    page.get_by_label("Address", exact=True).fill(wallet.address)
    page.get_by_role("button", name="Prove that it is yours").click()
    text = page.get_by_label("Text to sign").input_value()

    page.get_by_label("Signature").fill("0x12")
    page.get_by_role("button", name="Register the wallet").click()
    expect(page.get_by_text("must be 130 hexadecimal digits")).to_be_visible()
    page.get_by_label("Signature").fill(wallet.hex(text))
    page.get_by_role("button", name="Register the wallet").click()
    expect(page.get_by_role("row", name=wallet.address)).to_be_visible()

    headers = {"Authorization": f"Bearer {wallet.token(qlib_id='demo')}"}
    assert page.request.get(f"/{qid}/tracks", headers=headers).status == 200
    page.get_by_role("row", name=wallet.address).get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No wallets yet.")).to_be_visible()
    assert page.request.get(f"/{qid}/tracks", headers=headers).status == 401


def test_a_write_token_made_on_the_page_writes_a_folder(page: Page, server: Server) -> None:
    qid = server.flask("media", "list", "--project", "demo").split("\t")[1]
    headers = {"Authorization": f"Bearer {server.flask('tokens', 'add', 'admin')}"}
    page.goto("/projects/demo/settings")
    section = page.locator("#projects-write-tokens")
    section.get_by_label("What it is for").fill("the video editor")
    section.get_by_label("Folder").fill("editor/{qid}")
    section.get_by_role("button", name="Make a write token").click()
    secret = page.locator("#new-write-token").inner_text()

    answer = write(page.request, qid, secret, headers)

    folder = server.data_dir / "exports" / "editor" / qid
    assert answer.status == 200
    assert [name for name in answer.json()["files"] if not (folder / name).is_file()] == []
    assert json.loads((folder / "tags.json").read_bytes())["tags"] != []
    section.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("No write tokens yet.")).to_be_visible()
    assert write(page.request, qid, secret, headers).status == 403


def write(
    request: APIRequestContext, qid: str, secret: str, headers: dict[str, str]
) -> APIResponse:
    return request.post(f"/{qid}/write", params={"write_token": secret}, headers=headers)
