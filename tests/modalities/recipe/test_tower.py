"""The recipe tower, against its definition."""

from __future__ import annotations

import pytest
import torch

from vse.encoders.vse.config import ModelConfig
from vse.encoders.vse.model import VSE
from vse.modalities.recipe.config import RecipeConfig
from vse.modalities.recipe.modality import RecipeWords, collate_recipes
from vse.modalities.recipe.tower import RecipeTower
from vse.modalities.text.vocabulary import Vocabulary
from vse.training.kinds.vse import fit_recipes

SMALL = {"word_dim": 6, "sentence": 5, "hidden": 4}
WORDS = RecipeWords(Vocabulary.of(["a", "b", "c"]), 9, 9)
READ = [([[2, 3], [4]], [[2, 3, 4]]), ([[4, 4, 2]], [[3], [2, 2], [4, 3]])]


def tower(parts: str = "both") -> RecipeTower:
    torch.manual_seed(0)
    return RecipeTower(RecipeConfig(parts=parts, **SMALL), 5, dim=3).eval()  # type: ignore[arg-type]


def test_a_recipe_is_read_line_by_line_as_defined():
    model = tower()
    with torch.inference_mode():
        found = model.features(collate_recipes(READ, WORDS))
        for row, (ingredients, steps) in enumerate(READ):
            lines = torch.stack([model.embedding(torch.tensor(line)).mean(dim=0) for line in ingredients])
            _, (one, _) = model.ingredients(lines)
            sentences = torch.stack([model.sentences(model.embedding(torch.tensor(line)))[1][0] for line in steps])
            _, (other, _) = model.instructions(sentences)
            torch.testing.assert_close(found[row], torch.cat([one[0], one[1], other[0]]))


@pytest.mark.parametrize("parts", ["both", "ingredients", "instructions"])
def test_what_else_is_in_the_batch_does_not_matter_and_what_is_not_read_neither(parts: str):
    model = tower(parts)
    with torch.inference_mode():
        both = model(collate_recipes(READ, WORDS))
        alone = torch.cat([model(collate_recipes([each], WORDS)) for each in READ])
        torch.testing.assert_close(both, alone)
        torch.testing.assert_close(both.norm(dim=1), torch.ones(2))
        mixed = model(collate_recipes([(READ[0][0], READ[1][1])], WORDS))
    assert torch.allclose(mixed, both[:1], atol=1e-6) is (parts == "ingredients")
    assert torch.allclose(mixed, both[1:], atol=1e-6) is (parts == "instructions")


def test_order_matters_in_both_lists():
    model, (ingredients, steps) = tower(), READ[0]
    with torch.inference_mode():
        one, other, third = model(collate_recipes([(ingredients, steps), (ingredients[::-1], steps), READ[1]], WORDS))
        (turned,) = model(collate_recipes([(READ[1][0], READ[1][1][::-1])], WORDS))
    assert not torch.allclose(one, other)
    assert not torch.allclose(third, turned)


def test_a_model_has_the_tower_where_it_is_asked_for():
    config = ModelConfig()
    assert config.recipe is None
    assert tuple(config.towers) == ("image", "text")
    assert tuple(config.with_towers(("image", "text", "recipe")).towers) == ("image", "text", "recipe")
    assert config.with_towers(("image", "text")) == config
    model = VSE(config.with_towers(["recipe"]), 10)
    assert model.feature_width("recipe") == 3 * RecipeConfig().hidden
    assert model.dim == config.dim


def test_further_words_are_unknown_to_recipes():
    weights = {"recipe_tower.embedding.weight": torch.arange(8.0).view(4, 2)}
    fit_recipes(weights, 6)
    assert weights["recipe_tower.embedding.weight"].tolist() == [[0, 1], [2, 3], [4, 5], [6, 7], [2, 3], [2, 3]]
    fit_recipes(weights, 3)
    assert len(weights["recipe_tower.embedding.weight"]) == 3
    fit_recipes(other := {"x": torch.zeros(1)}, 3)
    assert list(other) == ["x"]
