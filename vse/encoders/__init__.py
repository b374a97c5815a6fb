"""Models: an Encoder takes inputs of its modalities and gives unit rows of one space.

`base` is the seam, `registry` finds a model by its name, `joint` is the network that is trained; one folder a kind of
model. Imports `vse.modalities`, `vse.words` and below; nothing above knows which kind of model it holds.
"""
