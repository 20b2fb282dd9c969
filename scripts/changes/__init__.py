"""What changed between two documents, and between the two clients made of them."""
