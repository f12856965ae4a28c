"""The engine: from a policy and facts to obligations with verdicts."""
