"""./scripts/setup, with real Pythons and pips, on a small project and an index of two toys on loopback.

Those that make an environment take seconds each. They are marked `install`: CI runs them, `./scripts/test` leaves them out.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
# It asks for more than the locks hold, so an installer that was left to resolve would fail.
WANTING = "Requires-Dist: not-in-the-lock\n"


def wheel(name: str, release: str, wants: str = "") -> bytes:
    """A package of one module."""
    info = f"{name}-{release}.dist-info"
    files = {
        f"{name}.py": f'RELEASE = "{release}"\n',
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {release}\n{wants}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {
        path: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=") for path, text in files.items()
    }
    files[f"{info}/RECORD"] = (
        "".join(f"{path},sha256={digest.decode()},\n" for path, digest in digests.items()) + f"{info}/RECORD,,\n"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return made.getvalue()


def pin(name: str, release: str, content: bytes) -> str:
    return f"{name}=={release} \\\n    --hash=sha256:{hashlib.sha256(content).hexdigest()}\n"


@dataclass
class Index:
    """A package index. It tells which files it was asked for, and keeps them back while its gate is shut."""

    files: dict[str, bytes]
    port: int = 0
    asked: queue.Queue[str] = field(default_factory=queue.Queue)
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def handler(index: Index) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            if content := index.files.get(name):
                index.asked.put(name)
                index.gate.wait()
            else:
                links = [f'<a href="/{file}">{file}</a>' for file in index.files if file.startswith(f"{name}-")]
                content = f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/octet-stream" if name in index.files else "text/html")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except ConnectionError:
                pass  # whoever asked was killed

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def index() -> Iterator[Index]:
    one = Index({f"toy-{release}-py3-none-any.whl": wheel("toy", release, WANTING) for release in ("1.0", "2.0")})
    one.files["hammer-1.0-py3-none-any.whl"] = wheel("hammer", "1.0")
    one.gate.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(one))
    one.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield one
    one.gate.set()
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class Project:
    """A checkout with little in it, in a folder whose name has a space."""

    folder: Path
    environ: dict[str, str]

    def start(self, *options: str, **environ: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own script
            [self.folder / "scripts" / "setup", *options],
            env=self.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def setup(self, *options: str, **environ: str) -> tuple[int, list[str]]:
        with self.start(*options, **environ) as process:
            said, _ = process.communicate(timeout=120)
        return process.returncode, [line for line in said.splitlines() if not line.endswith("…")]

    def run(self, program: str, *words: str) -> str:
        command = [str(self.folder / ".venv" / "bin" / program), *words]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)  # noqa: S603 - our own programs
        return done.stdout.strip()

    @property
    def works(self) -> bool:
        return self.run("smsstatus", "a b") == "1.0 a b" and "toy" in self.run("python", "-m", "pip", "list")


@pytest.fixture
def project(tmp_path: Path, index: Index) -> Project:
    folder = tmp_path / "the project"
    for name in ("scripts", "requirements", "bot"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "setup", folder / "scripts")
    toy, hammer = (pin(name, "1.0", index.files[f"{name}-1.0-py3-none-any.whl"]) for name in ("toy", "hammer"))
    for name, text in {"run": toy, "build": hammer, "dev": toy + hammer}.items():
        (folder / "requirements" / f"{name}.lock").write_text(text, encoding="utf-8")
    (folder / "bot" / "__init__.py").touch()
    (folder / "bot" / "__main__.py").write_text("import sys, toy\n\nprint(toy.RELEASE, *sys.argv[1:])\n", encoding="utf-8")
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHON": sys.executable}
    environ |= {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index.url, "PIP_NO_CACHE_DIR": "1"}
    return Project(folder, environ)


@pytest.mark.install
def test_what_is_locked_is_installed_as_it_stands_whatever_else_the_index_has_and_pip_is_set_to(project: Project) -> None:
    assert project.setup(PIP_USER="1", PIP_TARGET="/nowhere", PIP_NO_BINARY=":all:") == (0, [])
    assert project.works


@pytest.mark.install
def test_the_second_time_nothing_is_done_and_no_index_is_needed(project: Project, index: Index) -> None:
    project.setup()
    index.asked.queue.clear()

    with project.start(PIP_INDEX_URL="http://127.0.0.1:9/") as again:
        assert (again.communicate(timeout=30)[0], again.returncode, index.asked.qsize()) == ("", 0, 0)


@pytest.mark.install
def test_the_tools_come_only_when_they_are_asked_for_and_the_app_stays(project: Project) -> None:
    project.setup()
    before = "hammer" in project.run("python", "-m", "pip", "list")

    assert project.setup("--dev") == (0, [])
    assert (before, "hammer" in project.run("python", "-m", "pip", "list"), project.works) == (False, True, True)
    assert project.setup(PIP_INDEX_URL="http://127.0.0.1:9/") == (0, [])


@pytest.mark.install
def test_a_changed_lock_is_installed_anew(project: Project, index: Index) -> None:
    project.setup()
    lock = project.folder / "requirements" / "run.lock"
    lock.write_text(pin("toy", "2.0", index.files["toy-2.0-py3-none-any.whl"]), encoding="utf-8")

    assert project.setup() == (0, [])
    assert project.run("smsstatus") == "2.0"


@pytest.mark.install
def test_a_set_up_that_was_killed_half_way_is_finished_by_the_next(project: Project, index: Index) -> None:
    index.gate.clear()
    with project.start() as process:
        index.asked.get(timeout=60)
        os.killpg(process.pid, signal.SIGKILL)
    index.gate.set()

    assert project.setup() == (0, [])
    assert project.works


@pytest.mark.install
@pytest.mark.parametrize("lost", ["lib/python*/site-packages/pip", "bin"])
def test_an_environment_that_lacks_a_part_and_was_not_finished_is_made_anew(project: Project, lost: str) -> None:
    project.setup()
    environment = project.folder / ".venv"
    for path in [*environment.glob(lost), *environment.glob(".made-from-*")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    assert project.setup() == (0, [])
    assert project.works


@pytest.mark.install
def test_two_at_once_do_the_work_once(project: Project, index: Index) -> None:
    index.gate.clear()
    with project.start() as first:
        index.asked.get(timeout=60)
        with project.start() as second:
            assert second.stdout is not None
            assert second.stdout.readline().startswith("Another set-up is at work here")
            index.gate.set()
            assert (second.wait(60), first.wait(60)) == (0, 0)

    assert (index.asked.qsize(), project.works) == (0, True)


@pytest.mark.install
def test_a_folder_that_was_moved_gets_an_environment_that_works_there(project: Project) -> None:
    project.setup()
    moved = Project(project.folder.rename(project.folder.with_name("elsewhere")), project.environ)

    assert moved.setup() == (0, [])
    assert moved.works


@pytest.mark.install
def test_another_environment_may_be_active_even_the_one_that_is_made_anew(project: Project) -> None:
    project.setup()
    (project.folder / ".venv" / ".made-from-run").unlink()
    active = str(project.folder / ".venv" / "bin")

    assert project.setup(PYTHON="", VIRTUAL_ENV=str(project.folder / ".venv"), PATH=f"{active}:{os.environ['PATH']}") == (0, [])
    assert project.works


@pytest.mark.install
@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        (
            {"PIP_INDEX_URL": "http://127.0.0.1:9/"},
            "pip's index cannot be reached: no network, or pip is not set to your own index",
        ),
        ({"PIP_NO_INDEX": "1"}, "pip's index has no toy==1.0 for Python"),
        (
            {"HTTPS_PROXY": "http://127.0.0.1:9/", "PIP_INDEX_URL": "https://packages.invalid/"},
            "The proxy (HTTPS_PROXY) does not let",
        ),
    ],
)
def test_an_index_that_gives_nothing_is_one_line_with_the_reason_and_the_log(
    project: Project, environ: dict[str, str], reason: str
) -> None:
    status, lines = project.setup(**environ)

    assert (status, len(lines)) == (1, 1)
    assert lines[0].startswith(f"smsstatus: {reason}")
    assert lines[0].endswith("All that was said: .setup.log. Run the same again to go on.")
    assert "toy" in (project.folder / ".setup.log").read_text(encoding="utf-8")
    assert project.setup() == (0, [])


@pytest.mark.install
def test_another_file_than_the_locked_one_is_one_line_that_names_it_and_is_not_installed(project: Project, index: Index) -> None:
    index.files["toy-1.0-py3-none-any.whl"] += b"changed on the way"

    status, lines = project.setup()

    assert (status, len(lines)) == (1, 1)
    assert "The index has another file than the locked one: toy==1.0. All that was said: .setup.log" in lines[0]
    assert not (project.folder / ".venv" / ".made-from-run").exists()


def stand_in(folder: Path, cases: str) -> str:
    """A Python with something wrong with it: the real one but for these cases of its words."""
    program = folder / "python"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in\n*_base_executable*) echo "$0" ;;\n{cases}\n*) exec "{sys.executable}" "$@" ;;\nesac\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize(
    ("cases", "line"),
    [
        ("*ensurepip*) exit 1 ;;", "has no venv module. On Debian or Ubuntu: apt install python3-venv"),
        ("*'-m venv'*) echo 'OSError: [Errno 28] No space left on device'; exit 1 ;;", "The disk is full; .venv needs about"),
        (
            "*'-m venv'*) echo 'PermissionError: [Errno 13] Permission denied: x'; exit 1 ;;",
            "No permission to write: PermissionError",
        ),
        ("*'-m venv'*) echo 'something new'; exit 1 ;;", "something new. All that was said: .setup.log"),
    ],
)
def test_what_is_wrong_with_the_machine_is_told_in_one_line(project: Project, tmp_path: Path, cases: str, line: str) -> None:
    status, lines = project.setup(PYTHON=stand_in(tmp_path, cases))

    assert (status, len(lines)) == (1, 1)
    assert line in lines[0]


def test_a_python_that_is_too_old_is_named(project: Project, tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" != -V ] || echo "Python 3.9.2"\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)

    status, lines = project.setup(PYTHON=str(old))

    assert status == 1
    assert lines[0].startswith(f"smsstatus: Python 3.11 or newer is needed; {old} is Python 3.9.2. Name another: PYTHON=")
    assert len(lines) == 1


def test_the_image_is_built_from_the_lock_and_with_the_flags_of_set_up() -> None:
    setup = (ROOT / "scripts" / "setup").read_text(encoding="utf-8")
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    locked = re.search(r"^locked\(\) \{ pip (.*) \"\$@\"; \}$", setup, re.MULTILINE)
    run = re.search(r"^ +locked (.* requirements/run.lock)$", setup, re.MULTILINE)
    assert locked
    assert run

    flags = [*locked[1].split(), *run[1].split()]
    assert "--no-deps" in flags
    assert "--require-hashes" in flags
    assert re.findall(r"python install --no-cache-dir (.*)", image)[0].split() == flags


def test_the_image_has_the_python_that_the_tests_run_on() -> None:
    bases = re.findall(
        r"^FROM (python:(\d\.\d+)\.\d+-slim-\w+@sha256:[0-9a-f]{64})(?: AS build)?$",
        (ROOT / "Dockerfile").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    reads_it = re.search(r'^PYTHON="\$\{PYTHON:-python\$\((sed .* Dockerfile)\)\}"$', ci, re.MULTILINE)
    assert reads_it

    read = subprocess.run(["sh", "-c", reads_it[1]], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603, S607
    assert [line for _, line in bases] == [read, read]
    assert len({base for base, _ in bases}) == 1


def test_only_what_checks_the_code_sets_the_tools_up() -> None:
    wanted = {
        path.name: re.findall(r"^\./scripts/setup.*$", path.read_text(encoding="utf-8"), re.MULTILINE)
        for path in (ROOT / "scripts").iterdir()
    }

    assert wanted["demo"] == ["./scripts/setup"]
    assert [wanted[name] for name in ("check", "test", "phrases")] == [["./scripts/setup --dev"]] * 3
