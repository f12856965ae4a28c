"""What comes with Duly and is registered as a plugin: sources, outputs, packs."""
