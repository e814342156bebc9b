"""Report -> sentences, for every medium. Pure."""
