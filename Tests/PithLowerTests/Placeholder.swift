// Filled by a later merge.
