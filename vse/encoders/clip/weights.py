"""Where the weights of a CLIP that open_clip knows are: its names, and the files behind them.

ViT-B-32/laion2b_s34b_b79k          an architecture and what it was trained on: downloaded once
ViT-B-32@weights.safetensors        an architecture and a file that is there already
ViT-B-32/openai@weights.pt          both: the file, and the preprocessing and activation of that training
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vse.errors import CheckpointError, DownloadError, NotServedError
from vse.io.download import fetch
from vse.io.paths import cache_folder
from vse.io.progress import Progress

_SAFE, _PICKLED = "open_clip_model.safetensors", "open_clip_pytorch_model.bin"


@dataclass(frozen=True)
class ClipName:
    """An architecture of open_clip with a tag, a file, or both."""

    architecture: str
    tag: str | None = None
    file: Path | None = None

    def __str__(self) -> str:
        tag = f"/{self.tag}" if self.tag else ""
        return f"{self.architecture}{tag}" + (f"@{self.file.name}" if self.file else "")

    @property
    def config(self) -> dict[str, Any]:
        """open_clip's configuration of the network, with the activation that the tag was trained with."""
        import open_clip

        found: dict[str, Any] = open_clip.get_model_config(self.architecture)
        # Tags of "ViT-B-32" and others were trained with QuickGELU, which the plain configuration does not have.
        return {**found, "quick_gelu": True} if self._source.get("quick_gelu") else found

    @property
    def preprocess(self) -> dict[str, Any]:
        """That of the tag; without one, that of the architecture's tags when they agree; else CLIP's usual one."""
        from open_clip.pretrained import get_pretrained_cfg, list_pretrained_tags_by_model

        keys = ("mean", "std", "interpolation", "resize_mode")
        tags = [self.tag] if self.tag else list_pretrained_tags_by_model(self.architecture)
        known = [{k: v for k, v in get_pretrained_cfg(self.architecture, tag).items() if k in keys} for tag in tags]
        return known[0] if known and all(other == known[0] for other in known) else {}

    @property
    def folder(self) -> Path:
        """Where its downloaded weights are kept."""
        return cache_folder() / "clip" / f"{self.architecture}--{self.tag}"

    @property
    def _source(self) -> dict[str, Any]:
        from open_clip.pretrained import get_pretrained_cfg

        found: dict[str, Any] = get_pretrained_cfg(self.architecture, self.tag) if self.tag else {}
        return found

    def cached(self) -> Path | None:
        """The file of weights, where it is on this machine: given, downloaded here, or by Hugging Face's library."""
        from huggingface_hub import try_to_load_from_cache

        if self.file:
            return self.file
        repository, names = _hub_files(self._source)
        for name in [*names, *(name for name, _ in _direct(self._source))]:
            if (self.folder / name).is_file():
                return self.folder / name
        for name in names:
            if isinstance(found := try_to_load_from_cache(repository, name), str):
                return Path(found)
        return None

    def weights(self, progress: Progress | None = None) -> Path:
        """The file of weights, downloaded if it is not on this machine.

        Raises:
            DownloadError: when the network, the server or the disk refuses.
        """
        if found := self.cached():
            return found
        failure: DownloadError | None = None
        for url, to, sha256 in self._offers():
            try:
                return fetch(url, to, sha256, progress=progress)
            except NotServedError as error:
                failure = error
            except DownloadError as error:
                failure = error
                break
        advice = f"a file that you have can be given as {self.architecture}/{self.tag}@PATH."
        raise DownloadError(f"{failure or f'open_clip names no download of {self}.'} Or {advice}") from failure

    def _offers(self) -> Iterator[tuple[str, Path, str | None]]:
        """(address, where it goes, what its SHA-256 begins with), the best first."""
        repository, names = _hub_files(self._source)
        endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
        for name in names:
            yield f"{endpoint}/{repository}/resolve/main/{name}", self.folder / name, None
        for name, sha256 in _direct(self._source):
            yield self._source["url"], self.folder / name, sha256


def _hub_files(source: dict[str, Any]) -> tuple[str, list[str]]:
    """The repository and the names of its weights; "owner/name/" in open_clip stands for its usual names."""
    repository, _, name = source.get("hf_hub", "").rpartition("/")
    if not repository:
        return "", []
    return repository, [f"{Path(name).stem}.safetensors", name] if name else [_SAFE, _PICKLED]


def _direct(source: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The name of a file with an address of its own, with what these servers write of its hash into the address."""
    url = source.get("url", "")
    if not url or source.get("hf_hub"):
        return []
    name = url.rsplit("/", 1)[1]
    if "openaipublic" in url:
        return [(name, url.split("/")[-2])]
    return [(name, Path(name).stem.rsplit("-", 1)[-1] if "mlfoundations" in url else None)]


def clip_named(text: str) -> ClipName | None:
    """What a name stands for; None for one that is not written like a CLIP's.

    Raises:
        CheckpointError: for an architecture or a tag that open_clip does not know; the message names near ones.
    """
    written, at, file = text.partition("@")
    written, slash, tag = written.rpartition("/") if "/" in written else (written, "", "")
    if not (at or slash):
        return None
    import open_clip
    from open_clip.pretrained import list_pretrained_tags_by_model

    known = open_clip.list_models()
    architecture = written.replace("/", "-")
    if architecture not in known:
        if near := _near(architecture, known):
            raise CheckpointError(f"open_clip knows no architecture {written!r}{near}")
        return None
    tags = list_pretrained_tags_by_model(architecture)
    tag = tag.lower().replace("-", "_")
    if (tag or not file) and tag not in tags:
        named = _near(tag, tags) or (f"; it knows {', '.join(tags[:8])}." if tags else "; it knows none of it.")
        raise CheckpointError(f"open_clip knows no weights {tag!r} of {architecture}{named}")
    if file and not Path(file).is_file():
        raise CheckpointError(f"{file} is not a file: after {architecture}@ give the path of its weights.")
    return ClipName(architecture, tag or None, Path(file) if file else None)


def architecture_named(text: str) -> ClipName:
    """An architecture alone, which names no weights.

    Raises:
        CheckpointError: for one that open_clip does not know; the message names near ones.
    """
    import open_clip

    known = open_clip.list_models()
    if text.replace("/", "-") not in known:
        raise CheckpointError(f"open_clip knows no architecture {text!r}{_near(text, known) or '; try ViT-B-32.'}")
    return ClipName(text.replace("/", "-"))


def _near(word: str, words: list[str]) -> str:
    lower = {known.lower(): known for known in words}
    found = difflib.get_close_matches(word.lower(), lower, n=3, cutoff=0.7)
    return f"; did you mean {' or '.join(lower[name] for name in found)}?" if found else ""
