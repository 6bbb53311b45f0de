"""Named bad days: settings, faults, and what happens by itself."""
