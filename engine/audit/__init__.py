"""The audit: local rules held against the law's, for every child and every start date.

``audit`` pairs each duty of the law with the local duties that refine it, decides over all
combinations of conditions which limit each of them sets, compares the dates by whole tables, and
shows a child, replayed through the evaluator, for each difference that it claims.
"""

from duly.engine.audit.auditing import Audit, Audited, audit
from duly.engine.audit.compared import Compared, Difference, Premise

__all__ = ["Audit", "Audited", "Compared", "Difference", "Premise", "audit"]
