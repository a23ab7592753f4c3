"""The address of each wire that makes something, and how a value stands inside its body."""

from collections.abc import Callable
from dataclasses import dataclass

PROBLEM = "application/problem+json"
OWN_KEYS = ("detail", "errors", "instance", "status", "title", "type")


@dataclass(frozen=True)
class Wire:
    """Where something is made, around a value that nobody reads or that is kept as it is."""

    path: str
    around: Callable[[int], str]
    """A whole body for the n-th request, with `<value>` in it."""
    refusal: tuple[str, tuple[str, ...]]
    """The type of a refusal, and the keys that it has."""
    made: int = 200
    keeps_it: bool = False

    def body(self, number: int, value: bytes) -> bytes:
        """Return a body around a value."""
        return self.around(number).encode().replace(b"<value>", value)


@dataclass(frozen=True)
class Scene:
    """The things that the wires speak of, by number."""

    project_id: int
    media_file_id: int
    qid: str
    tag_set_id: int
    tag_class_id: int


def wires(scene: Scene) -> dict[str, Wire]:
    """Return every wire."""
    file, tag_set, tag_class = scene.media_file_id, scene.tag_set_id, scene.tag_class_id
    return {
        "arlo": Wire(
            f"/api/v0/bulkTagCreate/{scene.project_id}/",
            lambda n: (
                f'[{{"mediaFile":{file},"tagSet":{tag_set},"tagClass":{tag_class},'
                '"startTime":1,"endTime":2,"minFrequency":0,"maxFrequency":100,"strength":1,'
                '"extra":<value>}]'
            ),
            ("application/json", ("detail",)),
        ),
        "bedrock": Wire(
            "/tags/batch",
            lambda n: (
                f'[{{"scopeId":"frogs","tagGroupId":"default","identifier":"c{n}",'
                '"label":"x","extra":<value>}]'
            ),
            (PROBLEM, ("detail", "errors", "status", "title", "type")),
            made=201,
        ),
        "pixelshare": Wire(
            "/api/Tags",
            lambda n: f'{{"Tag":{{"PhotoId":{file},"Value":"x{n}"}},"Extra":<value>}}',
            ("application/json", ("Message", "ModelState")),
        ),
        "dis": Wire(
            f"/v2/frogs/stream/{file}/tags/action",
            lambda n: f'{{"action":"create","tags":[{{"key":"a","value":"{n}"}}],"extra":<value>}}',
            ("application/json", ("error_code", "error_msg")),
            made=204,
        ),
        "eluvio": Wire(
            f"/{scene.qid}/tags",
            lambda n: (
                '{"author":"ana","track":"t","tags":[{"start_time":1,"end_time":2,"tag":"x",'
                '"additional_info":{"value":<value>}}]}'
            ),
            ("application/json", ("code", "error")),
            keeps_it=True,
        ),
        "v1": Wire(
            "/api/v1/tags",
            lambda n: (
                f'{{"media_id":{file},"tag_set_id":{tag_set},"text":"x{n}",'
                '"info":{"value":<value>}}'
            ),
            (PROBLEM, OWN_KEYS),
            made=201,
            keeps_it=True,
        ),
    }
