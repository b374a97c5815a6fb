"""speech: teaching a trained model to hear."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any


def add(commands: argparse._SubParsersAction) -> None:
    learn = commands.add_parser(
        "speech", help="teach a trained model to hear captions (needs espeak-ng and flite)", fill=_fill
    )
    learn.add_argument("model", type=Path, help="the model's folder, which the speech tower is written into")
    learn.add_argument("--go-on", action="store_true", help="from the speech tower that the folder has, not anew")
    learn.set_defaults(run_command=run_speech)


def _fill(learn: argparse.ArgumentParser) -> None:
    from vse.training.speech import SpeechTraining

    for field in fields(SpeechTraining):
        kind: Any = type(field.default)
        flag = f"--{field.name}".replace("_", "-")
        learn.add_argument(
            flag, default=field.default, type=kind, metavar=kind.__name__.upper(), help=f"({field.default})"
        )


def run_speech(options: argparse.Namespace) -> None:
    from vse.encoders.registry import load_model, model_folder
    from vse.encoders.vse.encoder import VSEEncoder
    from vse.encoders.vse.parts import made_by
    from vse.encoders.vse.speech import save_speech
    from vse.errors import TrainingError
    from vse.io.progress import progress_bar
    from vse.modalities import SPEECH
    from vse.modalities.speech.config import SpeechConfig
    from vse.training.speech import SpeechTraining, captions_to_say, learn_to_hear, said

    folder = model_folder(options.model)
    training = SpeechTraining(**{each.name: getattr(options, each.name) for each in fields(SpeechTraining)})
    encoder, config = load_model(folder), SpeechConfig()
    if not isinstance(encoder, VSEEncoder):
        raise TrainingError(f"{encoder.name} is no VSE, and only a VSE can be taught to hear.")
    texts = captions_to_say(training.utterances, training.captions_seed)
    with progress_bar("reading captions aloud", "caption") as progress:
        spoken = said(texts, config, training.captions_seed, progress)
    with progress_bar("learning to hear", "step") as bar:
        start = encoder.speech_tower if options.go_on else None
        tower, about = learn_to_hear(encoder, texts, spoken, config, training, lambda done, of, _: bar(done, of), start)
    before = {"start_from": made_by(folder, SPEECH)} if start is not None else {}
    save_speech(folder, encoder.fingerprint, tower, {**about, **before})
    print(f"{about['captions']:,} captions heard; the tower is in {folder}")
