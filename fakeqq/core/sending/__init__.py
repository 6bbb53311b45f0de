"""Messages to users and groups: rights, shapes, quotas, audits, recall."""
