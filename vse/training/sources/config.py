"""What a run learns from, and its settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from vse.errors import ConfigError
from vse.io.configs import within
from vse.modalities import IMAGE, TEXT


@dataclass(frozen=True)
class ScenesConfig:
    """Emoji Scenes, drawn from the seed.

    `scenes` counts the base scenes; with `counterparts` each brings a second that differs in one fact. `editions`:
    how often five captions of each are written. `ladder`: of each so many more, the first of which says all and each
    other one less than the one before it. `mask_true_negatives`: a caption that happens to be true of another
    picture of the batch is no negative for it. `same_place` is the share of batches whose scenes are all of one
    place, so that the place tells no two apart, and `same_family` of those whose subjects are of one family, too, such
    as pets or boats.
    """

    kind: str = field(default="scenes", init=False)
    scenes: int = 20_000
    counterparts: bool = True
    editions: int = 2
    ladder: int = 0
    mask_true_negatives: bool = True
    same_place: float = 0.0
    same_family: float = 0.0
    validation_scenes: int = 1000
    modalities = (IMAGE, TEXT)

    @property
    def targets(self) -> frozenset[str]:
        """What an objective may need of its batches."""
        return frozenset({"words", "entailment", *(("counterpart",) if self.counterparts else ())})

    def __post_init__(self) -> None:
        within(0, 1000, ladder=self.ladder)


@dataclass(frozen=True)
class RecipesConfig:
    """Emoji Recipes, drawn from the seed.

    `recipes` counts the dishes; each comes with a second that differs in one ingredient. `recipe_editions`: how often
    the recipe and the captions of each are written, in other words.
    """

    kind: str = field(default="recipes", init=False)
    recipes: int = 0
    recipe_editions: int = 2
    validation_recipes: int = 500
    targets = frozenset({"counterpart", "class"})
    modalities = (IMAGE, TEXT, "recipe")

    def __post_init__(self) -> None:
        within(0, 10_000_000, recipes=self.recipes)
        within(1, 1000, recipe_editions=self.recipe_editions)
        within(1, 1_000_000, validation_recipes=self.validation_recipes)


@dataclass(frozen=True)
class AugmentationConfig:
    """How photographs change each time they are learnt from.

    `augment`: how much crops, proportions and colours change, from 0; 1 is usual. `crop_size`: pixels that a crop is
    scaled to, where they are not to be those that the model reads (0): crops show things larger, so training on fewer
    pixels brings them back to the size they have in whole photographs (Touvron et al. 2019).
    """

    augment: float = 1.0
    crop_size: int = 0


@dataclass(frozen=True)
class PhotographsConfig:
    """A folder of captioned photographs with the splits train and dev, or of photographs with recipes.

    `more`: further folders, of captioned or of labelled photographs, and how many of each batch are of them, written
    DIR:COUNT,DIR:COUNT; the rest of a batch and the length of an epoch are the collection's. `precomputed`: the CNN
    stays as it is and runs once for each photograph, which is not changed then; the towers alone learn, in a third of
    the time. `views`: each photograph is changed in so many ways once and for all, what the CNN's `frozen_layers` make
    of them is kept, and the layers behind learn from that, in half the time of the whole. `texts`: a file of captions
    whose pictures need not be there, and of how many things each step reads the captions, for the objective paraphrase;
    written FILE:COUNT.
    """

    kind: str = field(default="photographs", init=False)
    collection: str = ""
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    more: str = ""
    precomputed: bool = False
    views: int = 0
    texts: str = ""
    targets = frozenset({"words", "class"})
    modalities = (IMAGE, TEXT)

    def __post_init__(self) -> None:
        counted("more", self.more)
        counted("texts", self.texts)
        if self.precomputed and self.augmentation != AugmentationConfig():
            raise ConfigError("Precomputed pictures are not changed; leave augment and crop size away.")
        if self.views < 0 or self.views % 2 or (self.views and self.precomputed):
            raise ConfigError(f"views is {self.views}; expected an even number, half of which are mirrored, and 0 "
                              "where pictures are precomputed.")  # fmt: skip

    @property
    def shares(self) -> dict[str, int]:
        """`more` as folder -> how many of a batch."""
        return counted("more", self.more)


def counted(name: str, written: str) -> dict[str, int]:
    """PATH:COUNT,PATH:COUNT as path -> count.

    Raises:
        ConfigError: when it is written otherwise.
    """
    found = {}
    for part in filter(None, written.split(",")):
        path, _, count = part.rpartition(":")
        if not path or not count.isdecimal() or not int(count):
            raise ConfigError(f"{name} is {written!r}; expected PATH:COUNT,PATH:COUNT, each count at least 1.")
        found[path] = int(count)
    return found


@dataclass(frozen=True)
class FeaturesConfig:
    """Features computed before, which come from the study that computed them."""

    kind: str = field(default="features", init=False)
    targets = frozenset({"words"})
    modalities = (IMAGE, TEXT)


SourceConfig = ScenesConfig | RecipesConfig | PhotographsConfig | FeaturesConfig
SOURCES: dict[str, type[SourceConfig]] = {
    "scenes": ScenesConfig,
    "recipes": RecipesConfig,
    "photographs": PhotographsConfig,
    "features": FeaturesConfig,
}
