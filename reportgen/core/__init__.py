"""The ground floor: the nouns every wing shares. Imports the standard library only."""
