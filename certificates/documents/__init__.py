"""Documents: worded text in, one accessible archival PDF out. Knows no rule, no database and no clock."""
