"""Two sets of vectors in one space: languages by a dictionary, periods by the words they share."""
