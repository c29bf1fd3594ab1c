"""A gateway in front of the mock, for clients that know nothing of either."""

import dataclasses
import json
import os
import re
import subprocess
import urllib.request

import pytest

SECONDS = 60


@dataclasses.dataclass
class Gateway:
    url: str
    mock: str

    def seen(self):
        """The last request that reached the model, as text."""
        with urllib.request.urlopen(f"{self.mock}/mock/seen", timeout=SECONDS) as response:
            return json.dumps(json.load(response)[-1]["body"])


def serve(folder, config):
    (folder / "sandgate.yaml").write_text(config, encoding="utf-8")
    command = [os.environ["SANDGATE"], "serve", "--upstream", "mock", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, encoding="utf-8")
    said, urls = [], []
    for line in process.stderr:
        said.append(line)
        urls += re.findall(r"listen(?:s|ing) on (http://[^,\s]+)", line)
        if len(urls) == 2:
            break
    else:
        raise RuntimeError("sandgate serve did not start:\n" + "".join(said))
    return process, Gateway(url=urls[1], mock=urls[0])


CONFIG = """
policies:
  pii: { actions: { EMAIL_ADDRESS: pseudonymize, CREDIT_CARD: block, "*": redact } }
"""


def running(folder, config):
    process, gateway = serve(folder, config)
    try:
        yield gateway
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory):
    """Blocks what nobody can read."""
    yield from running(tmp_path_factory.mktemp("gateway"), CONFIG)


@pytest.fixture(scope="session")
def lenient(tmp_path_factory):
    """Lets through what nobody can read, and refuses with a message, not an error."""
    config = CONFIG + "on_unscannable: allow\nrefusal: { as: message }\n"
    yield from running(tmp_path_factory.mktemp("lenient"), config)
