"""How far gradients of two processes, and from chunks, are from those of one process with the whole batch:
`python -m tests.training.gradients` prints the table of docs/scale.md.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from torch import Tensor

from tests.training.processes import stepped
from tests.training.test_distributed import run_both, written
from tests.training.test_grad_cache import gradients
from vse.training.objectives import OBJECTIVES


def furthest(found: dict[str, Tensor], expected: dict[str, Tensor]) -> tuple[float, float]:
    """The largest difference of a gradient, and the largest gradient."""
    pairs = [(found[key], grad) for key, grad in expected.items() if not key.startswith(("loss", "end"))]
    return max(float((a - b).abs().max()) for a, b in pairs), max(float(b.abs().max()) for _, b in pairs)


def main() -> None:
    torch.set_num_threads(1)
    print("| objective | two processes | chunks of 3 |\n|---|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        run_both(Path(name), restarts=0)
        for objective in OBJECTIVES:
            both, largest = furthest(written(Path(name), objective)[0], stepped(objective))
            chunks, of = furthest(gradients(objective, 3), gradients(objective, 0))
            print(f"| {objective} | {both:.0e} of {largest:.1f} | {chunks:.0e} of {of:.1f} |")


if __name__ == "__main__":
    main()
