"""The architecture of a speech tower, and of the spectrogram that it reads."""

from __future__ import annotations

from dataclasses import dataclass

from vse.io.configs import within


@dataclass(frozen=True)
class SpeechConfig:
    """A log-mel spectrogram, three convolutions that halve the number of frames each, a GRU, and attention over its
    states.

    rate: samples a second that every recording is brought to. window, hop: of a frame, in samples. bands: mel bands
    from `lowest` to `highest` Hz. channels: of each convolution. hidden, layers: of the GRU, which reads both ways.
    """

    rate: int = 16_000
    window: int = 400
    hop: int = 160
    bands: int = 40
    lowest: float = 60.0
    highest: float = 7600.0
    channels: tuple[int, ...] = (64, 128, 192)
    hidden: int = 192
    layers: int = 1
    dropout: float = 0.1

    def __post_init__(self) -> None:
        within(1000, 200_000, rate=self.rate)
        within(2, 65_536, window=self.window)
        within(1, self.window, hop=self.hop)
        within(1, 512, bands=self.bands)
        within(0, self.rate / 2, lowest=self.lowest, highest=self.highest)
        within(1, 4096, channels=self.channels, hidden=self.hidden)
        within(1, 16, layers=self.layers)
        within(0, 1, dropout=self.dropout)

    @property
    def frames_a_second(self) -> float:
        return self.rate / self.hop
