"""A server on this machine that answers as the Hugging Face Hub does, as far as models are pushed and fetched."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass
class FakeHub:
    """What it holds: of each repository its versions, the newest last, each with its files."""

    address: str = ""
    versions: dict[str, list[dict[str, bytes]]] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)  # of any repository
    private: dict[str, bool] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, repository: str, files: dict[str, bytes]) -> None:
        self.versions.setdefault(repository, []).append(files)

    def find(self, repository: str, revision: str) -> tuple[str, dict[str, bytes]] | None:
        """(commit, files) of a version, by its commit, its tag, or main."""
        versions = self.versions[repository]
        for number, files in enumerate(versions):
            if revision == commit_of(number):
                return commit_of(number), files
        number = len(versions) - 1 if revision == "main" else self.tags.get(revision, -1)
        return (commit_of(number), versions[number]) if number >= 0 else None


def commit_of(number: int) -> str:
    return hashlib.sha1(str(number).encode()).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(f"{self.command} {path}")
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+?)(?:/(revision|tree)/([^/]+))?", path):
            repository, what, revision = found[1], found[2], found[3] or "main"
            if (version := self._version(repository, revision)) is None:
                return
            commit, files = version
            if what == "tree":
                entries = [{"type": "file", "path": n, "size": len(d), "oid": _oid(d)} for n, d in files.items()]
                self._json(entries)
            else:
                siblings = [{"rfilename": name} for name in files]
                self._json({"id": repository, "modelId": repository, "sha": commit, "siblings": siblings,
                            "private": False, "tags": []})  # fmt: skip
            return
        if found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            if (version := self._version(found[1], found[2])) is None:
                return
            commit, files = version
            if found[3] not in files:
                self._refuse("EntryNotFound")
                return
            data = files[found[3]]
            self._bytes(data, {"X-Repo-Commit": commit, "ETag": f'"{_oid(data)}"'})
            return
        self._refuse("")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(f"POST {path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path == "/api/repos/create":
            asked = json.loads(body)
            repository = f"{asked['organization']}/{asked['name']}" if asked.get("organization") else asked["name"]
            self.hub.versions.setdefault(repository, [{}])
            self.hub.private[repository] = bool(asked.get("private")) or asked.get("visibility") == "private"
            self._json({"url": f"{self.hub.address}/{repository}", "id": repository, "name": repository})
        elif path == "/api/validate-yaml":
            self._json({"errors": [], "warnings": []})
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/preupload/main", path):
            names = [each["path"] for each in json.loads(body)["files"]]
            self._json({"files": [{"path": n, "uploadMode": "regular", "shouldIgnore": False} for n in names]})
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/commit/main", path):
            lines = [json.loads(line) for line in body.splitlines() if line.strip()]
            files = {
                each["value"]["path"]: base64.b64decode(each["value"]["content"])
                for each in lines
                if each["key"] == "file"
            }
            self.hub.versions[found[1]].append({**self.hub.versions[found[1]][-1], **files})
            commit = commit_of(len(self.hub.versions[found[1]]) - 1)
            address = f"{self.hub.address}/{found[1]}/commit/{commit}"
            self._json({"commitUrl": address, "commitOid": commit, "success": True})
        else:
            self._refuse("")

    def _version(self, repository: str, revision: str) -> tuple[str, dict[str, bytes]] | None:
        if repository not in self.hub.versions:
            self._refuse("RepoNotFound", 401)
            return None
        found = self.hub.find(repository, revision)
        if found is None:
            self._refuse("RevisionNotFound")
        return found

    def _refuse(self, code: str, status: int = 404) -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", "not found")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, data: Any) -> None:
        self._bytes(json.dumps(data).encode(), {"Content-Type": "application/json"})

    def _bytes(self, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def _oid(data: bytes) -> str:
    """As git names a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    hub = FakeHub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
