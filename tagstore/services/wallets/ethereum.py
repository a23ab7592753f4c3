"""Who signed a text with an Ethereum key. No database here.

An address is the last 20 bytes of the Keccak-256 hash of the public key (Ethereum yellow paper,
appendix F). A wallet signs a text behind a prefix of its own (EIP-191, version 0x45, which the
JSON-RPC method `eth_sign` and `personal_sign` share), so that no text can be a transaction.
A signature is r and s of 32 bytes each and v, from which libsecp256k1 recovers the key; v is
27 or 28, and 0 or 1 from some hardware wallets.
"""

import re

from coincurve import PublicKey
from Crypto.Hash import keccak

PREFIX = b"\x19Ethereum Signed Message:\n"
ADDRESS = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{40})", re.ASCII)
SIGNATURE = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{130})", re.ASCII)
SIGNATURE_BYTES = 65
RECOVERIES = {0: 0, 1: 1, 27: 0, 28: 1}
"""What v says of which of the possible keys it was."""


def read_address(text: str) -> str | None:
    """Return an address as `0x` and 40 small hexadecimal digits, or None if it is none."""
    found = ADDRESS.fullmatch(text.strip())
    return f"0x{found[1].lower()}" if found else None


def read_signature(text: str) -> bytes | None:
    """Return the 65 bytes of a signature in hexadecimal digits, or None if it is none."""
    found = SIGNATURE.fullmatch(text.strip())
    return bytes.fromhex(found[1]) if found else None


def recover(message: bytes, signature: bytes) -> str | None:
    """Return the address whose key signed the message as a personal message.

    A signature that was tampered with gives None or another address.
    """
    if len(signature) != SIGNATURE_BYTES or signature[-1] not in RECOVERIES:
        return None
    recoverable = signature[:-1] + bytes([RECOVERIES[signature[-1]]])
    digest = _keccak(PREFIX + str(len(message)).encode() + message)
    try:
        key = PublicKey.from_signature_and_message(recoverable, digest, hasher=None)
    except ValueError:
        return None
    return f"0x{_keccak(key.format(compressed=False)[1:])[-20:].hex()}"


def _keccak(data: bytes) -> bytes:
    return keccak.new(data=data, digest_bits=256).digest()
