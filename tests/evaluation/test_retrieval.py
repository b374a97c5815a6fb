from __future__ import annotations

import json

import numpy as np
import pytest

from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE, Direction, directions_of
from vse.evaluation.retrieval import (
    Evaluation,
    both_ways,
    evaluate_scores,
    own,
    ranks_of_relevant,
    recall,
    truth_metrics,
)

# Three pictures, the second without captions; picture 0 owns captions 0 and 1, picture 2 owns 2 and 3.
SCORES = np.array([[0.9, 0.1, 0.5, 0.9], [0.8, 0.7, 0.2, 0.1], [0.3, 0.4, 0.6, 0.2]])
OWNERS = np.array([0, 0, 2, 2])
BOTH = both_ways(IMAGE_TO_TEXT, SCORES)
BY_MODALITY = {"image": np.arange(3), "text": OWNERS}


def ranks_of_captions(scores: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """Of the pictures that have captions."""
    belong = own({"image": np.arange(len(scores)), "text": owners}, IMAGE_TO_TEXT)
    ranks = ranks_of_relevant(scores, belong)
    assert (ranks > 0).tolist() == belong.any(axis=1).tolist()
    return ranks[ranks > 0]


def ranks_of_images(scores: np.ndarray, owners: np.ndarray) -> np.ndarray:
    return ranks_of_relevant(scores.T, own({"image": np.arange(len(scores)), "text": owners}, TEXT_TO_IMAGE))


def test_ranks_by_hand():
    # Caption 3 ties with the best own caption of picture 0, and a tie counts against the model.
    assert ranks_of_captions(SCORES, OWNERS).tolist() == [2, 1]
    assert ranks_of_images(SCORES, OWNERS).tolist() == [1, 3, 1, 2]


def test_the_rank_of_the_best_relevant_candidate():
    scores = np.array([[0.9, 0.8, 0.7, 0.1], [0.4, 0.3, 0.2, 0.1]])
    relevant = np.array([[False, False, True, True], [False, False, False, False]])
    assert ranks_of_relevant(scores, relevant).tolist() == [3, 0]
    assert ranks_of_relevant(scores, ~relevant).tolist() == [1, 1]


def test_inputs_of_other_modalities_belong_together_through_their_item():
    owners = {"recipe": np.array([0, 1]), "sound": np.array([1, 1, 0])}
    assert own(owners, Direction("recipe", "sound")).tolist() == [[False, False, True], [True, True, False]]
    assert own(owners, Direction("sound", "recipe")).tolist() == [[False, True], [False, True], [True, False]]


def test_directions_are_all_pairs_both_ways():
    names = [each.name for each in directions_of(("image", "text", "sound"))]
    assert names == [
        "image_to_text", "text_to_image", "image_to_sound", "sound_to_image", "text_to_sound", "sound_to_text"
    ]  # fmt: skip
    assert directions_of(("image", "text")) == (IMAGE_TO_TEXT, TEXT_TO_IMAGE)


def test_titles_are_the_modalities_own():
    assert (IMAGE_TO_TEXT.title, TEXT_TO_IMAGE.title) == ("picture -> captions", "caption -> pictures")


def test_a_model_that_scores_everything_alike_comes_last():
    scores = np.zeros((5, 10))
    owners = np.repeat(np.arange(5), 2)
    assert ranks_of_captions(scores, owners).tolist() == [9] * 5
    assert ranks_of_images(scores, owners).tolist() == [5] * 10


@pytest.mark.parametrize("seed", range(5))
def test_ranks_equal_counting_for_any_number_of_captions(seed: int):
    rng = np.random.default_rng(seed)
    owners = np.repeat(np.arange(12), rng.integers(0, 6, 12))
    scores = rng.integers(0, 20, (12, len(owners))) / 20  # coarse, so that there are ties
    expected = []
    for image in range(12):
        own = [scores[image, text] for text in range(len(owners)) if owners[text] == image]
        others = [scores[image, text] for text in range(len(owners)) if owners[text] != image]
        if own:
            expected.append(1 + sum(score >= max(own) for score in others))
    assert ranks_of_captions(scores, owners).tolist() == expected
    ranks = [1 + sum(scores[i, t] >= scores[o, t] for i in range(12) if i != o) for t, o in enumerate(owners)]
    assert ranks_of_images(scores, owners).tolist() == ranks


def test_the_order_of_the_captions_changes_no_rank():
    shuffled = np.array([2, 0, 3, 1])
    assert ranks_of_captions(SCORES[:, shuffled], OWNERS[shuffled]).tolist() == [2, 1]
    assert ranks_of_images(SCORES[:, shuffled], OWNERS[shuffled]).tolist() == [1, 1, 2, 3]


def test_recall_by_hand():
    metrics = recall(TEXT_TO_IMAGE, np.array([1, 5, 6, 11]), 40)
    assert (metrics.r1, metrics.r5, metrics.r10) == (25.0, 50.0, 75.0)
    assert (metrics.median_rank, metrics.mean_rank) == (5.5, 5.75)
    assert (metrics.direction, metrics.queries, metrics.candidates) == (TEXT_TO_IMAGE, 4, 40)


def test_no_ranks_are_refused():
    with pytest.raises(ValueError, match="no query of text_to_image has an answer of its own"):
        recall(TEXT_TO_IMAGE, np.array([]), 3)


def test_truth_metrics_by_hand():
    # Candidate 0 is everyone's first answer. The third query has no true answer and is left out.
    scores = np.tile(np.arange(12, 0, -1.0), (3, 1))
    truth = np.zeros((3, 12), dtype=bool)
    truth[0, [0, 3, 11]] = True  # two of three among the first ten
    truth[1, 1] = True  # the only one among the first ten, but not the first
    metrics = truth_metrics(scores, truth)
    assert metrics.satisfied_at_1 == 50.0
    assert metrics.precision_at_10 == pytest.approx(100 * (2 + 1) / 20)
    assert metrics.capped_precision_at_10 == pytest.approx(100 * (2 / 3 + 1) / 2)
    assert metrics.queries == 2


def test_truth_metrics_of_fewer_than_ten_candidates_and_of_none():
    metrics = truth_metrics(np.array([[0.1, 0.3, 0.2]]), np.array([[True, True, False]]))
    assert (metrics.satisfied_at_1, metrics.queries) == (100.0, 1)
    assert metrics.precision_at_10 == pytest.approx(200 / 3)
    assert metrics.capped_precision_at_10 == 100.0
    assert truth_metrics(SCORES, np.zeros_like(SCORES, dtype=bool)).queries == 0


def test_among_more_than_ten_true_answers_ten_are_enough():
    truth = np.array([[True] * 8 + [False] * 4 + [True] * 8])
    metrics = truth_metrics(np.arange(20, 0, -1.0)[None], truth)
    assert (metrics.precision_at_10, metrics.capped_precision_at_10) == (80.0, 80.0)


def test_a_true_answer_that_comes_last_everywhere_is_never_right():
    scores = np.tile(np.arange(20, 0, -1.0), (4, 1))
    truth = np.zeros((4, 20), dtype=bool)
    truth[:, 19] = True
    metrics = truth_metrics(scores, truth)
    assert (metrics.satisfied_at_1, metrics.precision_at_10, metrics.capped_precision_at_10) == (0.0, 0.0, 0.0)


RECALL_KEYS = {"r1", "r5", "r10", "median_rank", "mean_rank", "queries", "candidates"}
TRUTH_KEYS = {"satisfied_at_1", "precision_at_10", "capped_precision_at_10", "queries"}
DIRECTIONS = {"image_to_text", "text_to_image"}


def test_evaluation_without_truth():
    evaluation = evaluate_scores(BOTH, BY_MODALITY)
    data = json.loads(json.dumps(evaluation.to_json()))
    assert set(data) == DIRECTIONS | {"rsum"}
    assert set(data["image_to_text"]) == set(data["text_to_image"]) == RECALL_KEYS
    assert (data["image_to_text"]["queries"], data["image_to_text"]["candidates"]) == (2, 4)
    assert (data["text_to_image"]["queries"], data["text_to_image"]["candidates"]) == (4, 3)
    assert (data["image_to_text"]["r1"], data["text_to_image"]["r1"]) == (50.0, 50.0)
    assert (data["image_to_text"]["mean_rank"], data["text_to_image"]["mean_rank"]) == (1.5, 1.75)
    assert Evaluation.from_json(data) == evaluation
    assert evaluation.rsum == data["rsum"] == 50 + 100 + 100 + 50 + 100 + 100


def test_evaluation_with_truth_and_held_out_queries():
    truth = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1]], dtype=bool)
    images, texts = np.array([False, True, False]), np.array([False, True, False, True])
    known, held_out = both_ways(IMAGE_TO_TEXT, truth), {"image": images, "text": texts}
    data = json.loads(json.dumps(evaluate_scores(BOTH, BY_MODALITY, known, held_out).to_json()))
    assert set(data) == DIRECTIONS | {"rsum", "truth"}
    assert Evaluation.from_json(data).to_json() == data
    assert set(data["truth"]) == DIRECTIONS | {"held_out"}
    assert set(data["truth"]["held_out"]) == DIRECTIONS
    for part in (data["truth"], data["truth"]["held_out"]):
        assert set(part["image_to_text"]) == set(part["text_to_image"]) == TRUTH_KEYS
    # Pictures answer with captions 0, 0 and 2, all true; captions with pictures 0, 1, 2 and 0: two true.
    assert (data["truth"]["image_to_text"]["satisfied_at_1"], data["truth"]["image_to_text"]["queries"]) == (100.0, 3)
    assert (data["truth"]["text_to_image"]["satisfied_at_1"], data["truth"]["text_to_image"]["queries"]) == (50.0, 4)
    held_out = data["truth"]["held_out"]
    assert (held_out["image_to_text"]["satisfied_at_1"], held_out["image_to_text"]["queries"]) == (100.0, 1)
    assert (held_out["text_to_image"]["satisfied_at_1"], held_out["text_to_image"]["queries"]) == (0.0, 2)


