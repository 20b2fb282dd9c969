"""How the client leaves: as a distribution, on an index, in another repository, as a reference."""
