"""What `scripts/bench-gateway` and `scripts/soak` have alike: processes pinned to cores, their CPU
time and memory, and `wrk`.

A load's figures come from the CPU time that a process used, as the kernel counts it, and not from
the clock alone: other work on the machine takes time away from all, and CPU time from nobody.
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECONDS = 120
PROSE = (
    "The meeting about the quarterly plan was moved to the larger room, since more people wanted to "
    "come than we had thought. Nobody minded, and the notes will be shared with everybody later. "
)


def need(*tools):
    """Ends with what to install where a tool is missing."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}; on Debian: apt-get install nginx-light wrk")


def sandgate(argument):
    """The release build of the command line."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = pathlib.Path(argument) if argument else target / "release" / "sandgate"
    if not binary.is_file():
        sys.exit(f"{binary}: not there, expected a release build: cargo build --release -p sandgate-cli")
    return binary.resolve()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def pinned(core, *command):
    """A command that runs on one core, where there is more than one."""
    cores = os.cpu_count() or 1
    return ["taskset", "-c", str(core % cores), *map(str, command)]


class Process:
    """A server that is ended with its `with`."""

    def __init__(self, name, core, command, ready, env=None):
        self.name, self.ready = name, ready
        self.child = subprocess.Popen(
            pinned(core, *command), env={**os.environ, **(env or {})},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
        )

    def __enter__(self):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and self.child.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.ready), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.__exit__()
        sys.exit(f"{self.name} did not start")

    def __exit__(self, *_):
        self.child.terminate()
        try:
            self.child.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.child.kill()

    def pids(self):
        """It and its children."""
        children = pathlib.Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children")
        return [self.child.pid, *map(int, children.read_text().split())]

    def cpu_seconds(self):
        """What all its threads ran so far, which live as long as it does."""
        nanoseconds = 0
        for pid in self.pids():
            for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
                nanoseconds += int((thread / "schedstat").read_text().split()[0])
        return nanoseconds / 1e9

    def rss_mib(self):
        status = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def gateway(binary, core, port, upstream, *flags):
    """`sandgate serve`, with the policies as they come unless a flag says otherwise."""
    command = [binary, "serve", "--listen", f"127.0.0.1:{port}", "--upstream", upstream, *flags]
    return Process("sandgate serve", core, command, port, {"RUST_LOG": "error"})


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=SECONDS) as response:
        return response.read().decode()


def wrk(core, port, path, script, seconds, connections, refusals=False):
    """What `wrk` saw: requests, seconds, and milliseconds that half and 99 % of them took. Only
    `refusals` may be anything but a 200."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "20s"]
    command += ["-s", script, f"http://127.0.0.1:{port}{path}"]
    out = subprocess.run(pinned(core, *command), capture_output=True, encoding="utf-8", check=True)
    if "Socket errors" in out.stdout or "Non-2xx" in out.stdout and not refusals:
        sys.exit(f"requests failed:\n{out.stdout}")
    count, took, unit = re.search(r"(\d+) requests in ([\d.]+)(m|s)", out.stdout).groups()
    took = float(took) * {"s": 1, "m": 60}[unit]

    def at(percent):
        number, unit = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", out.stdout).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    return int(count), took, at(50), at(99)
