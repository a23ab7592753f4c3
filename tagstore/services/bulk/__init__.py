"""Classes, groups and assignments by their public ids, thousands at once."""
