"""How a client is made of a document: fetched, mended by the overlay, validated, generated."""
