"""The packs of rules that come with Duly: text only."""
