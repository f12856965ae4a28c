"""Places beyond this machine where a caseload is evaluated."""
