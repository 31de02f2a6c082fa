"""Requests of any form that botocore signs, and how they arrive."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from botocore.awsrequest import AWSRequest
from botocore.config import Config
from hypothesis import strategies as st

from personalize_sfn.local.http.signature import Sent

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
HOST = "127.0.0.1:4566"

text = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=12)
keys = st.lists(text, max_size=4).map("/".join)
header_text = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)
headers = st.dictionaries(
    st.from_regex(r"x-amz-meta-[a-z0-9_-]{1,8}", fullmatch=True), st.lists(header_text).map("  ".join), max_size=4
)


def request(method: str, path: str, query: dict[str, str], head: dict[str, str], body: bytes) -> AWSRequest:
    """A request as botocore is about to sign it."""
    made = "&".join(f"{quote(name, safe='-._~')}={quote(value, safe='-._~')}" for name, value in query.items())
    url = f"http://{HOST}{quote('/' + path, safe='/-._~')}" + (f"?{made}" if made else "")
    found = AWSRequest(method, url, head, body)
    found.context["client_config"] = Config(s3={"payload_signing_enabled": True})
    return found


def sent(request: AWSRequest) -> Sent:
    """The request as the server gets it."""
    parts = urlsplit(request.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    wire = [(name.lower(), str(value)) for name, value in request.headers.items()]
    return Sent(request.method, target, [("host", HOST), *wire])
