"""Many items of one schema: read column by column, and one by one only where one is amiss.

A schema costs as much as all the rest of a bulk. What it says of its fields is therefore first
asked of whole columns, some thousand values with each step; only items among which something
is wrong go through the schema itself, which finds the words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from tagstore.errors import Fault

CHUNK = 1000

Columns = dict[str, list[Any]]
"""Values by the name of their field, in the order of the items."""

Words = Callable[[int, Any, ValidationError | None], list[Fault]]
"""Return what a dialect says of an item, of one that is no object without an error."""

_ABSENT = object()


def chunks(items: list[Any]) -> Iterator[list[Any]]:
    """Yield a list in parts of a size that is good to read at once."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


class Form:
    """How the items of a list are read: their schema, and what stands for what is not said."""

    def __init__(
        self,
        schema: Schema,
        blank: Mapping[str, Any],
        words: Words,
        fits: Callable[[Columns], bool] = lambda _: True,
    ) -> None:
        """Make a form; `fits` says of whole columns what the schema says of an item as such."""
        self.schema, self.blank, self.words, self.fits = schema, blank, words, fits
        self.names = {field.data_key or name: name for name, field in schema.fields.items()}

    def at_a_glance(self, items: list[Any]) -> Columns | None:
        """Return the columns of items that are all good beyond doubt.

        None says nothing: the schema decides then.
        """
        if set(map(type, items)) != {dict}:
            return None
        said = set().union(*items)
        if self.schema.unknown == RAISE and not said <= self.names.keys():
            return None
        columns: Columns = {}
        for key, name in self.names.items():
            field = self.schema.fields[name]
            if key in said:
                column = _column(field, key, items, self.blank[name])
            else:
                column = None if field.required else [self.blank[name]] * len(items)
            if column is None:
                return None
            columns[name] = column
        return columns if self.fits(columns) else None

    def closely(self, index: int, item: Any) -> tuple[dict[str, Any], list[Fault]]:
        """Return what can be read of an item, and a fault for all that cannot."""
        if not isinstance(item, dict):
            return {}, self.words(index, item, None)
        try:
            return self.schema.load(item), []
        except ValidationError as error:
            good = cast(dict[str, Any], error.valid_data)
            return dict(good), self.words(index, item, error)


class Reading:
    """What was read of a list so far."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.columns: Columns = {name: [] for name in form.names.values()}
        self.faults: list[Fault] = []
        self.count = 0
        self.faulty = 0

    def take(self, items: list[Any]) -> None:
        """Read the next items; of one with faults what could be read of it."""
        found = self.form.at_a_glance(items)
        if found is None:
            found = self._closely(items)
        for name, column in found.items():
            self.columns[name] += column
        self.count += len(items)

    def _closely(self, items: list[Any]) -> Columns:
        rows = []
        for index, item in enumerate(items, self.count):
            row, faults = self.form.closely(index, item)
            rows.append(row)
            self.faults += faults
            self.faulty += bool(faults)
        blank = self.form.blank
        return {name: [row.get(name, blank[name]) for row in rows] for name in self.columns}


def _column(
    field: fields.Field[Any], key: str, items: list[dict[str, Any]], blank: Any
) -> list[Any] | None:
    """Return one field of all items, or None when one of them may not do."""
    values = [item.get(key, _ABSENT) for item in items]
    kinds = set(map(type, values))
    given: Sequence[Any] = values
    if type(_ABSENT) in kinds:
        if field.required:
            return None
        given = [value for value in values if value is not _ABSENT]
        values = [blank if value is _ABSENT else value for value in values]
    if type(None) in kinds and field.allow_none:
        given = [value for value in given if value is not None]
    are_good = getattr(field, "are_good", None)
    if are_good is None or not are_good(given) or not _are_valid(field, given):
        return None
    if int in kinds and isinstance(field, fields.Float):
        values = [value if value is None else float(value) for value in values]
    return values


def _are_valid(field: fields.Field[Any], values: Sequence[Any]) -> bool:
    return not values or all(_passes(validator, values) for validator in field.validators)


def _passes(validator: object, values: Sequence[Any]) -> bool:
    """Return whether a validator would let all values pass; one not known here, none."""
    match validator:
        case validate.Range(min_inclusive=True, max_inclusive=True, min=least, max=most):
            return (least is None or min(values) >= least) and (most is None or max(values) <= most)
        case validate.Length(min=least, max=most, equal=None):
            sizes = set(map(len, values))
            return (least is None or min(sizes) >= least) and (most is None or max(sizes) <= most)
        case validate.OneOf(choices=choices):
            return set(values) <= set(choices)
        case validate.Regexp(regex=regex):
            return all(map(regex.match, set(values)))
    return False
