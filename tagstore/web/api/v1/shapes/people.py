"""People and what they prove themselves with, as they go out."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from tagstore.models import ApiToken
from tagstore.values import Role
from tagstore.web.api.v1.shown import Moment, Shown


class ShownMe(Shown):
    """Whom the credential names."""

    has_version = False
    id = fields.Integer(attribute="user_id")
    name = fields.String()
    is_admin = fields.Boolean()
    read_only = fields.Boolean()


class ShownMember(Shown):
    """What a user is in a project."""

    identity = "user_id"
    user_id = fields.Integer()
    name = fields.String(attribute="user.name")
    role = fields.String(validate=validate.OneOf(tuple(Role)))
    created_at = Moment()
    version = fields.Integer()


class ShownUser(Shown):
    """A person or a machine account."""

    id = fields.Integer()
    name = fields.String()
    is_admin = fields.Boolean()
    disabled = fields.Boolean(metadata={"read": lambda user: user.disabled_at is not None})
    created_at = Moment()
    version = fields.Integer()


class ShownToken(Shown):
    """An API token; `hint` is how its secret begins."""

    id = fields.Integer()
    label = fields.String()
    hint = fields.String()
    read_only = fields.Boolean()
    created_at = Moment()
    expires_at = Moment(allow_none=True)
    version = fields.Integer()


@dataclass(frozen=True)
class MadeToken:
    """A token and its secret, known only now."""

    token: ApiToken
    secret: str

    @property
    def id(self) -> int:
        """Return the token's number."""
        return self.token.id

    @property
    def version(self) -> int:
        """Return the token's version."""
        return self.token.version


class ShownMadeToken(ShownToken):
    """A token that was made now, with its secret, which is shown only now."""

    secret = fields.String()

    def show(self, thing: MadeToken) -> dict[str, Any]:
        """Return the token as it is read later, and its secret."""
        return {**TOKEN.show(thing.token), "secret": thing.secret}


ME = ShownMe()
MEMBER = ShownMember()
USER = ShownUser()
TOKEN = ShownToken()
MADE_TOKEN = ShownMadeToken()
