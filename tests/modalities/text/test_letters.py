"""The towers that read words by their letters."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from vse.encoders.base import spelt_words, unknown_words
from vse.encoders.vse.checkpoint import Checkpoint, fingerprint, load_checkpoint, save_checkpoint
from vse.encoders.vse.config import ModelConfig
from vse.encoders.vse.encoder import VSEEncoder
from vse.encoders.vse.model import VSE
from vse.errors import ConfigError, TextError
from vse.modalities.image.config import ImageConfig
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.text.characters import READERS, CharacterCNN
from vse.modalities.text.config import TextConfig
from vse.modalities.text.modality import Words, collate_texts, read_text
from vse.modalities.text.spelling import spelled
from vse.modalities.text.tower import TextTower
from vse.modalities.text.vocabulary import UNKNOWN, Vocabulary

VOCABULARY = Vocabulary.build(["a dog in the snow", "a dog on grass", "a red cat"])
SMALL = {"word_dim": 6, "hidden": 5, "filters": 60}
TEXTS = ["a dog in the snow", "a red dgo", "snowdog"]  # of fewer than four letters none is read as another


def tower(kind: str, **settings) -> TextTower:
    torch.manual_seed(0)
    made = TextTower(TextConfig(**{**SMALL, "tower": kind, **settings}), len(VOCABULARY), 4)
    made.learn_letters_of(VOCABULARY.words)
    return made


def read(texts: list[str], kind: str) -> tuple[torch.Tensor, ...]:
    words = Words(VOCABULARY, 20, kind)
    return collate_texts([read_text(text, words, True) for text in texts], words)


@pytest.mark.parametrize("letters", READERS)
def test_a_word_s_vector_depends_on_its_letters_and_not_on_the_words_beside_it(letters: str):
    torch.manual_seed(0)
    reader = READERS[letters](6, 15).eval()
    together = reader(torch.from_numpy(spelled(["dog", "at", "grandmother"])))
    for word, row in zip(["dog", "at", "grandmother"], together, strict=True):
        assert torch.allclose(reader(torch.from_numpy(spelled([word])))[0], row, atol=1e-6)
    assert not torch.allclose(reader(torch.from_numpy(spelled(["god"])))[0], together[0], atol=1e-3)


def test_the_filters_of_the_cnn_by_hand():
    reader = CharacterCNN(2, 15)
    with torch.no_grad():
        for each in reader.convolutions:
            each.weight.zero_()
            each.bias.zero_()
        reader.letters.weight.zero_()
        reader.letters.weight[3 + ord("b"), 0] = 1.0
        reader.convolutions[0].weight[0, 0, 0] = 2.0  # of width 1: whether there is a b anywhere
        reader.convolutions[1].weight[0, 0, 1] = -1.0  # of width 2: the least b in the second place
    columns = reader.letters(torch.from_numpy(spelled(["abc", "bbb"]))).transpose(1, 2)
    assert reader.convolutions[0](columns)[:, 0].amax(dim=1).tolist() == [2, 2]
    assert reader.convolutions[1](columns)[1, 0].tolist() == [-1, -1, -1, 0]  # ^b bb bb b$


@pytest.mark.parametrize("kind", ["mixed", "characters"])
def test_ids_of_the_vocabulary_and_words_as_they_are_typed_give_the_same(kind: str):
    made = tower(kind).eval()
    ids, lengths = VOCABULARY.encode_batch(TEXTS[:1], 20)
    by_ids = made((torch.from_numpy(ids), torch.from_numpy(lengths)))
    assert torch.allclose(by_ids, made(read(TEXTS[:1], kind)), atol=1e-6)
    assert torch.allclose(made(read(TEXTS, kind))[:1], by_ids, atol=1e-6)  # whatever stands beside it


def test_a_mixed_tower_reads_known_words_as_the_word_tower_does():
    mixed, words = tower("mixed").eval(), tower("words").eval()
    words.load_state_dict(mixed.state_dict(), strict=False)
    assert torch.equal(mixed(read(TEXTS[:1], "mixed")), words(read(TEXTS[:1], "words")))
    assert not torch.allclose(mixed(read(["a red dgo"], "mixed")), words(read(["a red dgo"], "words")), atol=1e-3)


def test_while_it_learns_a_share_of_the_words_is_read_by_letters():
    ids, lengths = (torch.from_numpy(each) for each in VOCABULARY.encode_batch(["a dog in the snow"] * 400, 20))
    made = tower("mixed", spelled=0.3, slips=0.0, forms=0.0, word_dropout=0.0).train()
    torch.manual_seed(1)
    changed, letters = made.by_letters(ids)
    share = (changed >= len(VOCABULARY)).float().mean().item()
    assert 0.25 < share < 0.35
    assert len(letters) == 5  # each word once, as none was written otherwise
    misspelt = tower("mixed", spelled=1.0, slips=1.0, word_dropout=0.0).train()
    assert len(misspelt.by_letters(ids)[1]) > 50
    misspelt((ids, lengths)).sum().backward()
    assert misspelt.reader.affine.weight.grad.abs().sum() > 0
    assert len(tower("mixed").eval().by_letters(ids)[1]) == 0


def test_a_slip_that_gives_another_known_word_is_not_taken():
    made = tower("mixed", spelled=1.0, slips=1.0, word_dropout=0.0).train()
    made.learn_letters_of(("<pad>", "<unk>", "on", "no", "o", "n"))
    ids = torch.full((200, 1), 2)
    written = made.by_letters(ids)[1].tolist()
    assert spelled(["no"]).tolist()[0] not in written


def encoder(kind: str) -> VSEEncoder:
    torch.manual_seed(0)
    image = ImageConfig(widths=(4, 4), blocks=(1,), pooling="mean", size=16)
    config = ModelConfig(dim=4, image=image, text=TextConfig(**SMALL, tower=kind))
    model = VSE(config, len(VOCABULARY)).eval()
    preprocess = Preprocess(16, "crop", (0.5,) * 3, (0.25,) * 3)
    print_of = fingerprint(model, VOCABULARY, preprocess)
    return VSEEncoder(Checkpoint(model, VOCABULARY, preprocess, print_of), "letters")


def test_what_is_unknown_and_what_is_spelt():
    words, mixed = encoder("words"), encoder("mixed")
    assert [each.word for each in unknown_words(words, "a snwo dog 狗")] == ["snwo", "狗"]
    assert spelt_words(words, "a snwo dog 狗") == ()
    assert [each.word for each in unknown_words(mixed, "a snwo dog 狗")] == ["狗"]
    (spelt,) = spelt_words(mixed, "a snwo dog 狗")
    assert (spelt.word, spelt.suggestions, spelt.read_as) == ("snwo", (), "snow")
    assert (mixed.encode_texts(["snwo"]) == mixed.encode_texts(["snow"])).all()
    assert [each.read_as for each in spelt_words(mixed, "snowhead dgo")] == ["", ""]  # too far, and too short
    with pytest.raises(TextError, match="The model knows none of these words: 'snwo'; did you mean 'snow'"):
        words.encode_texts(["snwo"])
    assert mixed.encode_texts(["snwo"]).shape == (1, 4)
    assert [each.word for each in unknown_words(mixed, "not a dog without")] == ["not", "without"]
    with pytest.raises(TextError, match="knows none of these words: '狗'"):
        mixed.encode_texts(["狗"])
    with pytest.raises(TextError, match="holds no word, only punctuation"):
        mixed.encode_texts(["!!"])
    assert read_text("", Words(VOCABULARY, 20, "mixed"), strict=False) == [UNKNOWN]


@pytest.mark.parametrize("kind", ["mixed", "characters"])
def test_a_model_that_spells_is_kept_and_loaded(tmp_path: Path, kind: str):
    first = encoder(kind)
    save_checkpoint(tmp_path / "model", first.checkpoint)
    again = VSEEncoder(load_checkpoint(tmp_path / "model"), "again")
    assert again.fingerprint == first.fingerprint
    assert (again.encode_texts(TEXTS) == first.encode_texts(TEXTS)).all()


def test_there_is_no_other_tower():
    with pytest.raises(ConfigError, match="says tower = 'bytes'; expected one of"):
        TextConfig(tower="bytes")
