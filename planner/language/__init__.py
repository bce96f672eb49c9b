"""What the program says in the user's language: catalogues of texts, and how a language writes figures and dates."""
