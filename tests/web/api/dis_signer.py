"""Signs requests as the contract says, independently of the server's own code."""

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import quote, unquote


def signed(method, path, body=b"", *, keys, at=None, query="", extra=None, host="localhost"):
    """Return the headers of a request that the pair of keys signs."""
    access, secret = keys
    date = (at or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    headers = {"Host": host, "X-Sdk-Date": date, **(extra or {})}
    names = sorted(name.lower() for name in headers)
    values = {name.lower(): value.strip() for name, value in headers.items()}
    uri = "/".join(quote(part, safe="~") for part in unquote(path).split("/"))
    content = values.get("x-sdk-content-sha256") if body else None
    canonical = "\n".join(
        [
            method,
            uri if uri.endswith("/") else f"{uri}/",
            query,
            "".join(f"{name}:{values[name]}\n" for name in names),
            ";".join(names),
            content or hashlib.sha256(body).hexdigest(),
        ]
    )
    to_sign = f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"SDK-HMAC-SHA256 Access={access}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return headers
