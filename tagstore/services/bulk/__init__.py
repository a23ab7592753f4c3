"""Many tags, classes, groups and assignments at once, by the names that people know them by."""
