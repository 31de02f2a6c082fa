"""A hostile page in a real browser gets nothing out of an embedded AWS and nothing done in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, sync_playwright

from fakes.chromium import FLAGS, chromium
from personalize_sfn.local import LocalAws

pytestmark = pytest.mark.slow

EVIL = "evil.example"
# What needs no preflight, what asks for one, what is no fetch at all.  Each settles, whatever becomes of it.
ATTACK = """
async ([base, key]) => {
  const seen = [];
  const credential = `X-Amz-Credential=${key}/20260101/us-east-1/s3/aws4_request`;
  const scope = service => ({Authorization:
    `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`});
  const plain = {'Content-Type': 'text/plain'};
  const erase = '<Delete><Object><Key>precious</Key></Object></Delete>';
  const trust = encodeURIComponent('{"Version":"2012-10-17","Statement":[]}');
  const role = `Action=CreateRole&Version=2010-05-08&RoleName=evil&AssumeRolePolicyDocument=${trust}`;
  const tries = [
    [`/kept?delete&${credential}`, {method: 'POST', headers: plain, body: erase, mode: 'no-cors'}],
    ['/kept?delete', {method: 'POST', headers: plain, body: erase, mode: 'no-cors'}],
    ['/moto-api/reset', {method: 'POST', headers: plain, mode: 'no-cors'}],
    ['/moto-api/data.json', {}],
    ['/kept/precious', {}],
    ['/kept/precious', {mode: 'no-cors'}],
    ['/kept/precious', {method: 'DELETE', headers: scope('s3')}],
    ['/evil-bucket', {method: 'PUT', headers: scope('s3')}],
    ['/', {method: 'POST', body: new URLSearchParams(role), mode: 'no-cors'}],
    [`/?${role}&${credential.replace('/s3/', '/iam/')}`, {mode: 'no-cors'}],
    ['/', {method: 'POST', body: role,
           headers: {...scope('iam'), 'Content-Type': 'application/x-www-form-urlencoded'}}],
    ['/', {method: 'POST', body: '{"name": "evil"}',
           headers: {...scope('personalize'), 'X-Amz-Target': 'AmazonPersonalize.CreateDatasetGroup'}}],
    ['/2015-03-31/functions/victim/invocations', {method: 'POST', headers: plain, body: '{}', mode: 'no-cors'}],
    ['/_personalize_sfn/health', {}],
    ['/_personalize_sfn/plan', {method: 'POST', headers: plain, body: '{}', mode: 'no-cors'}],
    ['/_personalize_sfn/plan', {method: 'DELETE'}],
  ];
  for (const [path, options] of tries) {
    try {
      const answer = await fetch(base + path, options);
      seen.push([path, answer.type, answer.status, await answer.text()]);
    } catch (error) { seen.push([path, 'failed', 0, '']); }
  }
  const settled = make => new Promise(done => { make(done); setTimeout(done, 3000); });
  await settled(done => {
    const frame = document.createElement('iframe');
    frame.name = 'sink'; frame.onload = done;
    document.body.append(frame);
    const form = document.createElement('form');
    form.method = 'post'; form.enctype = 'text/plain'; form.target = 'sink';
    form.action = `${base}/kept?delete&${credential}`;
    const field = document.createElement('input');
    field.name = erase; field.value = '';
    form.append(field); document.body.append(form); form.submit();
  });
  await settled(done => {
    const image = new Image();
    image.onload = () => { seen.push(['image', 'basic', 200, '']); done(); };
    image.onerror = done;
    image.src = `${base}/?${role}&${credential.replace('/s3/', '/iam/')}`;
  });
  await settled(done => {
    const script = document.createElement('script');
    script.onload = () => { seen.push(['script', 'basic', 200, '']); done(); };
    script.onerror = done; script.src = `${base}/kept/precious`;
    document.body.append(script);
  });
  await settled(done => {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/kept/precious`);
    socket.onopen = () => { seen.push(['websocket', 'basic', 200, '']); done(); };
    socket.onerror = done;
  });
  navigator.sendBeacon(`${base}/kept?delete&${credential}`, erase);
  return seen;
}
"""


@pytest.fixture(scope="module")
def misled() -> Iterator[Browser]:
    """A Chromium for which the evil name is this machine, as after DNS rebinding."""
    path = chromium()
    with sync_playwright() as playwright:
        rule = f"--host-resolver-rules=MAP {EVIL} 127.0.0.1"
        opened = playwright.chromium.launch(executable_path=path, args=[*FLAGS, rule])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def page_server() -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>harmless</title>")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{EVIL}:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=[False, True], ids=["keys", "open"])
def aws(request: pytest.FixtureRequest) -> Iterator[LocalAws]:
    with LocalAws(open=request.param) as running:
        s3 = running.session().client("s3")
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="precious", Body=b"kept = 'secret data'")
        yield running


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", EVIL])
@pytest.mark.parametrize("rebound", [False, True], ids=["another origin", "rebound to its own origin"])
def test_nothing_is_read_and_nothing_is_done(
    misled: Browser, page_server: str, aws: LocalAws, name: str, rebound: bool
) -> None:
    port = urlsplit(aws.endpoint_url).port
    before = aws.calls
    context = misled.new_context(service_workers="block")
    page = context.new_page()
    if rebound:
        # The page came from its own server on this port; only then the name passed to this machine.
        start = f"http://{EVIL}:{port}/start"

        def harmless(way: Route) -> None:
            way.fulfill(content_type="text/html", body="<!doctype html><title>harmless</title>")

        page.route(start, harmless)
        page.goto(start)
    else:
        page.goto(page_server)
    assert page.title() == "harmless"
    seen = page.evaluate(ATTACK, [f"http://{name}:{port}", aws.credentials.access_key_id])
    context.close()

    read = [(path, status, text) for path, kind, status, text in seen if kind not in ("failed", "opaque")]
    assert {status for _, status, _ in read} <= {403, 421}, read
    assert not any("secret data" in text or '"running"' in text for *_, text in seen)
    assert aws.calls == before
    session = aws.session()
    assert [found["Name"] for found in session.client("s3").list_buckets()["Buckets"]] == ["kept"]
    assert [found["Key"] for found in session.client("s3").list_objects_v2(Bucket="kept")["Contents"]] == ["precious"]
    assert session.client("iam").list_roles()["Roles"] == []
    assert session.client("personalize").list_dataset_groups()["datasetGroups"] == []


def test_the_attack_would_succeed_if_the_address_were_not_looked_at(
    misled: Browser, page_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("personalize_sfn.local.gateway.check_address", lambda *_: None)
    with LocalAws(open=True) as aws:
        s3 = aws.session().client("s3")
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="precious", Body=b"kept = 'secret data'")
        context = misled.new_context()
        page = context.new_page()
        page.goto(page_server)
        page.evaluate(ATTACK, [aws.endpoint_url, aws.credentials.access_key_id])
        context.close()
        assert "Contents" not in s3.list_objects_v2(Bucket="kept")
