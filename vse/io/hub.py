"""Folders of models on the Hugging Face Hub, and how names say that a model lies there or in a folder of open_clip's.

hf-hub:user/model             the newest version
hf-hub:user/model@revision    that of a branch, a tag or a commit
local-dir:path/to/folder      a CLIP in a folder that is laid out as open_clip's

Only weights as safetensors and plain text are fetched: nothing that runs when it is read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vse.errors import CheckpointError, DownloadError, NotServedError
from vse.io.paths import cache_folder

HUB, LOCAL = "hf-hub:", "local-dir:"  # as open_clip writes them
FILES = ("*.json", "*.safetensors", "merges.txt", "README.md")
_HOME = "https://huggingface.co"


def has_scheme(name: str | Path) -> bool:
    """Whether a text says where a model is by one of the two words, and so is no other name."""
    return isinstance(name, str) and name.startswith((HUB, LOCAL))


def endpoint() -> str:
    """`HF_ENDPOINT`, else the Hub's own address."""
    return os.environ.get("HF_ENDPOINT", _HOME).rstrip("/")


def split_revision(name: str) -> tuple[str, str | None]:
    """(repository, revision) of user/model or user/model@revision.

    Raises:
        CheckpointError: for what is no such name.
    """
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    repository, at, revision = name.partition("@")
    try:
        validate_repo_id(repository)
        well_formed = repository.count("/") == 1 and bool(revision) == bool(at)
    except HFValidationError:
        well_formed = False
    if not well_formed:
        raise CheckpointError(f"{name!r} is no name of a model on the Hub: expected user/model or user/model@revision.")
    return repository, revision or None


def hub_folder(name: str) -> Path:
    """The folder of a model on the Hub, downloaded into the cache as far as it is not there.

    Without a network what was downloaded before is used.

    Raises:
        CheckpointError: for what is no name of a model there.
        DownloadError: when the network or the server refuses.
    """
    from huggingface_hub import snapshot_download

    repository, revision = split_revision(name)
    cache = cache_folder() / "hub"
    with told(f"The model {name}"):
        folder = snapshot_download(
            repository, revision=revision, cache_dir=cache, allow_patterns=list(FILES), endpoint=endpoint(),
            library_name="vse-explorer",
        )  # fmt: skip
    return Path(folder)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn whatever the Hub's library raises into one sentence that begins with `what`.

    Raises:
        NotServedError: for what is not there, or not for everybody.
        DownloadError: for anything else.
    """
    from huggingface_hub.errors import (
        GatedRepoError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    where = endpoint().partition("://")[2]
    try:
        yield
    except GatedRepoError as error:
        raise NotServedError(f"{what} on {where} asks for its terms to be accepted there first.") from error
    except RepositoryNotFoundError as error:
        advice = "check the name, or log in with hf auth login"
        raise NotServedError(f"{what} is not on {where}, or is private: {advice}.") from error
    except RevisionNotFoundError as error:
        raise NotServedError(f"{what} has no such revision on {where}: check its name.") from error
    except LocalEntryNotFoundError as error:
        advice = "check the network connection and try again"
        raise DownloadError(f"{what} is not on this machine and {where} cannot be reached: {advice}.") from error
    except Exception as error:  # of the network, the server's answers and the disk
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise DownloadError(f"{what}: {where} refused, or cannot be reached ({reason}); try again.") from error


def local_folder(name: str) -> Path:
    """The folder after "local-dir:".

    Raises:
        CheckpointError: when it holds no CLIP of open_clip.
    """
    folder = Path(name).expanduser()
    if not name or not (folder / "open_clip_config.json").is_file():
        raise CheckpointError(f"{name!r} is no folder of a CLIP: expected one that holds open_clip_config.json after "
                              f"{LOCAL}.")  # fmt: skip
    return folder
