"""Holds answers of our own API against its OpenAPI document."""

import re

import jsonschema_rs

DOCUMENT = "/api/v1/openapi.json"
ELSEWHERE = {405, 500}
"""Statuses that no operation describes: there was none, or it broke."""


class Described:
    """The document of one application, and what it lets an answer be."""

    def __init__(self, client):
        self.document = client.get(DOCUMENT).json
        self.validators = {}
        self.paths = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), methods)
            # OpenAPI: what is spelt out goes before what has parts.
            for path, methods in sorted(
                self.document["paths"].items(), key=lambda each: each[0].count("{")
            )
        ]

    def check(self, method, path, answer):
        """Assert that the operation's description allows this answer."""
        plain = path.partition("?")[0]
        found = [methods for pattern, methods in self.paths if pattern.fullmatch(plain)]
        operation = next((each[method.lower()] for each in found if method.lower() in each), None)
        if operation is None or answer.status_code in ELSEWHERE:
            assert answer.status_code >= 400, f"{method} {plain} is not described"
            return
        responses = operation["responses"]
        assert str(answer.status_code) in responses, f"{method} {plain}: {answer.status_code}"
        response = responses[str(answer.status_code)]
        for name, header in response.get("headers", {}).items():
            assert name in answer.headers or not header["required"], (method, plain, name)
        self._check_content(response.get("content", {}), answer)

    def _check_content(self, content, answer):
        if not content:
            assert answer.data == b""
            return
        if "*/*" in content or not answer.mimetype.endswith("json"):
            assert answer.mimetype in content or "*/*" in content
            return
        self._validator(content[answer.mimetype]["schema"]).validate(answer.json)

    def _validator(self, schema):
        """Return what validates by a schema of the document."""
        if id(schema) not in self.validators:
            whole = {**schema, "components": self.document["components"]}
            self.validators[id(schema)] = jsonschema_rs.validator_for(whole)
        return self.validators[id(schema)]
