"""A model's folder to the Hugging Face Hub; `vse.io.hub` gets it from there."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from vse.encoders.files import CARD, read_metrics
from vse.encoders.registry import kind_in, load_model, model_folder
from vse.evaluation.model_card import with_metadata
from vse.io.configs import read_text
from vse.io.hub import FILES, endpoint, split_revision, told


def push_to_hub(
    model: str | Path,
    repository: str,
    *,
    license: str = "",
    datasets: Sequence[str] = (),
    private: bool = False,
    message: str = "",
    token: str | None = None,
) -> str:
    """Put a model on the Hub, with a card whose YAML has its figures; the address of what was written.

    Only the files that `vse.io.hub` fetches are sent. The repository is made if it is not there.

    Args:
        model: a bundled model's name, or a folder.
        repository: "user/model".
        license, datasets: as for `vse.evaluation.model_card.with_metadata`.
        private: whether a new repository is seen by its owner alone.
        message: of the commit.
        token: that of `hf auth login`, or HF_TOKEN, where none is given.

    Raises:
        CheckpointError: when the model cannot be loaded, or for what is no such name.
        DownloadError: when the network or the Hub refuses.
    """
    from huggingface_hub import CommitOperationAdd, HfApi

    name, revision = split_revision(repository)
    folder = model_folder(model)
    load_model(folder)  # what does not fit together is told before it is sent
    card = read_text(folder / CARD) if (folder / CARD).is_file() else f"# {folder.name}\n"
    card = with_metadata(card, folder.name, kind_in(folder), read_metrics(folder), license, datasets)
    files = sorted(path for path in folder.iterdir() if path.name != CARD and _is_sent(path))
    operations = [CommitOperationAdd(path.name, path) for path in files]
    operations.append(CommitOperationAdd(CARD, card.encode("utf-8")))
    with told(f"The model {name}"):
        api = HfApi(endpoint=endpoint(), token=token, library_name="vse-explorer")
        api.create_repo(name, private=private or None, exist_ok=True)
        api.create_commit(name, operations, commit_message=message or f"Add {folder.name}", revision=revision)
    return f"{endpoint()}/{name}"


def _is_sent(path: Path) -> bool:
    return path.is_file() and any(fnmatchcase(path.name, pattern) for pattern in FILES)
