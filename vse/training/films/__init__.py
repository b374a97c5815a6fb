"""Films of a small VSE that learns: where every vector lies after each epoch, and what the loss pulls on.

`settings` is what a visitor may choose and `presets` are choices that teach; `pictures` has what is learnt from, frozen
features that ship; `run` trains and looks; `film` lays a run out in one plane. Only `run` needs torch.
"""
