"""A folder that sentence-transformers opens (https://sbert.net), with the model's own files in it.

`SentenceTransformer(folder, trust_remote_code=True)` reads it where that library and this project are installed: it
takes leave to import the class that modules.json names, `vse.interop.sentence_transformers_module.VSEModule`.
"""

from __future__ import annotations

import json
import shutil
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from vse.encoders.registry import load_model, model_folder
from vse.encoders.similarity import COSINE
from vse.errors import CheckpointError
from vse.io.atomic import Kind, check_folder, replace_folder
from vse.io.hub import FILES

MODULES, CONFIG = "modules.json", "config_sentence_transformers.json"
CLASS = "vse.interop.sentence_transformers_module.VSEModule"


def _written(folder: Path) -> list[str]:
    return [MODULES, CONFIG, *json.loads((folder / CONFIG).read_text(encoding="utf-8"))["vse_files"]]


FOLDER = Kind("a model for sentence-transformers", _written)


def export(model: str, to: Path) -> str:
    """
    Raises:
        CheckpointError: when there is no such model in a folder, or its vectors are not compared by their cosine.
        WriteError: when anything else stands there.
    """
    check_folder(to, FOLDER)
    folder = model_folder(model)
    encoder = load_model(model)
    if encoder.similarity.name != COSINE.name:
        raise CheckpointError(f"{encoder.name} compares by {encoder.similarity.name}, which sentence-transformers does "
                              "not know: choose a model that compares by the cosine.")  # fmt: skip
    files = model_files(folder)
    config: dict[str, Any] = {
        "model_type": "SentenceTransformer",
        "prompts": {},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
        "vse_files": files,
    }
    modules = [{"idx": 0, "name": "0", "path": "", "type": CLASS}]
    with replace_folder(to, FOLDER) as work:
        for name in files:
            shutil.copyfile(folder / name, work / name)
        (work / MODULES).write_text(json.dumps(modules, indent=1) + "\n", encoding="utf-8")
        (work / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    return f'written to {to}; open it with SentenceTransformer("{to}", trust_remote_code=True)'


def model_files(folder: Path) -> list[str]:
    """The names of the files that make a model's folder, without those that an earlier export added."""
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.is_file() and path.name not in (MODULES, CONFIG) and any(fnmatchcase(path.name, f) for f in FILES)
    )
