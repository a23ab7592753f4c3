"""Files in S3: a bucket, the store in it, and reading a few blocks of an object at a time."""
