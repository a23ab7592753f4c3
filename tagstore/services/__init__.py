"""Everything Tagstore does. Permissions are checked here, whichever edge is asking."""
