"""How things go out: one declaration shows a thing and describes how it is shown."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, cast

from marshmallow import RAISE, Schema, fields

from tagstore.values import COLOURS
from tagstore.web.api.base import moment

COLOUR = {"pattern": "^#[0-9a-f]{6}$", "example": COLOURS[0]}
"""How a colour is described."""

Read = Callable[[Any], Any]


class Moment(fields.DateTime):
    """A moment, RFC 3339 in UTC."""


class Shown(Schema):
    """Every field is always there; `attribute` or a `read` function in `metadata` finds it.

    Thousands of tags are shown at once, so that what finds each field is settled only once.
    """

    class Meta:
        """Nothing else is there."""

        unknown = RAISE

    has_version = True
    version_from = "version"
    """The attribute that its ETag is made of."""
    identity = "id"
    """The attribute that its own address ends with."""
    place = ""
    """Where all of its kind are, if one can be promised."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._nothing = dict.fromkeys(self.fields)
        plain = {name: field for name, field in self.fields.items() if _is_plain(field)}
        self._plain = tuple(plain)
        self._get = _together(*(field.attribute or name for name, field in plain.items()))
        others = [(name, field) for name, field in self.fields.items() if name not in plain]
        self._readers = [(name, _reader(name, field)) for name, field in others]

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say of every field that it is there."""
        field_obj.required = True

    def show(self, thing: Any) -> dict[str, Any]:
        """Return the thing as it is read; what writes JSON knows how to write UUIDs."""
        shown = self._nothing.copy()
        shown.update(zip(self._plain, self._get(thing), strict=True))
        for name, read in self._readers:
            shown[name] = read(thing)
        return shown


def _is_plain(field: fields.Field[Any]) -> bool:
    """Return whether a field is shown just as an attribute of the thing is."""
    is_changed = isinstance(field, Moment | fields.List | fields.Nested)
    return not (is_changed or "read" in field.metadata or "." in (field.attribute or ""))


def _together(*attributes: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gets several attributes at once, which is faster than one by one."""
    if len(attributes) > 1:
        return attrgetter(*attributes)
    return lambda thing: tuple(getattr(thing, each) for each in attributes)


def _reader(name: str, field: fields.Field[Any]) -> Read:
    known: Read | None = field.metadata.get("read")
    read = known or _path(field.attribute or name)
    if isinstance(field, Moment):
        return lambda thing: moment(read(thing))
    if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
        show = cast(Shown, field.inner.schema).show
        return lambda thing: [show(each) for each in read(thing)]
    if isinstance(field, fields.Nested):
        show_one = cast(Shown, field.schema).show
        return lambda thing: None if (inner := read(thing)) is None else show_one(inner)
    return read


def _path(path: str) -> Read:
    """Return what follows a path of attributes as far as there is something."""
    first, _, rest = path.partition(".")
    get, follow = attrgetter(first), _path(rest) if rest else None
    if follow is None:
        return get

    def read(thing: Any) -> Any:
        found = get(thing)
        return None if found is None else follow(found)

    return read
