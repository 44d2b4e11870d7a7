"""Who may come in and how often: keys, signatures, limits, connections - and the faults that can be asked for."""
