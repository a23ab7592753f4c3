"""The words that tags say in free text: kept as they change, so that few are looked at."""