def test_truth_without_held_out_queries_has_no_such_part():
    known = both_ways(IMAGE_TO_TEXT, np.ones_like(SCORES, dtype=bool))
    data = evaluate_scores(BOTH, BY_MODALITY, known).to_json()
    assert set(data["truth"]) == DIRECTIONS


def test_truth_may_be_known_in_some_directions_only():
    known = {TEXT_TO_IMAGE: np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]], dtype=bool)}
    held_out = {"image": np.ones(3, dtype=bool), "text": np.array([False, False, True, True])}
    evaluation = evaluate_scores(BOTH, BY_MODALITY, known, held_out)
    assert evaluation.truth is not None
    assert evaluation.held_out is not None
    assert list(evaluation.truth) == list(evaluation.held_out) == [TEXT_TO_IMAGE]
    # The captions answer with pictures 0, 1, 2 and 0.
    assert (evaluation.truth[TEXT_TO_IMAGE].satisfied_at_1, evaluation.truth[TEXT_TO_IMAGE].queries) == (75.0, 4)
    assert (evaluation.held_out[TEXT_TO_IMAGE].satisfied_at_1, evaluation.held_out[TEXT_TO_IMAGE].queries) == (50.0, 2)
    data = json.loads(json.dumps(evaluation.to_json()))
    assert Evaluation.from_json(data) == evaluation
    del data["truth"]["held_out"]
    assert Evaluation.from_json(data).held_out is None
