"""An invented caseload."""

from duly.plugins.sample.caseload import Sample, make_caseload

__all__ = ["Sample", "make_caseload"]
