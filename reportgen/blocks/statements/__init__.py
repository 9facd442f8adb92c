"""Results in, sentences out: what `{{ sentence("model.column") }}` says in prose."""

from reportgen.blocks.statements.sentence import sentence

__all__ = ["sentence"]
