"""The Gradio interface: knows vse, holds no model mathematics."""
