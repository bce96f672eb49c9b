"""Problems and solutions in the words of other programs."""
