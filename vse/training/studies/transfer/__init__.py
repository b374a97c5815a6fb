"""How well features of a CNN that was trained for one task serve others: which layer, how much of it, prepared how.

`layers` compares every layer, `copied` trains anew what follows the first layers, `factors` varies how the features
are prepared, and `scatter` lays photographs in a plane, layer by layer. All measure on `labelled` photographs.
"""
