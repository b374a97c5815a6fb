"""Training: a trainer, sources of batches, objectives, what it asks of each kind of model, and studies.

`run.train` begins a run or goes on with it. Imports `vse.evaluation` and below.
"""
