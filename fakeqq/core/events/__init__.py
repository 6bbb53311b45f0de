"""What users do, as the platform tells it."""
