"""An Ethereum wallet that signs as MetaMask and `eth_sign` do, with the library's own signer."""

import base64
import json

from coincurve import PrivateKey
from Crypto.Hash import keccak


def _keccak(data: bytes) -> bytes:
    return keccak.new(data=data, digest_bits=256).digest()


class Wallet:
    """A key that is made from a number, so that tests know its address."""

    def __init__(self, number: int = 1) -> None:
        self._key = PrivateKey(number.to_bytes(32, "big"))
        point = self._key.public_key.format(compressed=False)[1:]
        self.address = f"0x{_keccak(point)[-20:].hex()}"

    def sign(self, text: str) -> bytes:
        """Return the 65 bytes of the personal signature of a text, v being 27 or 28."""
        message = text.encode()
        prefix = f"\x19Ethereum Signed Message:\n{len(message)}".encode()
        signature = self._key.sign_recoverable(_keccak(prefix + message), hasher=None)
        return signature[:-1] + bytes([signature[-1] + 27])

    def hex(self, text: str) -> str:
        """Return the signature as wallets show it."""
        return f"0x{self.sign(text).hex()}"

    def token(self, **changes: object) -> str:
        """Return a signed token; what is not said is empty."""
        said = {"qspace_id": "", "qlib_id": "", "addr": self.address, "tx_id": "", **changes}
        payload = base64.b64encode(json.dumps(said).encode()).decode()
        return f"{payload}.{base64.b64encode(self.sign(payload)).decode()}"
