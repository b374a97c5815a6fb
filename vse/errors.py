"""Every error a user can meet, as one tree:

VSEError
├── TextError           a query or caption that cannot be encoded
├── RecipeError         a recipe that cannot be read
├── ImageError          a picture that cannot be read
├── SpeechError         a recording that cannot be read
├── ModalityError       a kind of input that there is not, or that a model does not read
├── QueryError          an expression that cannot be parsed or computed
├── CollectionError     a collection that is not there, or whose files do not fit
├── CheckpointError     a model folder that is not there, or whose parts do not fit
│   └── ConfigError     settings, of a model or a run, that there are not or that do not fit together
├── FingerprintError    vectors that another model made
├── TrainingError       a run that cannot start or resume
├── WriteError          a target that may not be written to; an OSError too
├── FontMissingError    the emoji font is not installed
├── SynthesiserMissingError  what reads captions aloud is not installed
└── DownloadError       a download that the network, the server or the disk refused
    └── NotServedError  a file that the server does not have, or gives to nobody unknown

A message says what came, what was expected and what to do.
"""

from __future__ import annotations


class VSEError(Exception):
    """The base of every error this package raises on purpose."""


class TextError(VSEError):
    """A query or caption that cannot be encoded."""


class RecipeError(VSEError):
    """A recipe that cannot be read."""


class ImageError(VSEError):
    """A picture that cannot be read."""


class SpeechError(VSEError):
    """A recording that cannot be read."""


class ModalityError(VSEError):
    """A kind of input that there is not, or that a model does not read."""


class QueryError(VSEError):
    """An expression that cannot be parsed or computed."""


class CollectionError(VSEError):
    """A collection that is not there, or whose files do not fit together."""


class CheckpointError(VSEError):
    """A model folder that is not there, or whose parts do not fit together."""


class ConfigError(CheckpointError):
    """Settings, of a model or of a run, that there are not or that do not fit together."""


class FingerprintError(VSEError):
    """Vectors that another model made."""


class TrainingError(VSEError):
    """A training run that cannot start or resume."""


class WriteError(VSEError, OSError):
    """A target that holds what is not to be replaced; an OSError too, for whoever goes on without what was kept."""


class FontMissingError(VSEError):
    """The emoji font that draws new scenes is not installed."""


class SynthesiserMissingError(VSEError):
    """The programs that read captions aloud are not installed."""


class DownloadError(VSEError):
    """A download that the network, the server or the disk refused."""


class NotServedError(DownloadError):
    """A file that the server does not have, or gives to nobody unknown."""
