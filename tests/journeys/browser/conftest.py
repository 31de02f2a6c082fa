"""A Jupyter server, a Chromium that tells whom it asks, and an embedded AWS whose clock the tests move."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pandas as pd
import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect, sync_playwright

from fakes.browsing import TOKEN, TRAINING_SECONDS, Asked, Clock, Jupyter, Pipeline
from fakes.chromium import FLAGS, chromium
from personalize_sfn import datasets
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.errors import WorkflowError
from personalize_sfn.execution import run
from personalize_sfn.local import LocalAws
from personalize_sfn.local.personalize_environment import PersonalizeEnvironment

expect.set_options(timeout=60_000)
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: what the server itself would ask of the outside fails at once."""


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    clock = Clock()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(PersonalizeEnvironment, "now", clock.now)
        with LocalAws(wait_scale=1 / 2000) as aws:
            session, config = aws.session(), Config(project="movies")
            deploy(session, config)
            prepared = datasets.prepare(liked(), name="two tastes")
            datasets.upload_interactions(session, config, prepared)
            aws.personalize.faults.fail("campaign", reason="the service has no capacity left for it")
            failed = run(session, config)
            with pytest.raises(WorkflowError, match="no capacity left"):
                failed.wait(timeout=60)
            aws.personalize.durations.set("solution_version", TRAINING_SECONDS)
            yield Pipeline(session, config, clock, failed)


def liked(users: int = 40, items: int = 100, each: int = 30) -> pd.DataFrame:
    """Even users like even items, odd users odd ones; enough for Personalize's minima."""
    rows = [
        (
            f"u{user}",
            f"i{(2 * ((user * 7 + n * 3) % (items // 2)) + user % 2) % items}",
            880_000_000 + n * 60 + user,
            "watch",
        )
        for user in range(users)
        for n in range(each)
    ]
    return pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"])


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    home = tmp_path_factory.mktemp("jupyter")
    folders = {name: home / name for name in ("config", "data", "runtime", "settings", "ipython", "notebooks")}
    for folder in folders.values():
        folder.mkdir()
    server = {
        "allow_root": True,
        "ip": "127.0.0.1",
        "open_browser": False,
        "port": 0,
        "root_dir": str(folders["notebooks"]),
    }
    quiet = {
        "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "expose_app_in_browser": True,
        "extension_manager": "readonly",
        "news_url": None,
    }
    settings = {
        "ServerApp": server,
        "IdentityProvider": {"token": TOKEN},
        "LabApp": quiet | {"user_settings_dir": str(folders["settings"])},
        "JupyterNotebookApp": {"expose_app_in_browser": True},
        "LabServerApp": {"user_settings_dir": str(folders["settings"])},
    }
    (folders["config"] / "jupyter_config.json").write_text(json.dumps(settings))
    environment = os.environ | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(folders["config"]),
        "JUPYTER_DATA_DIR": str(folders["data"]),
        "JUPYTER_RUNTIME_DIR": str(folders["runtime"]),
        "JUPYTERLAB_SETTINGS_DIR": str(folders["settings"]),
        "IPYTHONDIR": str(folders["ipython"]),
        "http_proxy": NOWHERE,
        "https_proxy": NOWHERE,
        "no_proxy": "127.0.0.1,localhost",
    }
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab"], env=environment, cwd=home, stdout=log, stderr=log
        )
    try:
        served = Jupyter(_address(folders["runtime"], process, home / "log"), folders["notebooks"], folders["settings"])
        served.set("apputils-extension/notification", fetchNews="false", checkForUpdates=False)
        # All cells are in the page, also those that are not in view.
        served.set("notebook-extension/tracker", windowingMode="none")
        yield served
    finally:
        process.terminate()
        process.wait(120)  # its kernels end one after the other


def _address(runtime: Path, process: subprocess.Popen[bytes], log: Path) -> str:
    """Where the server answers, once it does: it writes that into a file of its runtime folder."""
    found: list[str] = []

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            urls = [json.loads(file.read_text())["url"].rstrip("/") for file in runtime.glob("jpserver-*.json")]
            found[:] = [url for url in urls if urlopen(f"{url}/api/status?token={TOKEN}", timeout=5).status == 200]
        except (URLError, ValueError):
            return False
        return bool(found)

    until(answers, seconds=90)
    return found[0]


def until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so after {seconds} s"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def context(browser: Browser, asked: Asked) -> Iterator[BrowserContext]:
    """Pages of one reader, of whose requests none leaves this machine."""

    def route(way: Route) -> None:
        if asked.of(way.request.url):
            way.continue_()
        else:
            way.abort()

    opened = browser.new_context(viewport={"width": 1280, "height": 2600}, service_workers="block")
    opened.route("**/*", route)
    opened.on("page", lambda page: page.on("websocket", lambda socket: asked.of(socket.url)))
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()
