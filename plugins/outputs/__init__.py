"""What a run can be written as."""
