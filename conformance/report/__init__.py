"""What people and programs are told: the failure, the table, the results file, the page of checks."""
