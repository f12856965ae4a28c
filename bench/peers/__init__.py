"""The visiting rule of ``bench/pack`` as others would write it, one module for each tool.

Each has one function ``rows(folder, as_at)``: from the Parquet files of ``bench.caseload.write`` to
every obligation of the rule, as the columns that ``bench.rows`` names.  They mean what the rule
means for the records that the caseload holds: who agreed and whether a child was seen may be
blank; dates are not, and all kinds of fact are covered from the beginning.
"""
