"""A quiet look: paper and ink, one colour for pictures and one for words; system fonts, nothing from the network."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

STYLE, ANSWERS, MEASURES = (
    Path(__file__).parent / "static" / name for name in ("style.css", "answers.css", "measures.css")
)
_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Helvetica Neue", "Arial", "sans-serif")
_MONO = ("ui-monospace", "SF Mono", "Cascadia Mono", "Noto Sans Mono", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """The theme; the colours themselves are variables of style.css, so that light and dark are told in one place."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal, neutral_hue=gr.themes.colors.stone, font=_SANS, font_mono=_MONO
    ).set(
        # --paper and --ink again, in full: the page is painted with these before the style sheet is there.
        body_background_fill="#faf9f7",
        body_background_fill_dark="#151514",
        body_text_color="#23211e",
        body_text_color_dark="#ece9e3",
        body_text_color_subdued="var(--faint)",
        body_text_color_subdued_dark="var(--faint)",
        background_fill_primary="var(--sheet)",
        background_fill_primary_dark="var(--sheet)",
        background_fill_secondary="var(--paper)",
        background_fill_secondary_dark="var(--paper)",
        border_color_primary="var(--line)",
        border_color_primary_dark="var(--line)",
        border_color_accent="var(--pictures)",
        border_color_accent_dark="var(--pictures)",
        color_accent="var(--pictures)",
        link_text_color="var(--pictures)",
        link_text_color_dark="var(--pictures)",
        block_background_fill="var(--sheet)",
        block_background_fill_dark="var(--sheet)",
        block_border_width="1px",
        block_border_width_dark="1px",
        block_border_color="var(--line)",
        block_border_color_dark="var(--line)",
        block_shadow="none",
        block_shadow_dark="none",
        block_radius="12px",
        block_label_text_color="var(--faint)",
        block_label_text_color_dark="var(--faint)",
        block_title_text_color="var(--faint)",
        block_title_text_color_dark="var(--faint)",
        input_background_fill="var(--sheet)",
        input_background_fill_dark="var(--sheet)",
        input_border_color="var(--line)",
        input_border_color_dark="var(--line)",
        input_border_color_focus="var(--pictures)",
        input_border_color_focus_dark="var(--pictures)",
        input_radius="10px",
        input_placeholder_color="var(--faint)",
        input_placeholder_color_dark="var(--faint)",
    )
