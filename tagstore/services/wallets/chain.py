"""Asking an Ethereum node about transactions, outside every transaction of ours."""

import http.client
import re
import time
import urllib.request
from typing import Any

import orjson

from tagstore.errors import Busy
from tagstore.services.wallets import ethereum

HASH = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{64})", re.ASCII)
PATIENCE_S = 4.0
LARGEST_ANSWER = 4 * 2**20
"""A receipt holds the logs of its transaction."""
REMEMBERED_S = 60
MOST_REMEMBERED = 1000

_remembered: dict[tuple[str, str, str], float] = {}


def has_sent(rpc_url: str, address: str, tx_id: str) -> bool:
    """Return whether the address sent this transaction and it succeeded; yes is remembered.

    A node that does not answer is `Busy`: whoever asks may well be right.
    """
    found = HASH.fullmatch(tx_id)
    if found is None:
        return False
    mark = (rpc_url, address, found[1].lower())
    if _remembered.get(mark, 0.0) > time.monotonic():
        return True
    if not _is_success_of(_receipt(rpc_url, f"0x{mark[2]}"), address):
        return False
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[mark] = time.monotonic() + REMEMBERED_S
    return True


def _is_success_of(receipt: Any, address: str) -> bool:
    if not isinstance(receipt, dict):
        return False  # Unknown to the node, or not in a block yet.
    status, sender = receipt.get("status"), receipt.get("from")
    if not isinstance(status, str) or not isinstance(sender, str):
        return False
    return status == "0x1" and ethereum.read_address(sender) == address


def _receipt(rpc_url: str, tx_hash: str) -> Any:
    """Return what the node answers to `eth_getTransactionReceipt`."""
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "eth_getTransactionReceipt",
        "params": [tx_hash],
    }
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(rpc_url, orjson.dumps(call), headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            reply = orjson.loads(answer.read(LARGEST_ANSWER))
    except (OSError, http.client.HTTPException, orjson.JSONDecodeError) as error:
        raise Busy("The Ethereum node does not answer now. Try again.") from error
    if not isinstance(reply, dict) or "result" not in reply:
        raise Busy("The Ethereum node cannot say now. Try again.")
    return reply["result"]
