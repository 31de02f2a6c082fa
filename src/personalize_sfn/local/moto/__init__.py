"""moto, which answers for S3, IAM and every service that is not ours, and what is corrected of it."""
