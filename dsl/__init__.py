"""The language: from rule text to a resolved policy, and what is wrong with it."""
