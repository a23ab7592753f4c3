"""A script beside the browser: it talks to the server's dialects with a token, as users' do."""

import io
import wave
from typing import Any

import numpy as np
from playwright.sync_api import APIRequestContext, APIResponse

RATE = 16_000
TONE_HZ = 3000.0
TONE_S = (8.0, 12.0)
LENGTH_S = 20.0


class Script:
    """Reads and writes in the project of the demo."""

    def __init__(self, requests: APIRequestContext) -> None:
        self.requests = requests
        self._recordings = 0

    def get(self, path: str) -> Any:
        return _answer(self.requests.get(f"/api/v1/{path}"))

    def post(self, path: str, body: Any) -> Any:
        return _answer(self.requests.post(f"/api/v1/{path}", data=body))

    def edit(self, tag: dict[str, Any], **changes: Any) -> Any:
        """Change a tag that stands at this version."""
        headers = {"If-Match": f'"{tag["version"]}"'}
        address = f"/api/v1/tags/{tag['id']}"
        return _answer(self.requests.patch(address, data=changes, headers=headers))

    def remove(self, tag: dict[str, Any]) -> None:
        address = f"/api/v1/tags/{tag['id']}"
        _answer(self.requests.delete(address, headers={"If-Match": f'"{tag["version"]}"'}))

    def tags(self, media_id: int) -> list[dict[str, Any]]:
        """Return the tags of a media file, in order of their starts."""
        found: list[dict[str, Any]] = self.get(f"media/{media_id}/tags?limit=1000")["items"]
        return found

    def classes(self) -> dict[str, int]:
        """Return the numbers of the classes by their hot keys."""
        items = self.get("tag-classes?project=demo")["items"]
        return {each["hot_key"]: each["id"] for each in items if each["hot_key"]}

    def tag_set(self) -> int:
        """Return the number of the first tag set."""
        number: int = self.get("tag-sets?project=demo")["items"][0]["id"]
        return number

    def add_tag(self, media_id: int, start_s: float, hot_key: str = "1", **more: Any) -> Any:
        """Add a box of a second and a kilohertz, unless something else is said."""
        body = {
            "media_id": media_id,
            "tag_set_id": self.tag_set(),
            "class_id": self.classes()[hot_key],
            "start_s": start_s,
            "end_s": start_s + 1.0,
            "low_hz": 1000.0,
            "high_hz": 2000.0,
        }
        return self.post("tags", {**body, **more})

    def add_tags(self, media_id: int, count: int) -> list[dict[str, Any]]:
        """Add that many tags in one request, spread over the recording, as ARLO's clients do."""
        step = LENGTH_S / (count + 1)
        place = {"mediaFile": media_id, "tagSet": self.tag_set(), "tagClass": self.classes()["2"]}
        tags = [
            {
                **place,
                "startTime": number * step,
                "endTime": (number + 0.8) * step,
                "minFrequency": 4000,
                "maxFrequency": 6000,
                "strength": 0.9,
                "machineTagged": True,
            }
            for number in range(count)
        ]
        project = self.get("projects/demo")["id"]
        address = f"/api/v0/bulkTagCreate/{project}/"
        made: list[dict[str, Any]] = _answer(self.requests.post(address, data=tags))
        return made

    def sound(self) -> bytes:
        """Return a WAV of its own: a tone of 3 kHz from 8 to 12 s in faint noise."""
        self._recordings += 1
        return tone(self._recordings)

    def add_recording(self) -> int:
        """Add a recording of its own."""
        sound = self.sound()
        name = f"tone-{self._recordings}.wav"
        file = {"name": name, "mimeType": "audio/wav", "buffer": sound}
        body = {"project": "demo", "folder": "tones", "file": file}
        number: int = _answer(self.requests.post("/api/v1/media", multipart=body))["id"]
        return number

    def add_import(self, name: str, text: str) -> str:
        """Send a file of tags to be looked at, and return the address of its page."""
        file = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
        body = {"project": "demo", "files": file}
        address: str = _answer(self.requests.post("/api/v1/imports", multipart=body))["url"]
        return address


def _answer(response: APIResponse) -> Any:
    assert response.ok, f"{response.status} {response.url}: {response.text()[:500]}"
    return response.json() if response.status != 204 else None


def tone(seed: int) -> bytes:
    """Return a WAV that no other seed gives."""
    times = np.arange(int(LENGTH_S * RATE)) / RATE
    sound = np.random.default_rng(seed).normal(0, 3e-4, times.size)
    sounds = (times >= TONE_S[0]) & (times < TONE_S[1])
    sound[sounds] += 0.3 * np.sin(2 * np.pi * TONE_HZ * times[sounds])
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, RATE, 0, "NONE", ""))
        writer.writeframes((sound * 32767).astype("<i2").tobytes())
    return file.getvalue()
