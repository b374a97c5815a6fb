"""The files that the folders of every kind of model hold, beside what is of the kind."""

METRICS, HISTORY, CARD = "metrics.json", "history.json", "README.md"
