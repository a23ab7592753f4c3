"""Where the bytes of media files are kept: in a folder, or in a bucket of S3."""
