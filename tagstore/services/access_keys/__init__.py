"""Access and secret key pairs: making and ending them, and what they prove."""

from tagstore.services.access_keys.pairs import Pair, add_key, list_keys, revoke_key
from tagstore.services.access_keys.proofs import actor_by_signature

__all__ = ["Pair", "actor_by_signature", "add_key", "list_keys", "revoke_key"]
