"""One rule on one child, slowly: rule and case in, judged obligations out.

This is a second reading of ``docs/reference/language.md``, sections 2 to 6: one row, one day
and one completion of the unknown facts at a time.  It shares nothing with the evaluator except
the classes that rules resolve to, so that where both agree, both are likely to be right.
Comments that begin with ``silent:`` mark a choice that the page leaves open.

``records`` are what goes in and comes out, ``days`` section 2, ``world``, ``truth``, ``anchors``
and ``moments`` section 3, and the others section 4, with what section 5 says of each.
"""

from tests.oracle.days import boundary, last_day
from tests.oracle.records import Case, Judged, Row, Value, order
from tests.oracle.rules import judge

__all__ = ["Case", "Judged", "Row", "Value", "boundary", "judge", "last_day", "order"]
